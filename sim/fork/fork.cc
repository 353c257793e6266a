#include "sim/fork/fork.h"

#include <fmt/format.h>

#include <utility>

#include "sim/checkers/promises.h"
#include "sim/scenario/what_if.h"
#include "sim/text/complaints.h"
#include "sim/text/duration.h"
#include "sim/world/virtual_clock.h"
#include "sim/world/world_check.h"

namespace holdfast {
namespace {

// Holds every decision against the recorded one.
class DecisionComparison final : public StepObserver {
 public:
  DecisionComparison(const ForkReference& reference, std::uint64_t from_ns, ForkReport& report)
      : reference_(reference), from_ns_(from_ns), report_(report) {}

  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override {
    for (const v1::Output& output : outputs) {
      if (!output.has_verdict()) continue;
      ++number_;
      if (input.at_ns() >= from_ns_) compare(input.at_ns(), output.verdict());
    }
    return {};
  }

  void end() {
    for (const auto& [operation, there] : reference_.verdicts()) report_.gone += there.at_ns >= from_ns_ ? 1 : 0;
    report_.gone -= met_;
  }

 private:
  void compare(std::uint64_t at_ns, const v1::Verdict& here) {
    const ReferenceVerdict* there = reference_.verdict(here.operation_id());
    if (there != nullptr && there->at_ns >= from_ns_) ++met_;
    if (there != nullptr && there->decision == here.decision() && there->because == here.because()) {
      ++report_.same;
      return;
    }
    ++(there == nullptr ? report_.added : report_.changed);
    if (report_.listed.size() == ForkReport::kChangedMax) return;
    report_.listed.push_back({.number = number_,
                              .at_ns = at_ns,
                              .here = here,
                              .there = there == nullptr ? std::nullopt : std::optional(*there)});
  }

  const ForkReference& reference_;
  std::uint64_t from_ns_;
  ForkReport& report_;
  std::uint64_t number_ = 0;
  std::uint64_t met_ = 0;
};

bool differ(const google::protobuf::Message& one, const google::protobuf::Message& other) {
  return one.SerializeAsString() != other.SerializeAsString();
}

bool services_differ(const v1::World& one, const v1::World& other) {
  v1::World a = one;
  v1::World b = other;
  for (v1::World* world : {&a, &b}) {
    world->clear_user();
    world->clear_network();
  }
  return differ(a, b);
}

// Who says how a service or proxy behaves says it of all the time that follows, also of when it failed as recorded.
bool behaves_otherwise(const v1::World& before, const v1::World& after) {
  if (before.service().behaviour() != after.service().behaviour()) return true;
  for (int i = 0; i < after.proxy_size(); ++i) {
    if (i >= before.proxy_size() || before.proxy(i).behaviour() != after.proxy(i).behaviour()) return true;
  }
  return false;
}

v1::Scenario without_what_forks_change(v1::Scenario scenario) {
  scenario.clear_settings();
  scenario.clear_world();
  return scenario;
}

}  // namespace

Expected<Fork> Fork::open(ReplayOptions recording, StepObserver* watcher) {
  HOLDFAST_TRY(replay, Replay::open(recording));
  Fork fork;
  fork.recording_ = std::move(recording);
  fork.header_ = replay.header();
  fork.state_ = replay.state();
  if (fork.state_) fork.reference_->begin_with(*fork.state_);
  std::vector<StepObserver*> observers{fork.reference_.get()};
  if (watcher != nullptr) observers.push_back(watcher);
  HOLDFAST_TRY_DO(replay.run(std::move(observers)));
  return fork;
}

Expected<ForkChange> Fork::change(std::uint64_t at_ns, const ForkWish& wish) const {
  if (at_ns > reference_->last_at_ns()) {
    return std::unexpected(Error{.where = recording_.path,
                                 .field = "--at",
                                 .what = fmt::format("{} is after its end: the last input came at {}",
                                                     duration_text(at_ns), duration_text(reference_->last_at_ns())),
                                 .remedy = {}});
  }
  const v1::Scenario before = reference_->world_at(at_ns);
  ForkChange change{.at_ns = at_ns, .after = before};
  v1::Scenario& after = change.after;
  if (wish.world) {
    const v1::World observed = after.world();
    *after.mutable_world() = *wish.world;
    if (!wish.world->has_network()) *after.mutable_world()->mutable_network() = observed.network();
    if (wish.world->user().empty()) *after.mutable_world()->add_user() = observed.user(0);
  }
  if (wish.settings) *after.mutable_settings() = *wish.settings;
  for (const std::string& path : wish.approved) {
    after.mutable_settings()->mutable_exceptions()->add_approved()->set_path(path);
  }
  for (const std::string& path : wish.blocked) {
    after.mutable_settings()->mutable_exceptions()->add_blocked()->set_path(path);
  }
  if (wish.person != ReplayUser::kAsRecorded) {
    after.mutable_world()->mutable_user(0)->MergeFrom(model_of(wish.person, wish.answers_after_ns));
  }
  for (const std::string& what : wish.what_if) {
    HOLDFAST_TRY_DO(apply_what_if(what, after));
  }
  if (differ(without_what_forks_change(before), without_what_forks_change(after))) {
    return std::unexpected(Error{.where = "--what-if",
                                 .field = {},
                                 .what = "changes what stays as it was recorded",
                                 .remedy = "a fork changes settings and the world: services, proxies, network, user"});
  }
  if (!wish.world && behaves_otherwise(before.world(), after.world())) after.mutable_world()->clear_phase();
  const TextLocations nowhere("the changed world");
  HOLDFAST_TRY_DO(check_world(after.world(), Complaints(nowhere)));
  change.settings = differ(before.settings(), after.settings());
  change.network = differ(before.world().network(), after.world().network());
  change.services = services_differ(before.world(), after.world());
  change.person = differ(before.world().user(0), after.world().user(0));
  return change;
}

Expected<ForkReport> Fork::run(const ForkChange& change, std::vector<StepObserver*> observers,
                               ForkedWorld::Marked marked) const {
  HOLDFAST_TRY(reader, RecordingReader::open(recording_.path));
  VirtualClock clock;
  RecordingSensor sensor(std::move(reader), [&clock](std::uint64_t at_ns) { clock.advance_to(at_ns); }, {});
  HOLDFAST_TRY(beginning, begin_recording(sensor, header_, recording_));
  HOLDFAST_TRY(engine, beginning.engine(recording_.tables == nullptr ? engine::default_tables() : *recording_.tables));
  ForkReport report;
  ForkedWorld world(sensor, beginning, *reference_, change,
                    [&](ForkMark mark, const v1::Input& input, const std::string& why) {
                      ++report.marks[static_cast<std::size_t>(mark)];
                      if (marked) marked(mark, input, why);
                    });
  DecisionComparison comparison(*reference_, change.at_ns, report);
  Promises promises(InputsFrom::kRecording);
  if (beginning.state) promises.begin_with(*beginning.state);
  observers.insert(observers.begin(), {&world, &comparison, &promises});
  Host host({.engine = engine,
             .sensor = world,
             .actuators = {&world},
             .observers = std::move(observers),
             .first_sequence = beginning.next_sequence()});
  if (beginning.state) host.resume(*beginning.state);
  HOLDFAST_TRY_DO(host.run());
  world.finish();
  comparison.end();
  report.runs_on = world.runs_on();
  promises.end(false);
  report.broken_promises = promises.sentences();
  report.torn = sensor.reader().torn();
  return report;
}

std::string what_changes(const ForkChange& change) {
  std::string text;
  for (const auto& [changes, what] : {std::pair{change.settings, "settings"},
                                      {change.network, "network"},
                                      {change.services, "services"},
                                      {change.person, "person"}}) {
    if (changes) text += (text.empty() ? "" : ", ") + std::string(what);
  }
  return text.empty() ? "nothing" : text;
}

}  // namespace holdfast
