// What every text of a recording is: the one table that decides what of it may leave the house.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/schema/output.pb.h"

namespace holdfast {

enum class FieldClass : std::uint8_t {
  kKept,        // in the engine's or the writer's own words: never changed
  kHash,        // digest of a file: never changed
  kCleared,     // for people and for no decision: left out
  kText,        // anything: paths, addresses and identifiers in it are looked for
  kCommand,     // as kText, and secrets behind switches
  kFile,        // one path of a file
  kFolder,      // one path of a folder
  kAccount,     // DOMAIN\name, name@domain, a SID
  kMachine,     // name of a computer
  kHost,        // name of any host: only one without a dot is a machine of the house
  kEntry,       // path with wildcards of an exception list
  kBody,        // bytes of an HTTP response
  kQuoting,     // in the engine's own words, around what it quotes between quotation marks or percent signs
  kReasonText,  // Reason.text: its code says which
};

struct FieldRow {
  std::string_view field;  // "Process.image": message without its package, and field
  FieldClass type;
};

// A row for every field of type string or bytes that a recording can hold.
std::span<const FieldRow> field_classes();

// Of a field that has a row; every other one is a broken invariant.
FieldClass class_of(std::string_view field);

// Of Reason.text: kKept where the engine wrote it in its own words, kText where it repeats what it was told.
FieldClass class_of_reason(v1::ReasonCode code);

}  // namespace holdfast
