# Every library the project stands on, from the distribution's packages (Linux) or from their sources built by
# tools/windows-dependencies (cross build; the toolchain file points every search there).
set(Boost_USE_STATIC_LIBS ON)
if(WIN32)
  set(Protobuf_USE_STATIC_LIBS ON)
  set(Boost_NO_BOOST_CMAKE ON)
endif()

find_package(fmt REQUIRED)
find_package(simdjson REQUIRED)
find_package(LibArchive REQUIRED)
find_package(CURL REQUIRED)
find_package(Boost REQUIRED COMPONENTS program_options)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
if(NOT WIN32)  # of the reference service
  find_package(SQLite3 REQUIRED)
  pkg_check_modules(MICROHTTPD REQUIRED IMPORTED_TARGET libmicrohttpd)
endif()

# The dynamic linker looks every symbol of every shared library up whenever a program starts. So the libraries below, which
# nearly every start uses, are linked statically where the distribution has them so.
if(NOT WIN32)
  list(PREPEND CMAKE_FIND_LIBRARY_SUFFIXES .a)
endif()
find_package(ZLIB REQUIRED)
find_package(Protobuf REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
if(NOT WIN32)
  list(POP_FRONT CMAKE_FIND_LIBRARY_SUFFIXES)
endif()

if(WIN32)
  find_library(LZMA_LIBRARY lzma REQUIRED)
  # A static libarchive names neither its own dependencies nor the macro without which its header expects a DLL.
  set_property(TARGET LibArchive::LibArchive APPEND PROPERTY
    INTERFACE_LINK_LIBRARIES ${LZMA_LIBRARY} ZLIB::ZLIB bcrypt crypt32)
  set_property(TARGET LibArchive::LibArchive APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS LIBARCHIVE_STATIC)
  add_compile_definitions(NOMINMAX WIN32_LEAN_AND_MEAN)
endif()
