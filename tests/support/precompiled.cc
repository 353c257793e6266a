// CMake precompiles headers only for a target that has a source: this one, for the tests (cmake/Precompiled.cmake).
