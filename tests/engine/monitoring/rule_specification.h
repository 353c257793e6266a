// What Event Monitoring must see and what it must leave alone, row by row, written from DOMAIN 4 and not from the
// table.
//
// A target says which of its parts matter: plain text must be exactly so, `<text>` may be any one part (or any text
// within a part), `<<text>>` any number of parts with the separator that it begins or ends with, `<=text>` is left as
// it is.
//   HKLM\Software\Classes\exefile\shell\<open>\command
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/monitoring/event_rule.h"
#include "engine/monitoring/event_rules.h"
#include "engine/path/windows_path.h"
#include "engine/schema/operation.pb.h"

namespace holdfast::engine {

// An operation in the few words that rules look at.
struct RuleCase {
  OperationMask kind = 0;
  std::string target;  // with marks
  std::string value;   // with marks
  std::string text;
  std::uint32_t access = ~0U;
  bool executable = false;
  bool on_itself = false;                                      // thread, access, termination: in the acting process
  std::string module = R"(C:\Windows\System32\kernel32.dll)";  // where an injected thread starts
  std::string original_name;
  std::string actor = R"(C:\Users\alice\Downloads\setup.exe)";
  std::string creator = R"(C:\Windows\explorer.exe)";
  std::uint32_t facts = 0;
  std::string user;
};

using Change = std::function<void(RuleCase&)>;

// The examples of one row: the first target, value, text, right and actor make the plain example; each further one
// takes the place of the first. What `kinds` leaves out of its family (files, registry, processes, ...) must not match.
struct RuleSpecification {
  std::string id;
  v1::MonitoredEvent event = v1::MONITORED_EVENT_UNSPECIFIED;
  bool trust_settles = true;
  OperationMask kinds = 0;
  std::vector<std::string> targets{""};
  std::vector<std::string> values{""};
  std::vector<std::string> texts{""};
  std::vector<std::uint32_t> rights{};  // each alone matches; everything but these does not
  std::vector<std::string> actors{R"(C:\Users\alice\Downloads\setup.exe)"};
  std::string creator = R"(C:\Windows\explorer.exe)";
  std::string module = R"(C:\Windows\System32\kernel32.dll)";
  std::uint32_t facts = 0;
  std::vector<Change> matches{};    // changes of the plain example that still match
  std::vector<std::string> also{};  // rows that the examples match besides
  std::vector<std::string> quiet_targets{};
  std::vector<std::string> quiet_values{};
  std::vector<std::string> quiet_texts{};
  std::vector<std::string> quiet_actors{};
  std::vector<Change> quiet{};
};

const std::vector<RuleSpecification>& rule_specifications();

// The plain example of a row, for its first kind unless another is given: for one that tells all that the row asks for.
RuleCase plain_example(const RuleSpecification& rule, OperationMask kind = 0);

std::string without_marks(const std::string& marked);

// Spellings of `marked` in which something that matters is different, and in which something free is.
std::vector<std::string> spoilt(const std::string& marked);
std::vector<std::string> varied(const std::string& marked);

// An example and whether the row must match it.
struct Expectation {
  RuleCase example;
  bool matches = false;
  bool exact = false;  // the findings are the row and those of `also`, nothing else
  // A key that is moved brings values and keys that nobody names: an earlier row of the event may speak of it.
  bool by_event = false;
  bool of_the_table = false;  // of one row alone nothing is said
};

// Everything that the specification says about a row.
std::vector<Expectation> expectations_of(const RuleSpecification& rule);

v1::Operation operation_of(const RuleCase& example);

// Runs `matcher` on an example; the paths that the subject refers to live in this object.
class Trial {
 public:
  explicit Trial(const PathNormaliser& paths) : paths_(paths) {}
  const Findings& run(EventMatcher& matcher, const RuleCase& example);
  const Findings& run(EventMatcher& matcher, const v1::Operation& operation, const std::string& actor,
                      std::uint32_t facts = 0, const std::string& creator = {});

 private:
  const PathNormaliser& paths_;
  Findings findings_;
};

// Why `matcher` does not keep `rule`'s specification, or an empty text. In a table of that one row nothing is said
// about the other rows that an example matches besides.
std::string broken_promise(EventMatcher& matcher, const PathNormaliser& paths, const RuleSpecification& rule,
                           bool alone = false);

}  // namespace holdfast::engine
