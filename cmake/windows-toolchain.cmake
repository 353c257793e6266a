# Cross build for 64-bit Windows 7 and later with MinGW-w64 (posix threads), everything linked statically.
# The libraries come from tools/windows-dependencies, which keeps this checkout's link to them here:
set(HOLDFAST_WINDOWS_SYSROOT ${CMAKE_CURRENT_LIST_DIR}/../build/windows-sysroot
  CACHE PATH "where tools/windows-dependencies installed the libraries")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES HOLDFAST_WINDOWS_SYSROOT)

set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_VERSION 6.1)
set(CMAKE_SYSTEM_PROCESSOR x86_64)

set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc-posix)
set(CMAKE_CXX_COMPILER x86_64-w64-mingw32-g++-posix)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)

# -mbig-obj: generated protobuf code and templates exceed the 65,279 sections of a plain COFF object.
set(CMAKE_C_FLAGS_INIT "-D_WIN32_WINNT=0x0601")
set(CMAKE_CXX_FLAGS_INIT "-D_WIN32_WINNT=0x0601 -Wa,-mbig-obj")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")

get_filename_component(sysroot ${HOLDFAST_WINDOWS_SYSROOT} REALPATH)
set(CMAKE_FIND_ROOT_PATH ${sysroot} /usr/x86_64-w64-mingw32)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_PREFIX_PATH ${sysroot})
# pkg-config must see the cross-built libraries only, never the host's.
set(ENV{PKG_CONFIG_LIBDIR} ${sysroot}/lib/pkgconfig)
set(ENV{PKG_CONFIG_PATH} "")

set(CMAKE_CROSSCOMPILING_EMULATOR ${CMAKE_CURRENT_LIST_DIR}/../tools/wine)
