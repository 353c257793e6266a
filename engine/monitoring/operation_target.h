// What an operation acts on, in words for people: prompts, logs and reports show it.
#pragma once

#include <string>

#include "engine/path/windows_path.h"
#include "engine/schema/operation.pb.h"

namespace holdfast::engine {

// Puts into `out` the normalised target: "C:\Windows\...\hosts", "HKLM\...\Run\Updater", "service Updater (C:\x.exe)".
// Empty where the operation has none. `path` and `key` are scratch memory.
void describe_target(const v1::Operation& operation, const PathNormaliser& paths, WindowsPath& path, RegistryPath& key,
                     std::string& out);

}  // namespace holdfast::engine
