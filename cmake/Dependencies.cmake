# Every library the project stands on, from the distribution's packages (Linux) or from their sources built by
# tools/windows-dependencies (cross build; the toolchain file points every search there).
if(WIN32)
  set(Protobuf_USE_STATIC_LIBS ON)
  set(Boost_USE_STATIC_LIBS ON)
  set(Boost_NO_BOOST_CMAKE ON)
endif()

find_package(ZLIB REQUIRED)
find_package(Protobuf REQUIRED)
find_package(fmt REQUIRED)
find_package(simdjson REQUIRED)
find_package(LibArchive REQUIRED)
find_package(CURL REQUIRED)
find_package(Boost REQUIRED COMPONENTS program_options)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
find_package(Threads REQUIRED)
if(NOT WIN32)  # of the reference service
  find_package(SQLite3 REQUIRED)
  pkg_check_modules(MICROHTTPD REQUIRED IMPORTED_TARGET libmicrohttpd)
endif()

if(WIN32)
  find_library(LZMA_LIBRARY lzma REQUIRED)
  # A static libarchive names neither its own dependencies nor the macro without which its header expects a DLL.
  set_property(TARGET LibArchive::LibArchive APPEND PROPERTY
    INTERFACE_LINK_LIBRARIES ${LZMA_LIBRARY} ZLIB::ZLIB bcrypt crypt32)
  set_property(TARGET LibArchive::LibArchive APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS LIBARCHIVE_STATIC)
  add_compile_definitions(NOMINMAX WIN32_LEAN_AND_MEAN)
endif()
