# How this project declares its parts.
add_library(holdfast_warnings INTERFACE)
target_compile_options(holdfast_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror
  # Rows of tables name the fields that matter and leave the others as they are declared. And std::stable_sort of
  # libstdc++ 12 uses what the same library deprecates, which only clang reports, at our call.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-missing-designated-field-initializers;-Wno-deprecated-declarations>
  # g++ 12 sees arrays of no elements in initializer lists, and texts too small for what it joins, in code of its own library
  # that it optimises itself; clang and the sanitizers look for what is really wrong of the kind.
  # It also takes a source that is compiled together with others for a header, whose anonymous names would be many.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-subobject-linkage>)

# holdfast_library(NAME sources... LINK libraries...): a static library of ours, warnings as errors.
function(holdfast_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK")
  add_library(${name} STATIC ${arg_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${arg_LINK} PRIVATE holdfast_warnings)
  holdfast_precompiled(${name})
endfunction()

# holdfast_late_library(NAME LIBRARY): NAME calls LIBRARY by sensors/late_library.h, which loads it when it is first needed;
# where it is no shared library, NAME is linked to it as usual.
function(holdfast_late_library name library)
  get_target_property(file ${library} IMPORTED_LOCATION)
  set(headers "")
  if(file MATCHES "\\.so$")
    execute_process(COMMAND ${CMAKE_OBJDUMP} -p ${file} OUTPUT_VARIABLE headers COMMAND_ERROR_IS_FATAL ANY)
  endif()
  if(NOT headers MATCHES "SONAME +([^\n]+)")
    target_link_libraries(${name} PUBLIC ${library})
    return()
  endif()
  target_compile_definitions(${name} PRIVATE HOLDFAST_LATE_LIBRARY="${CMAKE_MATCH_1}")
  target_include_directories(${name} SYSTEM PRIVATE $<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>)
  target_link_libraries(${name} PUBLIC ${CMAKE_DL_LIBS})
endfunction()

set(HOLDFAST_TESTS_OPTIONS "" CACHE STRING "further options for the sources of tests")

# holdfast_test(NAME sources... LINK libraries...): a GoogleTest program, one ctest entry per program.
function(holdfast_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK")
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${arg_LINK} holdfast_test_repository GTest::gmock GTest::gtest_main holdfast_warnings)
  target_compile_options(${name} PRIVATE ${HOLDFAST_TESTS_OPTIONS})
  holdfast_precompiled(${name} holdfast_precompiled_tests)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endfunction()
