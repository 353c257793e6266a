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

// Holds every decision against the one without the what-if.
class DecisionComparison final : public StepObserver {
 public:
  DecisionComparison(const DecidedOperations& without, const DecidedOperations* recorded,
                     const ForkComparison& comparison, std::uint64_t from_ns, ForkReport& report)
      : without_(without),
        recorded_(recorded),
        longer_by_ns_(comparison.longer_by_ns),
        from_ns_(from_ns),
        report_(report) {}

  void begin_with(const v1::EngineState& state) { settings_.begin_with(state); }

  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override {
    settings_.see(input);
    for (const v1::Output& output : outputs) {
      if (!output.has_verdict()) continue;
      ++number_;
      if (input.at_ns() >= from_ns_) compare(input.at_ns(), output.verdict());
    }
    return {};
  }

  void end() {
    for (const auto& [operation, there] : without_.all()) {
      if (there.at_ns < from_ns_) continue;
      ++report_.gone;
      report_.waits_without.add(there.held_ns, there.program);
    }
    report_.gone -= met_;
  }

 private:
  void compare(std::uint64_t at_ns, const v1::Verdict& here) {
    report_.waits.add(here.held_ns(), here.program());
    const DecidedOperation* there = without_.about(here.operation_id());
    const DecidedOperation* recorded = recorded_ == nullptr ? nullptr : recorded_->about(here.operation_id());
    if (there != nullptr && there->at_ns >= from_ns_) ++met_;
    const bool is_recorded = there != nullptr && recorded != nullptr && there->same_as(*recorded);
    const bool same = there != nullptr && there->decision == here.decision() && there->because == here.because();
    const bool longer = same && here.held_ns() >= there->held_ns + longer_by_ns_ && here.held_ns() > there->held_ns;
    if (same && !longer) {
      ++report_.same;
      report_.same_as_recorded += is_recorded ? 1 : 0;
      return;
    }
    ++(there == nullptr ? report_.added : longer ? report_.longer : report_.changed);
    if (report_.listed.size() == ForkReport::kChangedMax) return;
    report_.listed.push_back(
        {.number = number_,
         .at_ns = at_ns,
         .here = here,
         .settings = settings_.text(),
         .without = copy_of(there),
         .recorded = copy_of(recorded),
         .without_is_recorded = is_recorded || (recorded_ != nullptr && there == nullptr && recorded == nullptr)});
  }

  static std::optional<DecidedOperation> copy_of(const DecidedOperation* decided) {
    return decided == nullptr ? std::nullopt : std::optional(*decided);
  }

  const DecidedOperations& without_;
  const DecidedOperations* recorded_;
  std::uint64_t longer_by_ns_;
  std::uint64_t from_ns_;
  ForkReport& report_;
  SettingsName settings_;
  std::uint64_t number_ = 0;
  std::uint64_t met_ = 0;
};

// What the engine of the recording said about it, whatever this build says.
Expected<std::unique_ptr<DecidedOperations>> recorded_decisions(const std::string& path) {
  HOLDFAST_TRY(reader, RecordingReader::open(path));
  auto decided = std::make_unique<DecidedOperations>();
  v1::Record record;
  std::uint64_t at_ns = 0;
  while (true) {
    HOLDFAST_TRY(next, reader.next(record));
    if (next == RecordingReader::Next::kEnd) return decided;
    if (record.has_input()) {
      at_ns = record.input().at_ns();
      decided->see(record.input());
    } else if (record.has_output() && record.output().has_verdict()) {
      decided->see(at_ns, record.output().verdict());
    }
  }
}

// What two runs share that differ by what is asked about: without any other change the settings and the person are it.
ForkWish shared_part(const ForkWish& wish) {
  const bool asks_more = wish.world || !wish.approved.empty() || !wish.blocked.empty() || !wish.what_if.empty();
  if (!asks_more) return {};
  return {.settings = wish.settings,
          .profile = wish.profile,
          .person = wish.person,
          .answers_after_ns = wish.answers_after_ns};
}

// The services and proxies that the settings name, where the world has none of them yet.
void add_named_services(const v1::Settings& settings, v1::World& world) {
  if (settings.certified_safe_software().service_url().empty()) return;
  world.mutable_service();
  if (settings.proxy().mode() != v1::ProxySettings::EXPLICIT) return;
  const std::string address = fmt::format("{}:{}", settings.proxy().host(), settings.proxy().port());
  for (const v1::ProxyModel& proxy : world.proxy()) {
    if (proxy.address() == address) return;
  }
  world.add_proxy()->set_address(address);
}

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

struct Differences {
  bool profile = false;
  bool settings = false;
  bool network = false;
  bool services = false;
  bool person = false;
};

Differences differences(const v1::Scenario& one, const v1::Scenario& other) {
  return {.profile = differ(one.agent(), other.agent()),
          .settings = differ(one.settings(), other.settings()),
          .network = differ(one.world().network(), other.world().network()),
          .services = services_differ(one.world(), other.world()),
          .person = differ(one.world().user(0), other.world().user(0))};
}

std::string text_of(const Differences& differences) {
  std::string text;
  for (const auto& [differs, what] : {std::pair{differences.profile, "endpoint"},
                                      {differences.settings, "settings"},
                                      {differences.network, "network"},
                                      {differences.services, "services"},
                                      {differences.person, "person"}}) {
    if (differs) text += (text.empty() ? "" : ", ") + std::string(what);
  }
  return text.empty() ? "nothing" : text;
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
  scenario.clear_agent();
  scenario.clear_settings();
  scenario.clear_world();
  return scenario;
}

}  // namespace

Expected<bool> is_only_observed(const std::string& path) {
  HOLDFAST_TRY(reader, RecordingReader::open(path));
  return reader.header().origin() == v1::RecordingHeader::IMPORTED;
}

Expected<Fork> Fork::open(ReplayOptions recording, StepObserver* watcher) {
  HOLDFAST_TRY(replay, Replay::open(recording));
  Fork fork;
  fork.recording_ = std::move(recording);
  fork.header_ = replay.header();
  fork.state_ = replay.state();
  fork.reference_ = std::make_unique<ForkReference>(fork.recording_.assume_hold);
  if (fork.state_) fork.reference_->begin_with(*fork.state_);
  std::vector<StepObserver*> observers{fork.reference_.get()};
  if (watcher != nullptr) observers.push_back(watcher);
  HOLDFAST_TRY_DO(replay.run(std::move(observers)));
  if (fork.is_only_observed()) return fork;
  HOLDFAST_TRY(recorded, recorded_decisions(fork.recording_.path));
  fork.recorded_ = std::move(recorded);
  return fork;
}

// Of a log nobody recorded what lies beyond the agent.
v1::Scenario Fork::world_at(std::uint64_t at_ns) const {
  v1::Scenario scenario = reference_->world_at(at_ns);
  if (is_only_observed()) add_named_services(scenario.settings(), *scenario.mutable_world());
  return scenario;
}

Expected<v1::Scenario> Fork::applied(const ForkWish& wish, const v1::Scenario& before) const {
  v1::Scenario after = before;
  if (wish.world) {
    const v1::World observed = after.world();
    *after.mutable_world() = *wish.world;
    if (!wish.world->has_network()) *after.mutable_world()->mutable_network() = observed.network();
    if (wish.world->user().empty()) *after.mutable_world()->add_user() = observed.user(0);
  }
  if (wish.settings) *after.mutable_settings() = *wish.settings;
  if (wish.profile) take_over(*wish.profile, *after.mutable_agent());
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
  if (is_only_observed() && !wish.world) add_named_services(after.settings(), *after.mutable_world());
  return after;
}

Expected<ForkChange> Fork::change(std::uint64_t at_ns, const ForkWish& wish) const {
  if (at_ns > reference_->last_at_ns()) {
    return std::unexpected(Error{.where = recording_.path,
                                 .field = "--at",
                                 .what = fmt::format("{} is after its end: the last input came at {}",
                                                     duration_text(at_ns), duration_text(reference_->last_at_ns())),
                                 .remedy = {}});
  }
  const v1::Scenario before = world_at(at_ns);
  HOLDFAST_TRY(without, applied(shared_part(wish), before));
  HOLDFAST_TRY(after, applied(wish, before));
  ForkChange change{.at_ns = at_ns, .after = std::move(after)};
  v1::Scenario& wished = change.after;
  if (differ(without_what_forks_change(before), without_what_forks_change(wished))) {
    return std::unexpected(
        Error{.where = "--what-if",
              .field = {},
              .what = "changes what stays as it was recorded",
              .remedy = "a fork changes the agent, its settings and the world: services, proxies, network, user"});
  }
  if (!wish.world && behaves_otherwise(before.world(), wished.world())) wished.mutable_world()->clear_phase();
  const TextLocations nowhere("the changed world");
  HOLDFAST_TRY_DO(check_world(wished.world(), Complaints(nowhere)));
  const Differences recorded = differences(before, wished);
  change.profile = recorded.profile;
  change.settings = recorded.settings;
  change.network = recorded.network;
  change.services = recorded.services;
  change.person = recorded.person;
  change.services_unrecorded = is_only_observed() && wished.world().has_service();
  change.different = text_of(differences(without, wished));
  return change;
}

Expected<std::unique_ptr<DecidedOperations>> Fork::without(std::uint64_t at_ns, const ForkWish& wish) const {
  HOLDFAST_TRY(shared, change(at_ns, shared_part(wish)));
  const bool as_replayed = !shared.profile && !shared.settings && !shared.network && !shared.services &&
                           !shared.person && !shared.services_unrecorded && !recording_.assume_hold;
  std::unique_ptr<DecidedOperations> decided;
  if (as_replayed) return decided;
  decided = std::make_unique<DecidedOperations>();
  if (state_) decided->begin_with(*state_);
  HOLDFAST_TRY_DO(run(shared, {decided.get()}));
  return decided;
}

Expected<ForkReport> Fork::run(const ForkChange& change, std::vector<StepObserver*> observers,
                               ForkedWorld::Marked marked, const ForkComparison& comparison) const {
  HOLDFAST_TRY(reader, RecordingReader::open(recording_.path));
  VirtualClock clock;
  RecordingSensor sensor(std::move(reader), [&clock](std::uint64_t at_ns) { clock.advance_to(at_ns); }, {});
  HOLDFAST_TRY(beginning, begin_recording(sensor, header_, recording_));
  HOLDFAST_TRY(engine, beginning.engine(recording_.tables == nullptr ? engine::default_tables() : *recording_.tables));
  ForkReport report;
  ForkedWorld world(sensor, beginning, *reference_, change, recording_.assume_hold,
                    [&](ForkMark mark, const v1::Input& input, const std::string& why) {
                      ++report.marks[static_cast<std::size_t>(mark)];
                      if (marked) marked(mark, input, why);
                    });
  const DecidedOperations& without = comparison.without == nullptr ? reference_->decided() : *comparison.without;
  DecisionComparison compared(without, recorded_.get(), comparison, change.at_ns, report);
  Promises promises(InputsFrom::kRecording);
  if (beginning.state) promises.begin_with(*beginning.state);
  if (beginning.state) compared.begin_with(*beginning.state);
  observers.insert(observers.begin(), {&world, &compared, &promises});
  Host host({.engine = engine,
             .sensor = world,
             .actuators = {&world},
             .observers = std::move(observers),
             .first_sequence = beginning.next_sequence()});
  if (beginning.state) host.resume(*beginning.state);
  HOLDFAST_TRY_DO(host.run());
  world.finish();
  compared.end();
  report.runs_on = world.runs_on();
  promises.end(false);
  report.broken_promises = promises.sentences();
  report.torn = sensor.reader().torn();
  return report;
}

}  // namespace holdfast
