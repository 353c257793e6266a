// Where the service's knowledge comes from: allow-lists, the reference data set of the NSRL, and made-up programs for
// load tests. Each goes in whole or not at all.
#pragma once

#include <cstdint>
#include <string>

#include "cloud/store.h"

namespace holdfast::cloud {

// Each gives how many programs it put in. `today`: days since 1970-01-01 UTC.
Expected<std::uint64_t> import_csv(const std::string& file, std::int64_t today, Store& store);
// The NSRL's RDS version 3, an SQLite file whose view FILE (or table METADATA) has a column sha256: all of them safe.
Expected<std::uint64_t> import_nsrl(const std::string& file, Store& store);
// The same programs for the same number, in every run: a third safe, a few malicious, with prevalence.
Expected<std::uint64_t> generate(std::uint64_t count, std::int64_t today, Store& store);
// The SHA-256 of the made-up program `number`, 32 bytes.
std::string generated_sha256(std::uint64_t number);

}  // namespace holdfast::cloud
