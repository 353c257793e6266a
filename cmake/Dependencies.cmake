# Every library the project stands on, from the distribution's packages (Linux) or from their sources built by
# tools/windows-dependencies (cross build).
find_package(Protobuf REQUIRED)
find_package(fmt REQUIRED)
find_package(simdjson REQUIRED)
find_package(LibArchive REQUIRED)
find_package(Boost REQUIRED COMPONENTS program_options)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
find_package(Threads REQUIRED)
