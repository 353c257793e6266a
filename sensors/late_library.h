// A library of the system that is loaded when it is first needed, not at every start of the program: libcurl and
// libarchive bring forty others along, and most commands need neither. HOLDFAST_LATE(name) in a namespace of ours makes
// calls of that name there calls of the library; before the first one comes HOLDFAST_TRY_DO(HOLDFAST_LOAD_LATE()).
//
// Which library a target means, holdfast_late_library() of cmake/Holdfast.cmake says. Where it is linked after all, as
// everything is for Windows, nothing is loaded and the calls are direct ones.
#pragma once

#ifdef HOLDFAST_LATE_LIBRARY
#include <dlfcn.h>

#include <string>
#endif

#include "engine/schema/error.h"

#ifdef HOLDFAST_LATE_LIBRARY

namespace holdfast {

// `library` by its SONAME: "libcurl.so.4". It stays for good.
inline Expected<void> load_library(const char* library) {
  if (dlopen(library, RTLD_LAZY) != nullptr) return {};
  return failure({}, std::string("cannot be loaded: ") + dlerror(), "install the package that holds it");
}

// Of a library that was loaded.
inline void* symbol_of_library(const char* library, const char* name) {
  return dlsym(dlopen(library, RTLD_LAZY), name);
}

}  // namespace holdfast

#define HOLDFAST_LOAD_LATE() ::holdfast::load_library(HOLDFAST_LATE_LIBRARY)
#define HOLDFAST_LATE(function)                                                                                   \
  constexpr auto function = [](auto... arguments) {                                                               \
    static const auto found =                                                                                     \
        reinterpret_cast<decltype(&::function)>(::holdfast::symbol_of_library(HOLDFAST_LATE_LIBRARY, #function)); \
    return found(arguments...);                                                                                   \
  }

#else

#define HOLDFAST_LOAD_LATE() \
  ::holdfast::Expected<void> {}
#define HOLDFAST_LATE(function) constexpr auto function = &::function

#endif
