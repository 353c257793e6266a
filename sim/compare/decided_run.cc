#include "sim/compare/decided_run.h"

#include <fmt/format.h>

#include <array>
#include <utility>
#include <vector>

#include "engine/log/decision_log.h"
#include "sensors/recording/recording.h"
#include "sim/scenario/scenario_file.h"
#include "sim/scenario/scenario_run.h"
#include "sim/text/text_file.h"

namespace holdfast {
namespace {

using Origin = DecidedRun::Origin;
constexpr std::array<std::string_view, 5> kOriginWords = {"as recorded", "as forked", "decided now", "played now",
                                                          "decision log"};

Expected<DecidedRun> run_of(const std::string& path, Origin origin, std::string log, bool torn = false,
                            std::uint64_t started_wall_ns = 0) {
  HOLDFAST_TRY(list, DecisionList::parse(path, std::move(log)));
  return DecidedRun{
      .path = path, .origin = origin, .torn = torn, .started_wall_ns = started_wall_ns, .list = std::move(list)};
}

Expected<void> check_size(const std::string& path, const std::string& log) {
  if (log.size() <= DecisionList::kBytesMax) return {};
  return std::unexpected(Error{.where = path,
                               .field = {},
                               .what = fmt::format("its decision log is longer than {} bytes", DecisionList::kBytesMax),
                               .remedy = "compare the SHA-256 that holdfast replay prints"});
}

Expected<DecidedRun> from_log(const std::string& path) {
  HOLDFAST_TRY(text, read_text_file(path, DecisionList::kBytesMax));
  return run_of(path, Origin::kLog, std::move(text));
}

Expected<DecidedRun> from_scenario(const std::string& path) {
  HOLDFAST_TRY(file, load_scenario(path));
  HOLDFAST_TRY(run, run_scenario(file.scenario, engine::default_tables(), &file.locations));
  HOLDFAST_TRY_DO(check_size(path, run.log));
  return run_of(path, Origin::kPlayed, std::move(run.log));
}

Expected<DecidedRun> from_outputs(const std::string& path, RecordingReader& reader) {
  std::string log;
  v1::Record record;
  std::uint64_t at_ns = 0;
  while (true) {
    HOLDFAST_TRY(next, reader.next(record));
    if (next == RecordingReader::Next::kEnd) break;
    if (record.has_input()) at_ns = record.input().at_ns();
    if (record.has_output()) engine::append_log_line(at_ns, record.output(), log);
    HOLDFAST_TRY_DO(check_size(path, log));
  }
  const bool forked = reader.header().writer() == "holdfast fork";
  return run_of(path, forked ? Origin::kForked : Origin::kRecorded, std::move(log), reader.torn(),
                reader.header().started_wall_ns());
}

struct Collected {
  std::string path;
  std::string log;

  static Expected<void> take(void* whom, std::string_view lines) {
    auto& collected = *static_cast<Collected*>(whom);
    collected.log += lines;
    return check_size(collected.path, collected.log);
  }
};

Expected<DecidedRun> from_replay(const ReplayOptions& options, StepObserver* watcher) {
  HOLDFAST_TRY(replay, Replay::open(options));
  Collected collected{.path = options.path, .log = {}};
  DecisionLog log(&Collected::take, &collected);
  std::vector<StepObserver*> observers = {&log};
  if (watcher != nullptr) observers.push_back(watcher);
  HOLDFAST_TRY(result, replay.run(std::move(observers)));
  HOLDFAST_TRY_DO(log.finish());
  return run_of(options.path, Origin::kReplayed, std::move(collected.log), result.torn,
                replay.header().started_wall_ns());
}

}  // namespace

std::string_view origin_words(Origin origin) { return kOriginWords[static_cast<std::size_t>(origin)]; }

Expected<DecidedRun> decided_run(const ReplayOptions& options, bool replayed, StepObserver* watcher) {
  if (options.path.ends_with(".log")) return from_log(options.path);
  if (options.path.ends_with(".txtpb")) return from_scenario(options.path);
  HOLDFAST_TRY(reader, RecordingReader::open(options.path));
  if (replayed || reader.header().origin() == v1::RecordingHeader::IMPORTED) return from_replay(options, watcher);
  return from_outputs(options.path, reader);
}

}  // namespace holdfast
