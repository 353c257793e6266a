#include "cloud/import.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <vector>

#include "cloud/csv.h"
#include "cloud/sha256_text.h"

namespace holdfast::cloud {
namespace {

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct EndStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, EndStatement>;

std::unexpected<Error> refuse(const std::string& file, std::string what, std::string remedy = "") {
  return std::unexpected(Error{.where = file, .field = "", .what = std::move(what), .remedy = std::move(remedy)});
}

// SplitMix64.
std::uint64_t mixed(std::uint64_t number) {
  std::uint64_t z = number + 0x9e3779b97f4a7c15U;
  z = (z ^ z >> 30U) * 0xbf58476d1ce4e5b9U;
  z = (z ^ z >> 27U) * 0x94d049bb133111ebU;
  return z ^ z >> 31U;
}

Statement hashes_of(sqlite3* rds) {
  for (const char* sql : {"SELECT DISTINCT sha256 FROM FILE", "SELECT DISTINCT sha256 FROM METADATA"}) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(rds, sql, -1, &statement, nullptr) == SQLITE_OK) return Statement(statement);
  }
  return nullptr;
}

}  // namespace

Expected<std::uint64_t> import_csv(const std::string& file, std::int64_t today, Store& store) {
  std::ifstream input(file, std::ios::binary);
  if (!input) return refuse(file, "it cannot be opened");
  CsvReader reader(file, today);
  const auto filled = store.import([&](Store& into) -> Expected<void> {
    const auto put = [&](std::string_view sha256, const Known& known) { return into.put(sha256, known); };
    for (std::string line; std::getline(input, line);) {
      if (auto read = reader.line(line, put); !read) return read;
    }
    if (input.bad()) return refuse(file, "it cannot be read to its end");
    return reader.end();
  });
  if (!filled) return std::unexpected(filled.error());
  return reader.programs();
}

Expected<std::uint64_t> import_nsrl(const std::string& file, Store& store) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
  const Database rds(opened);
  if (code != SQLITE_OK) return refuse(file, sqlite3_errmsg(opened));
  const Statement hashes = hashes_of(rds.get());
  if (!hashes) {
    return refuse(file, "it has neither a view FILE nor a table METADATA with a column sha256",
                  "give the SQLite file of an RDS of version 3");
  }
  std::uint64_t programs = 0;
  const auto filled = store.import([&](Store& into) -> Expected<void> {
    const Known safe{.verdict = v1::SafeSoftwareAnswer::SAFE, .detections = {}, .first_seen_day = {}};
    while (true) {
      const int stepped = sqlite3_step(hashes.get());
      if (stepped == SQLITE_DONE) return {};
      if (stepped != SQLITE_ROW) return refuse(file, sqlite3_errmsg(rds.get()));
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(hashes.get(), 0));
      const auto sha256 = sha256_of_text(text == nullptr ? std::string_view() : std::string_view(text));
      ++programs;
      if (!sha256) return refuse(file, fmt::format("row {} has no SHA-256 of 64 hexadecimal digits", programs));
      if (auto put = into.put(*sha256, safe); !put) return put;
    }
  });
  if (!filled) return std::unexpected(filled.error());
  return programs;
}

std::string generated_sha256(std::uint64_t number) {
  std::string bytes;
  for (std::uint64_t part = 0; part < 4; ++part) {
    const std::uint64_t word = mixed(number * 4 + part);
    for (unsigned shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<char>(word >> shift));
  }
  return bytes;
}

Expected<std::uint64_t> generate(std::uint64_t count, std::int64_t today, Store& store) {
  // Batches in the order of the key: a table of ten million fills ten times as fast.
  constexpr std::uint64_t kBatch = 2'000'000;
  const auto filled = store.import([&](Store& into) -> Expected<void> {
    for (std::uint64_t first = 0; first < count; first += kBatch) {
      std::vector<std::pair<std::string, std::uint64_t>> batch;
      for (std::uint64_t i = first; i < std::min(count, first + kBatch); ++i)
        batch.emplace_back(generated_sha256(i), i);
      std::ranges::sort(batch);
      for (const auto& [sha256, i] : batch) {
        Known known;
        if (i % 3 == 0) known.verdict = v1::SafeSoftwareAnswer::SAFE;
        if (i % 1'000 == 1) known.verdict = v1::SafeSoftwareAnswer::MALICIOUS;
        known.detections = mixed(i) % 10'000;
        known.first_seen_day = today - static_cast<std::int64_t>(mixed(i + 1) % 3'000);
        if (auto put = into.put(sha256, known); !put) return put;
      }
    }
    return {};
  });
  if (!filled) return std::unexpected(filled.error());
  return count;
}

}  // namespace holdfast::cloud
