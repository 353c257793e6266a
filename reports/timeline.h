// What happened, as a list for a person: every observation with its program and target, and every decision about it.
//
//   TimelineView timeline;
//   std::vector<TimelineRow> rows;
//   timeline.add(input, outputs, rows);
//   for (const auto& row : rows) print(timeline_line(row, time, {}));
//
//   00:00:03.120  file_rename    outlook.exe      C:\Users\user\invoice.exe → C:\Users\user\holiday.exe
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/schema/input.pb.h"
#include "engine/schema/output.pb.h"
#include "reports/json.h"
#include "reports/wording.h"

namespace holdfast {

struct TimelineRow {
  enum class Weight : std::uint8_t {
    kObserved,  // it happened
    kDecided,   // the engine answered, and let it pass
    kAsked,     // somebody was asked
    kStopped,   // the engine forbade it, or warned
  };
  std::uint64_t at_ns = 0;
  std::string kind = {};     // name of Input's, Operation's or Output's field: "registry_set", "prompt", "verdict"
  std::string program = {};  // full path where known
  std::uint32_t pid = 0;
  std::string target = {};
  std::string note = {};      // the rest: a verdict's reason, how it was held
  std::string user = {};      // under whose name the program acts, where it is nobody of the endpoint's own
  std::string computer = {};  // where it happened, if not on the endpoint itself
  Weight weight = Weight::kObserved;
};

class TimelineView {
 public:
  // Names of programs are kept for this many processes; beyond it those of the lowest pids are forgotten, and shown by
  // their pid.
  static constexpr std::size_t kProcessesMax = 262'144;

  // Appends the rows of one step: the observation first, then what the engine made of it. Timers and HTTP stay out:
  // they are the engine's own business.
  void add(const v1::Input& input, std::span<const v1::Output> outputs, std::vector<TimelineRow>& rows);

 private:
  struct Key {
    std::uint32_t pid = 0;
    std::uint64_t start_ns = 0;  // 0: the latest of the pid
    std::uint64_t computer = 0;  // computer_of() its endpoint
    auto operator<=>(const Key&) const = default;
  };
  void name_process(Key key, const std::string& image);
  const std::string& program_of(Key key) const;
  void know_endpoint(const v1::Input& input);
  bool is_own(std::string_view user) const;
  void add_operation(std::uint64_t at_ns, const v1::Operation& operation, std::vector<TimelineRow>& rows);

  std::map<Key, std::string> programs_;
  std::string endpoint_;
  std::map<std::uint32_t, std::string> sessions_;  // who is logged on
};

// Which rows a person wants to see. Empty and 0 are no wish.
struct TimelineFilter {
  std::uint64_t from_ns = 0;
  std::uint64_t to_ns = ~std::uint64_t{0};  // inclusive
  std::string program;                      // part of the program's path, without regard to the case of ASCII letters
  bool decisions_only = false;
  bool admits(const TimelineRow& row) const;
};

struct TimelineStyle {
  bool colours = false;
  std::size_t width = 0;  // longest line in characters; 0: as long as it gets
};

// One line without '\n'.
std::string timeline_line(const TimelineRow& row, const TimeText& time, const TimelineStyle& style);
// The same for machines: an element of the array that is open.
void write_row(const TimelineRow& row, const TimeText& time, JsonWriter& json);

// What an operation is aimed at, in full: "HKLM\...\Run\Updater = C:\...\x.exe". Empty for kinds without a target.
std::string operation_target(const v1::Operation& operation);
// Name of the oneof's field: "registry_set"; "operation" where nothing is set.
std::string operation_name(const v1::Operation& operation);

}  // namespace holdfast
