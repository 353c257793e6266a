// What made-up lives are made of: operations and settings that scenarios and recordings hold, and some of our own.
//
//   Material material = builtin_material();
//   if (auto added = add_material("scenarios", material); !added) ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/schema/error.h"
#include "engine/schema/operation.pb.h"
#include "engine/schema/settings.pb.h"

namespace holdfast {

struct Material {
  std::vector<v1::Operation> operations;  // whose numbers and processes mean nothing
  std::vector<std::size_t> monitored;     // places of those that some rule of Event Monitoring speaks of
  std::vector<v1::Settings> settings;
};

// Operations of every kind on a few paths, keys and names, so that lives collide.
Material builtin_material();

// Adds what a scenario (.txtpb), a recording (.hfr) or every scenario and recording of a folder holds, in the order of
// the files' names. Fails on what cannot be read.
Expected<void> add_material(const std::string& path, Material& material);

}  // namespace holdfast
