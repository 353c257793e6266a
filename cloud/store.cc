#include "cloud/store.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

namespace holdfast::cloud {
namespace {

constexpr int kApplicationId = 0x48464350;  // "HFCP"
constexpr int kVersion = 1;
constexpr const char* kSchema =
    "CREATE TABLE program (sha256 BLOB PRIMARY KEY NOT NULL, verdict INTEGER, detections INTEGER, first_seen INTEGER)"
    " WITHOUT ROWID";
constexpr const char* kFind = "SELECT verdict, detections, first_seen FROM program WHERE sha256 = ?1";
constexpr const char* kPut =
    "INSERT INTO program VALUES (?1, ?2, ?3, ?4) ON CONFLICT (sha256) DO UPDATE SET"
    " verdict = coalesce(excluded.verdict, verdict), detections = coalesce(excluded.detections, detections),"
    " first_seen = coalesce(excluded.first_seen, first_seen)";
// Reads go through the page cache of the system, so that all threads share one copy.
constexpr const char* kReading = "PRAGMA mmap_size = 1099511627776; PRAGMA query_only = 1";
constexpr int kBusy_ms = 5'000;

int pragma(sqlite3* database, const char* sql) {
  int value = 0;
  const auto take = [](void* to, int, char** columns, char**) {
    *static_cast<int*>(to) = std::atoi(columns[0] == nullptr ? "0" : columns[0]);
    return 0;
  };
  sqlite3_exec(database, sql, take, &value, nullptr);
  return value;
}

void bind_number(sqlite3_stmt* statement, int place, const std::optional<std::int64_t>& value) {
  if (value) {
    sqlite3_bind_int64(statement, place, *value);
  } else {
    sqlite3_bind_null(statement, place);
  }
}

template <typename To, typename From>
std::optional<To> as(const std::optional<From>& value) {
  return value ? std::optional<To>(static_cast<To>(*value)) : std::nullopt;
}

std::optional<std::int64_t> column(sqlite3_stmt* statement, int place) {
  if (sqlite3_column_type(statement, place) == SQLITE_NULL) return std::nullopt;
  return sqlite3_column_int64(statement, place);
}

}  // namespace

struct Store::Statements {
  explicit Statements(sqlite3* from) : database(from) {}
  ~Statements() {
    sqlite3_finalize(find);
    sqlite3_finalize(put);
    sqlite3_close(database);
  }
  Statements(const Statements&) = delete;
  Statements& operator=(const Statements&) = delete;

  sqlite3* database;
  sqlite3_stmt* find = nullptr;
  sqlite3_stmt* put = nullptr;
};

Store::Store(sqlite3* database, std::string path)
    : path_(std::move(path)), statements_(std::make_unique<Statements>(database)) {
  sqlite3_busy_timeout(database, kBusy_ms);
}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

std::unexpected<Error> Store::failure(std::string_view doing) const {
  return std::unexpected(Error{.where = path_,
                               .field = "",
                               .what = fmt::format("{}: {}", doing, sqlite3_errmsg(statements_->database)),
                               .remedy = ""});
}

Expected<void> Store::execute(const char* sql, std::string_view doing) {
  if (sqlite3_exec(statements_->database, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failure(doing);
  return {};
}

Expected<void> Store::prepare(bool writing) {
  sqlite3* database = statements_->database;
  if (pragma(database, "PRAGMA application_id") != kApplicationId) {
    return std::unexpected(Error{.where = path_,
                                 .field = "",
                                 .what = "this is no file of the reputation service",
                                 .remedy = "make one with holdfast-cloud import"});
  }
  if (const int version = pragma(database, "PRAGMA user_version"); version != kVersion) {
    return std::unexpected(Error{.where = path_,
                                 .field = "",
                                 .what = fmt::format("it is of version {}, this program knows {}", version, kVersion),
                                 .remedy = ""});
  }
  const auto ready = [&](const char* sql, sqlite3_stmt** statement) {
    return sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, nullptr) == SQLITE_OK;
  };
  if (!ready(kFind, &statements_->find)) return failure("cannot read it");
  if (writing && !ready(kPut, &statements_->put)) return failure("cannot write to it");
  return {};
}

Expected<Store> Store::open(const std::string& path) {
  sqlite3* database = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  Store store(database, path);
  if (opened != SQLITE_OK) return store.failure("cannot open it");
  if (auto done = store.execute(kReading, "cannot read it"); !done) return std::unexpected(done.error());
  if (auto done = store.prepare(false); !done) return std::unexpected(done.error());
  return store;
}

Expected<Store> Store::create(const std::string& path) {
  sqlite3* database = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &database,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Store store(database, path);
  if (opened != SQLITE_OK) return store.failure("cannot open it");
  if (pragma(database, "SELECT count(*) FROM sqlite_master") == 0) {
    const std::string make = fmt::format("BEGIN; {}; PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT",
                                         kSchema, kApplicationId, kVersion);
    if (auto done = store.execute(make.c_str(), "cannot make it"); !done) return std::unexpected(done.error());
  }
  if (auto done = store.prepare(true); !done) return std::unexpected(done.error());
  return store;
}

Expected<std::optional<Known>> Store::find(std::string_view sha256) {
  sqlite3_stmt* statement = statements_->find;
  sqlite3_bind_blob(statement, 1, sha256.data(), static_cast<int>(sha256.size()), SQLITE_STATIC);
  const int stepped = sqlite3_step(statement);
  std::optional<Known> found;
  if (stepped == SQLITE_ROW) {
    found.emplace();
    found->verdict = as<v1::SafeSoftwareAnswer::Verdict>(column(statement, 0));
    found->detections = as<std::uint64_t>(column(statement, 1));
    found->first_seen_day = column(statement, 2);
  }
  sqlite3_reset(statement);
  if (stepped != SQLITE_ROW && stepped != SQLITE_DONE) return failure("cannot read it");
  return found;
}

Expected<Counts> Store::counts() {
  const std::string sql = fmt::format(
      "SELECT count(*), count(nullif(verdict = {}, 0)), count(nullif(verdict = {}, 0)), count(detections) FROM program",
      static_cast<int>(v1::SafeSoftwareAnswer::SAFE), static_cast<int>(v1::SafeSoftwareAnswer::MALICIOUS));
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(statements_->database, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
    return failure("cannot count");
  }
  Counts counts;
  const bool counted = sqlite3_step(statement) == SQLITE_ROW;
  if (counted) {
    const auto number = [&](int place) { return static_cast<std::uint64_t>(sqlite3_column_int64(statement, place)); };
    counts = {.programs = number(0), .safe = number(1), .malicious = number(2), .with_prevalence = number(3)};
  }
  sqlite3_finalize(statement);
  if (!counted) return failure("cannot count");
  return counts;
}

Expected<void> Store::import(const std::function<Expected<void>(Store& store)>& fill) {
  if (auto begun = execute("BEGIN IMMEDIATE", "cannot begin to write"); !begun) return begun;
  if (auto filled = fill(*this); !filled) {
    sqlite3_exec(statements_->database, "ROLLBACK", nullptr, nullptr, nullptr);
    return filled;
  }
  return execute("COMMIT", "cannot keep what was imported");
}

Expected<void> Store::put(std::string_view sha256, const Known& known) {
  sqlite3_stmt* statement = statements_->put;
  sqlite3_bind_blob(statement, 1, sha256.data(), static_cast<int>(sha256.size()), SQLITE_STATIC);
  bind_number(statement, 2, as<std::int64_t>(known.verdict));
  bind_number(statement, 3, as<std::int64_t>(known.detections));
  bind_number(statement, 4, known.first_seen_day);
  const int stepped = sqlite3_step(statement);
  sqlite3_reset(statement);
  if (stepped != SQLITE_DONE) return failure("cannot write to it");
  return {};
}

}  // namespace holdfast::cloud
