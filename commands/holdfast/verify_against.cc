#include "commands/holdfast/verify_against.h"

#include <fmt/format.h>

#include <string>

#include "commands/frame/command.h"
#include "commands/holdfast/each_recording.h"
#include "reports/json.h"
#include "reports/wording.h"
#include "sim/compare/decided_run.h"
#include "sim/compare/decision_diff.h"
#include "sim/compare/diff_report.h"
#include "sim/compare/other_build.h"
#include "sim/text/duration.h"

namespace holdfast {
namespace {

constexpr std::uint64_t kTimeoutNs = 600 * kSecond_ns;

std::unexpected<Error> refuse(std::string option, std::string what, std::string remedy) {
  return std::unexpected(
      Error{.where = "verify", .field = std::move(option), .what = std::move(what), .remedy = std::move(remedy)});
}

Expected<std::uint64_t> timeout_of(const Arguments& given) {
  if (!given.has("timeout")) return kTimeoutNs;
  const auto timeout = parse_duration(given.text("timeout"));
  if (!timeout) return refuse("--timeout", timeout.error().what, timeout.error().remedy);
  if (*timeout == 0) return refuse("--timeout", "leaves no time at all", "write a duration like 30s");
  return *timeout;
}

// What both builds decide about one recording; the lists live as long as the difference.
struct Compared {
  std::string path;
  DecisionList other;
  DecidedRun ours;
  DecisionDiff diff;
};

Expected<Compared> compare(const OtherBuild& build, const std::string& path) {
  HOLDFAST_TRY(ours, decided_run({.path = path}, true, nullptr));
  HOLDFAST_TRY(other, build.decide(path));
  DecisionDiff diff = diff_decisions(other, ours.list);
  return Compared{.path = path, .other = std::move(other), .ours = std::move(ours), .diff = std::move(diff)};
}

std::string text_of(const Compared& compared) {
  const bool same = compared.diff.same();
  return fmt::format("  {}  {}   {} decisions there, {} here\n{}", same ? "ok  " : "DIFF", printable(compared.path),
                     grouped(compared.other.decisions().size()), grouped(compared.ours.list.decisions().size()),
                     same ? std::string() : diff_text(compared.diff, {}));
}

void write(const Compared& compared, JsonWriter& json) {
  json.object().field("recording", compared.path);
  json.field("other_log_sha256", compared.other.sha256()).field("log_sha256", compared.ours.list.sha256());
  write_diff(compared.diff, {}, json);
  json.end();
}

}  // namespace

void add_against_options(CommandLine& line) {
  line.option("against", "PROGRAM", "instead of the recorded outputs: what another build of holdfast decides now")
      .option("timeout", "TIME", "with --against: how long it may take for a recording (default 10m)");
}

Expected<void> check_against_options(const Arguments& given) {
  if (!given.has("against") && given.has("timeout")) return refuse("--timeout", "needs --against", "leave it out");
  if (given.has("against") && given.has("hash")) {
    return refuse("--hash", "cannot stand beside --against", "--json says both hashes");
  }
  return {};
}

Expected<ExitCode> verify_against(const Arguments& given, Terminal& terminal) {
  HOLDFAST_TRY(timeout_ns, timeout_of(given));
  HOLDFAST_TRY(build, OtherBuild::find(given.text("against"), timeout_ns));
  JsonWriter json;
  json.object().field("against", build.program()).field("version", build.version());
  if (!given.has("json")) {
    terminal.out(fmt::format("  {} at {} against this build\n", build.version(), printable(build.program())));
  }
  return look_at_each(given, terminal, json, [&](const std::string& path, JsonWriter& to) -> Expected<bool> {
    HOLDFAST_TRY(compared, compare(build, path));
    if (given.has("json")) {
      write(compared, to);
    } else {
      terminal.out(text_of(compared));
    }
    return compared.diff.same();
  });
}

}  // namespace holdfast
