// Reads scenarios that somebody made up, and plays those that are good. Promises: a bad one gives an error that says
// what and where; a good one plays to its end, and everything that sim/checkers promises of any run holds; rewriting
// its expectations gives a scenario again.
//
// Links: holdfast_scenario
#include <google/protobuf/stubs/logging.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "sim/scenario/expectation_update.h"
#include "sim/scenario/scenario_file.h"
#include "sim/scenario/scenario_run.h"
#include "sim/story/timeline.h"
#include "sim/text/settings_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace holdfast {
namespace {

constexpr std::size_t kEntriesMax = 300;  // longer stories are slower, not different

[[noreturn]] void broken(const char* promise, const std::string& detail) {
  std::fprintf(stderr, "broken promise: %s: %s\n", promise, detail.c_str());
  std::abort();
}

void read_and_play(std::string_view text) {
  const auto file = parse_scenario("fuzz.txtpb", text);
  if (!file) {
    if (file.error().what.empty() || file.error().where.empty())
      broken("an error says what and where", file.error().text());
    return;
  }
  const auto timeline = Timeline::compile(file->scenario, file->locations);
  if (!timeline) broken("what was checked compiles", timeline.error().text());
  if (timeline->entries().size() > kEntriesMax) return;
  const auto run = run_scenario(file->scenario, engine::default_tables(), &file->locations);
  if (!run) broken("a good scenario plays to its end", run.error().text());
  for (const Failure& failure : run->failures) {
    if (failure.expectation < 0) broken(failure.expected.c_str(), failure.actual);
  }
  const UpdatedText updated = update_expectations(*file, run->failures);
  const auto again = parse_scenario("fuzz.txtpb", updated.text);
  if (!again) broken("a rewritten scenario is a scenario", again.error().text());
}

}  // namespace
}  // namespace holdfast

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const google::protobuf::LogSilencer quiet;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  holdfast::read_and_play(text);
  const auto settings = holdfast::parse_settings("fuzz.txtpb", text);
  if (!settings && settings.error().where.empty()) holdfast::broken("an error says where", settings.error().text());
  return 0;
}
