// What the service knows of programs: one SQLite file, keyed by SHA-256. Many may read it while it is served; imports
// go in as one transaction or not at all.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/schema/cloud.pb.h"
#include "engine/schema/error.h"

struct sqlite3;

namespace holdfast::cloud {

// What is known of one program; what is absent is not known, and an import leaves it as it was.
struct Known {
  std::optional<v1::SafeSoftwareAnswer::Verdict> verdict;
  std::optional<std::uint64_t> detections;
  std::optional<std::int64_t> first_seen_day;  // days since 1970-01-01 UTC
  bool operator==(const Known&) const = default;
};

struct Counts {
  std::uint64_t programs = 0;
  std::uint64_t safe = 0;
  std::uint64_t malicious = 0;
  std::uint64_t with_prevalence = 0;
};

class Store {
 public:
  // For reading. Fails if the file is missing or is no store of this kind. Belongs to one thread at a time.
  static Expected<Store> open(const std::string& path);
  // For writing; makes the file if there is none.
  static Expected<Store> create(const std::string& path);
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  // `sha256`: 32 bytes.
  Expected<std::optional<Known>> find(std::string_view sha256);
  Expected<Counts> counts();

  // Runs `fill`, which may call put(); what it puts is kept if it succeeds, and else nothing of it.
  Expected<void> import(const std::function<Expected<void>(Store& store)>& fill);
  Expected<void> put(std::string_view sha256, const Known& known);

 private:
  struct Statements;
  Store(sqlite3* database, std::string path);
  Expected<void> prepare(bool writing);
  std::unexpected<Error> failure(std::string_view doing) const;
  Expected<void> execute(const char* sql, std::string_view doing);

  std::string path_;
  std::unique_ptr<Statements> statements_;
};

}  // namespace holdfast::cloud
