# Headers that most sources include, read by the compiler once for all targets of a build instead of once a source.
#
#   holdfast_precompile(NAME HEADERS...)      target NAME precompiles these headers, and further ones
#   holdfast_precompiled(NAME [OWNER])        the sources of NAME are compiled after those of OWNER, by default holdfast_schema
#
# A source still includes what it uses: tools/tidy reads the product's without precompiled headers. The compiler takes
# precompiled headers only where macros and options are the same, so each target gets those of the headers.
option(HOLDFAST_PRECOMPILED "precompile what most sources include" ON)

set(holdfast_precompiled_headers
  <algorithm> <array> <charconv> <chrono> <cstddef> <cstdint> <cstdio> <cstdlib> <cstring> <deque> <expected> <filesystem>
  <fstream> <functional> <map> <memory> <mutex> <optional> <set> <span> <sstream> <string> <string_view> <unordered_map>
  <utility> <vector> <fmt/format.h> <google/protobuf/descriptor.h> <google/protobuf/text_format.h>)
file(GLOB schema_files RELATIVE ${CMAKE_SOURCE_DIR} CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/engine/schema/*.proto)
foreach(schema_file ${schema_files})
  string(REGEX REPLACE "(.*)\\.proto$" "<\\1.pb.h>" schema_header ${schema_file})
  list(APPEND holdfast_precompiled_headers ${schema_header})
endforeach()

add_library(holdfast_precompiled_options INTERFACE)
if(HOLDFAST_PRECOMPILED)
  get_target_property(fmt_definitions fmt::fmt INTERFACE_COMPILE_DEFINITIONS)
  if(fmt_definitions)
    target_compile_definitions(holdfast_precompiled_options INTERFACE ${fmt_definitions})
    list(TRANSFORM fmt_definitions PREPEND -D)
  endif()
  # g++: the compiler cache tells precompiled headers apart by their content, if they say what they hold. And -Wpedantic
  # takes a macro of the compiler away, where headers count only if the macros are the same.
  target_compile_options(holdfast_precompiled_options INTERFACE -pthread
    $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess> $<$<CXX_COMPILER_ID:GNU>:-Wpedantic>)
endif()

# What clang precompiles names its own place, so what the compiler cache keeps of one checkout would serve no other. It
# lies in the user's cache (tools/lib/cache) instead, named by all that it is made of, and holds nothing of a checkout.
function(holdfast_precompile_for_all name)
  list(FILTER ARGN EXCLUDE REGEX "\\.pb\\.h>$")
  list(TRANSFORM ARGN PREPEND "#include " OUTPUT_VARIABLE lines)
  list(JOIN lines "\n" text)
  get_target_property(flags ${name} COMPILE_OPTIONS)
  list(REMOVE_ITEM flags flags-NOTFOUND)
  separate_arguments(build_flags UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_DEBUG}")
  list(PREPEND flags ${CMAKE_CXX_COMPILER} ${build_flags})
  # What a header instantiates is instantiated once, too.
  list(APPEND flags -pthread -std=c++2b ${fmt_definitions} -fpch-instantiate-templates)

  set(read_file ${CMAKE_CURRENT_BINARY_DIR}/${name}_precompiled)
  file(WRITE ${read_file}.h "${text}\n")
  execute_process(COMMAND ${flags} -E -C -P -x c++ - INPUT_FILE ${read_file}.h OUTPUT_FILE ${read_file}.txt
    COMMAND_ERROR_IS_FATAL ANY)
  file(SHA256 ${read_file}.txt key)
  file(REMOVE ${read_file}.txt)
  string(SHA256 key "${CMAKE_CXX_COMPILER_VERSION} ${flags} ${key}")
  string(SUBSTRING ${key} 0 16 key)
  execute_process(COMMAND ${CMAKE_SOURCE_DIR}/tools/lib/cache precompiled OUTPUT_VARIABLE folder
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)

  add_custom_command(OUTPUT ${folder}/${key}.pch
    COMMAND cp ${read_file}.h ${folder}/${key}.h
    COMMAND cd ${folder} && flock ${key}.h ${flags} -Xclang -fno-pch-timestamp -x c++-header ${key}.h -o ${key}.new
    COMMAND mv ${folder}/${key}.new ${folder}/${key}.pch
    COMMENT "Precompiling for ${name}" VERBATIM)
  add_custom_target(${name}_precompiled DEPENDS ${folder}/${key}.pch)
  set_property(TARGET ${name} PROPERTY HOLDFAST_PRECOMPILED ${folder}/${key}.pch)
endfunction()

function(holdfast_precompile name)
  if(NOT HOLDFAST_PRECOMPILED)
    return()
  endif()
  target_link_libraries(${name} PRIVATE holdfast_precompiled_options)
  if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    holdfast_precompile_for_all(${name} ${holdfast_precompiled_headers} ${ARGN})
  else()
    target_precompile_headers(${name} PRIVATE ${holdfast_precompiled_headers} ${ARGN})
  endif()
endfunction()

function(holdfast_precompiled name)
  set(owners holdfast_schema ${ARGN})
  list(POP_BACK owners owner)
  if(NOT HOLDFAST_PRECOMPILED)
    return()
  endif()
  target_link_libraries(${name} PRIVATE holdfast_precompiled_options)
  if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    get_target_property(file ${owner} HOLDFAST_PRECOMPILED)
    target_compile_options(${name} PRIVATE -include-pch ${file})
    add_dependencies(${name} ${owner}_precompiled)
  else()
    target_precompile_headers(${name} REUSE_FROM ${owner})
  endif()
endfunction()
