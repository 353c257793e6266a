// holdfast explore: made-up lives of an engine, and what they find (docs/exploring.md).
#include "sim/explore/explore.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "commands/holdfast/commands.h"
#include "commands/holdfast/file_argument.h"
#include "reports/json.h"
#include "reports/wording.h"
#include "sim/explore/finding.h"
#include "sim/scenario/parallel.h"
#include "sim/text/text_file.h"

namespace holdfast {
namespace explore_subcommand {
namespace {

constexpr std::uint64_t kSeedsUsually = 100;
constexpr std::uint64_t kInputsUsually = 5'000;
constexpr std::uint64_t kInputsOfASeedMax = 10'000'000;
constexpr std::uint64_t kSeedsMax = 10'000'000;
constexpr std::uint64_t kRestoresUsually = 50;
constexpr std::size_t kFailuresShrunk = 5;  // the others are only named

CommandLine line() {
  CommandLine line("explore", "SCENARIO|RECORDING|FOLDER...", 0, CommandLine::kArgumentsMax);
  line.purpose("make up lives of an engine from seeds, and watch every promise: operations are taken from these files");
  line.option("seeds", "A..B", "one life each (default: 1..100)")
      .option("inputs", "N", "of each life (default: 5,000)")
      .option("profile", "NAME", "what the lives are made of (default: all); --profile help lists them")
      .option("restores", "N", "snapshots of each life from which a second engine goes on beside it (default: 50)")
      .option("damaged", "N", "damaged snapshots of each life (default: 50)")
      .option("jobs,j", "N", "lives at a time (default: one per processor); the answer is the same for any number")
      .option("output,o", "FOLDER", "where failures are written (default: this one)")
      .flag("trace", "say every seed before its life begins: the last one is the one that crashed")
      .flag("progress", "tell the progress also where standard error is no terminal")
      .example("holdfast explore scenarios --seeds 1..2000", "ten million inputs with a hundred thousand restores")
      .example("holdfast explore --seeds 4711..4711 --profile asking", "one life again");
  return line;
}

std::string profiles_text() {
  std::string text;
  for (const Mix& mix : mixes()) text += fmt::format("  {:<16}{}\n", mix.name, mix.summary);
  return text;
}

Error wrong(std::string option, std::string what, std::string remedy) {
  return {.where = "explore", .field = std::move(option), .what = std::move(what), .remedy = std::move(remedy)};
}

struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t last = kSeedsUsually;
};

Expected<Seeds> seeds_of(const Arguments& given) {
  if (!given.has("seeds")) return Seeds{};
  const std::string text = given.text("seeds");
  const auto number = [](std::string_view digits, std::uint64_t& value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return !digits.empty() && error == std::errc() && end == digits.data() + digits.size();
  };
  const std::size_t dots = text.find("..");
  Seeds seeds;
  const std::string_view all(text);
  const bool good = dots == text.npos
                        ? number(all, seeds.first) && number(all, seeds.last)
                        : number(all.substr(0, dots), seeds.first) && number(all.substr(dots + 2), seeds.last);
  if (!good || seeds.first > seeds.last) {
    return std::unexpected(wrong("--seeds", fmt::format("\"{}\" names no seeds", text), "as 1..100, or 4711"));
  }
  if (seeds.last - seeds.first >= kSeedsMax) {
    return std::unexpected(wrong("--seeds", fmt::format("\"{}\" is more than {} seeds", text, grouped(kSeedsMax)),
                                 "take them in several runs"));
  }
  return seeds;
}

struct Wish {
  ExplorePlan plan;
  Seeds seeds;
  unsigned jobs = 1;
  std::string folder;
  std::string materials;  // as given, for the line to paste
};

Expected<Wish> wish_of(const Arguments& given) {
  Wish wish;
  HOLDFAST_TRY(seeds, seeds_of(given));
  wish.seeds = seeds;
  const std::string name = given.has("profile") ? given.text("profile") : "all";
  wish.plan.mix = find_mix(name);
  if (wish.plan.mix == nullptr) {
    return std::unexpected(wrong("--profile", fmt::format("there is none named \"{}\"", name), "help lists them"));
  }
  HOLDFAST_TRY(inputs, given.number("inputs", kInputsUsually, kInputsOfASeedMax));
  HOLDFAST_TRY(restores, given.number("restores", kRestoresUsually, kInputsOfASeedMax));
  HOLDFAST_TRY(damaged, given.number("damaged", kRestoresUsually, kInputsOfASeedMax));
  HOLDFAST_TRY(jobs, given.number("jobs", processors(), kJobsMax));
  wish.plan.inputs = inputs;
  wish.plan.restores = restores;
  wish.plan.damaged_states = damaged;
  wish.jobs = std::max(1U, static_cast<unsigned>(jobs));
  wish.folder = given.text("output");
  if (!wish.folder.empty() && !is_folder(wish.folder)) {
    return std::unexpected(wrong("--output", fmt::format("{} is no folder", wish.folder), "make it first"));
  }
  for (const std::string& path : given.positional()) wish.materials += file_argument(path) + " ";
  return wish;
}

std::string again(const Wish& wish, std::uint64_t seed) {
  std::string text = fmt::format("holdfast explore {}--seeds {}..{} --inputs {} --profile {}", wish.materials, seed,
                                 seed, wish.plan.inputs, wish.plan.mix->name);
  if (wish.plan.restores != kRestoresUsually) text += fmt::format(" --restores {}", wish.plan.restores);
  if (wish.plan.damaged_states != kRestoresUsually) text += fmt::format(" --damaged {}", wish.plan.damaged_states);
  return text;
}

struct Written {
  std::string recording;
  std::string scenario;  // empty: it cannot be told as one
  std::size_t events = 0;
  bool minimal = false;
  std::string story;
};

Expected<Written> write_down(const Wish& wish, const SeedResult& failed) {
  const engine::Tables& tables = engine::default_tables();
  const Finding finding = shrink_finding(wish.plan, failed);
  const std::string stem = (wish.folder.empty() ? std::string() : wish.folder + "/") +
                           fmt::format("explore-{}-{}", wish.plan.mix->name, failed.seed);
  Written written{.recording = stem + ".hfr",
                  .scenario = {},
                  .events = finding.events.size(),
                  .minimal = finding.minimal,
                  .story = finding_text(finding)};
  HOLDFAST_TRY_DO(write_finding(finding, tables, written.recording));
  const std::string scenario = finding_as_scenario(finding, tables);
  if (scenario.empty()) return written;
  written.scenario = stem + ".txtpb";
  HOLDFAST_TRY_DO(replace_text_file(written.scenario, scenario));
  return written;
}

Expected<std::string> failures_text(const Wish& wish, const ExploreReport& report) {
  std::string text;
  std::size_t shrunk = 0;
  for (const SeedResult& failed : report.failed) {
    text += fmt::format("  FAIL  {}\n        {}\n", again(wish, failed.seed), printable(failed.fault->what));
    if (report.interrupted || ++shrunk > kFailuresShrunk) continue;
    HOLDFAST_TRY(written, write_down(wish, failed));
    text +=
        fmt::format("        cut down to {} inputs{}: {}{}{}\n", written.events,
                    written.minimal ? "" : " (fewer may do: the work for one failure was spent)",
                    printable(written.recording), written.scenario.empty() ? "" : " and ", printable(written.scenario));
    std::string_view rows = written.story;
    while (!rows.empty()) {
      const std::size_t end = rows.find('\n');
      text += "          " + printable(rows.substr(0, end)) + '\n';
      rows.remove_prefix(end + 1);
    }
  }
  return text;
}

std::string never_reached(const Probes& probes, std::size_t& reached) {
  std::string never;
  for (const Probe& probe : all_probes()) {
    if (probe.reached(probes) != 0) {
      ++reached;
    } else {
      never += fmt::format("\n          {}", probe.name);
    }
  }
  return never;
}

std::string summary(const Wish& wish, const ExploreReport& report, std::uint64_t took_ns) {
  const std::uint64_t per_second =
      took_ns == 0 ? 0 : report.counts.inputs * 1'000 / std::max<std::uint64_t>(took_ns / 1'000'000, 1);
  std::size_t reached = 0;
  const std::string never = never_reached(report.probes, reached);
  std::string text = fmt::format(
      "  {}  {} seeds, {} inputs, {} restores, {} damaged states (profile {})\n"
      "        {} differences, {} broken promises\n"
      "        {} of {} rare states reached{}{}\n"
      "        {} inputs a second on {} at a time\n"
      "        hash {:016x}\n",
      report.failed.empty() ? "ok  " : "FAIL", grouped(report.seeds), grouped(report.counts.inputs),
      grouped(report.counts.restores), grouped(report.counts.damaged_states), wish.plan.mix->name,
      grouped(report.differences), grouped(report.failed.size() - report.differences), reached, all_probes().size(),
      never.empty() ? "" : "; never:", never, grouped(per_second), wish.jobs, report.hash);
  if (report.interrupted) {
    text += fmt::format("        interrupted: {} of {} seeds were not lived to their end\n",
                        grouped(wish.seeds.last - wish.seeds.first + 1 - report.seeds),
                        grouped(wish.seeds.last - wish.seeds.first + 1));
  }
  return text;
}

Expected<std::string> json_text(const Wish& wish, const ExploreReport& report, std::uint64_t took_ns) {
  JsonWriter json;
  json.object().field("profile", wish.plan.mix->name).field("seeds", report.seeds);
  json.field("interrupted", report.interrupted);
  json.field("inputs", report.counts.inputs).field("restores", report.counts.restores);
  json.field("damaged_states", report.counts.damaged_states).field("differences", report.differences);
  json.field("broken_promises", report.failed.size() - report.differences).field("took_ms", took_ns / 1'000'000);
  json.field("hash", fmt::format("{:016x}", report.hash)).object("rare_states");
  for (const Probe& probe : all_probes()) json.field(probe.name, probe.reached(report.probes));
  json.end().array("failed");
  for (const SeedResult& failed : report.failed) {
    json.object().field("again", again(wish, failed.seed)).field("kind", failed.fault->kind);
    json.field("what", failed.fault->what).end();
  }
  json.end().end();
  return json.take() + '\n';
}

Expected<ExitCode> run(const Arguments& given, Terminal& terminal) {
  if (given.text("profile") == "help") {
    terminal.out(profiles_text());
    return ExitCode::kAsExpected;
  }
  HOLDFAST_TRY(wish, wish_of(given));
  Material material = builtin_material();
  for (const std::string& path : given.positional()) {
    HOLDFAST_TRY_DO(add_material(path, material));
  }
  wish.plan.material = &material;
  Progress progress(terminal, given.has("progress"));
  const bool trace = given.has("trace");
  const Interruption interruption;
  wish.plan.stop = [&interruption] { return interruption.asked(); };
  const std::uint64_t began_ns = terminal.stopwatch().now_ns();
  const ExploreReport report = explore(
      wish.plan, wish.seeds.first, wish.seeds.last, wish.jobs,
      [&](std::uint64_t seed) {
        if (trace) terminal.err(fmt::format("{}\n", again(wish, seed)));
      },
      [&] { progress.count("lived", wish.seeds.last - wish.seeds.first + 1, "lives"); });
  const std::uint64_t took_ns = terminal.stopwatch().now_ns() - began_ns;
  progress.clear();
  wish.plan.stop = {};
  if (given.has("json")) {
    HOLDFAST_TRY(json, json_text(wish, report, took_ns));
    terminal.out(json);
  } else {
    terminal.out(summary(wish, report, took_ns));
    HOLDFAST_TRY(failures, failures_text(wish, report));
    terminal.out(failures);
  }
  return report.failed.empty() && !report.interrupted ? ExitCode::kAsExpected : ExitCode::kExpectationFailed;
}

constexpr Command kCommand{"explore", "make up lives of an engine, and watch every promise", line, run};

}  // namespace
}  // namespace explore_subcommand

const Command& explore_command() { return explore_subcommand::kCommand; }

}  // namespace holdfast
