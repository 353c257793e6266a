// The decisions of a decision log (engine/log/decision_log.h), read back from its text: of this build or another.
//
//   auto list = DecisionList::parse("incident.log", std::move(text));
//   for (const LoggedDecision& decision : list->decisions()) ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/schema/error.h"

namespace holdfast {

// A line "verdict", its columns as they stand there: escaped, and with the names of the schema.
struct LoggedDecision {
  std::uint64_t number = 0;  // from 1, as `holdfast replay` counts
  std::uint64_t at_ns = 0;
  std::string_view decision = {};  // "DENY"
  std::string_view because = {};   // "ACTION_IS_DENY"
  std::string_view event = {};     // "NEW_STARTUP_PROGRAM"
  std::string_view hold = {};
  std::string_view held_ns = {};
  std::string_view logged = {};
  std::string_view warned = {};
  std::string_view process = {};  // "pid@start"
  std::string_view what = {};     // "registry_set"
  std::string_view program = {};
  std::string_view target = {};
  std::string_view reasons = {};
  std::string_view settings = {};  // whose name the last status before it told; empty: none did

  std::uint64_t waited_ns() const;  // held_ns as a number
};

class DecisionList {
 public:
  // Longest log that is read or made.
  static constexpr std::size_t kBytesMax = std::size_t{512} * 1024 * 1024;

  // Fails (Error.where = "name:line") on what is no line of a decision log and on a last line that is cut off. Columns
  // that nobody asks for may be missing or more.
  static Expected<DecisionList> parse(const std::string& name, std::string log);

  const std::vector<LoggedDecision>& decisions() const { return decisions_; }
  // How many lines of each other kind there are: "prompt", "violation".
  const std::map<std::string_view, std::uint64_t>& other_lines() const { return other_lines_; }
  std::string sha256() const;  // of the whole log

 private:
  Expected<void> add_line(std::string_view line);

  std::unique_ptr<const std::string> log_;  // what all views point into
  std::vector<LoggedDecision> decisions_;
  std::map<std::string_view, std::uint64_t> other_lines_;
  std::string_view settings_;
};

// The columns of a log write control characters and '%' as %XX: the text that was meant.
std::string unescaped(std::string_view column);

}  // namespace holdfast
