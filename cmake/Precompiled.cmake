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
  endif()
  # The compiler cache tells precompiled headers apart by their content, if they hold no times and say what they hold.
  target_compile_options(holdfast_precompiled_options INTERFACE -pthread
    # -Wpedantic takes a macro of the compiler away, and headers count only where the macros are the same.
    $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess> $<$<CXX_COMPILER_ID:GNU>:-Wpedantic> "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
endif()

function(holdfast_precompile name)
  if(HOLDFAST_PRECOMPILED)
    target_link_libraries(${name} PRIVATE holdfast_precompiled_options)
    target_precompile_headers(${name} PRIVATE ${holdfast_precompiled_headers} ${ARGN})
  endif()
endfunction()

function(holdfast_precompiled name)
  set(owners holdfast_schema ${ARGN})
  list(POP_BACK owners owner)
  if(HOLDFAST_PRECOMPILED)
    target_link_libraries(${name} PRIVATE holdfast_precompiled_options)
    target_precompile_headers(${name} REUSE_FROM ${owner})
  endif()
endfunction()
