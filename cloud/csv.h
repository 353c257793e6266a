// Allow-lists as tables: comma-separated values with a line of names first (RFC 4180).
//
//   sha256,verdict,detections,age_days        also first_seen ("2026-11-26") in place of age_days
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/store.h"

namespace holdfast::cloud {

// The fields of one line, quotes undone; nothing where a quote is not closed or stands inside a field.
std::optional<std::vector<std::string>> csv_fields(std::string_view line);

class CsvReader {
 public:
  // `name`: of the file, for errors. `today`: days since 1970-01-01 UTC, from which ages count.
  CsvReader(std::string name, std::int64_t today) : name_(std::move(name)), today_(today) {}

  using Take = std::function<Expected<void>(std::string_view sha256, const Known& known)>;
  // One line without its end. Fails with file, line, field and reason.
  Expected<void> line(std::string_view text, const Take& take);
  // After the last line: fails where there was not even a line of names.
  Expected<void> end() const;
  std::uint64_t programs() const { return programs_; }

 private:
  enum class Column : std::uint8_t { kSha256, kVerdict, kDetections, kAgeDays, kFirstSeen };
  Expected<void> names(const std::vector<std::string>& fields);
  Expected<void> value(Column column, const std::string& text, std::string& sha256, Known& known) const;
  std::unexpected<Error> refuse(std::string_view field, std::string what) const;

  std::string name_;
  std::int64_t today_;
  std::vector<Column> columns_;
  std::uint64_t line_ = 0;
  std::uint64_t programs_ = 0;
};

// Days since 1970-01-01 of "2026-11-26"; nothing if it is no date from 1970 on.
std::optional<std::int64_t> day_of(std::string_view date);

}  // namespace holdfast::cloud
