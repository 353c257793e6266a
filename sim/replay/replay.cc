#include "sim/replay/replay.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "engine/core/engine.h"
#include "engine/log/decision_log.h"
#include "sensors/recording/recording.h"
#include "sensors/recording/recording_sensor.h"
#include "sim/checkers/promises.h"
#include "sim/replay/recorded_beginning.h"
#include "sim/world/user.h"
#include "sim/world/virtual_clock.h"

namespace holdfast {
namespace {

// What other settings make meaningless: answers to prompts that may never be shown, and the recorded settings.
bool belongs_to_recorded_settings(const v1::Input& input) {
  return input.has_prompt_answer() || input.has_settings_changed() || input.has_http_outcome();
}

// The recorded inputs, behind the start of the agent and merged with what the person at the machine does.
class RecordedWorld final : public Sensor, public Actuator, public StepObserver {
 public:
  RecordedWorld(RecordingSensor& recording, UserModel* user, const ReplayOptions& options, ReplayResult& result)
      : recording_(recording),
        user_(user),
        other_settings_(options.settings.has_value()),
        assume_hold_(options.assume_hold),
        result_(result) {}

  void begin_with(v1::Input input) { beginning_.push_back(std::move(input)); }

  Expected<Next> next(std::uint64_t until_ns, v1::Input& input) override {
    if (!beginning_.empty()) {
      if (beginning_.front().at_ns() >= until_ns) return Next::kDeadline;
      input = std::move(beginning_.front());
      beginning_.pop_front();
      return Next::kInput;
    }
    while (true) {
      const std::uint64_t due_ns = user_due_ns();
      const auto next = recording_.next(std::min(due_ns, until_ns), input);
      if (!next) return next;
      if (*next == Next::kInput) {
        if (assume_hold_) assume_held(input);
        if (!other_settings_ || !belongs_to_recorded_settings(input)) return Next::kInput;
        ++result_.left_out;
        continue;
      }
      if (due_ns >= until_ns) return next;
      input.Clear();
      if (!user_->take(input)) continue;
      input.set_at_ns(due_ns);
      return Next::kInput;
    }
  }

  void carry_out(std::uint64_t at_ns, const v1::Output& output) override {
    if (user_ != nullptr) user_->see(at_ns, output);
  }

  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& /*outputs*/) override {
    ++result_.steps;
    if (input.has_operation()) {
      if (result_.events++ == 0) result_.first_at_ns = input.at_ns();
      result_.last_at_ns = input.at_ns();
    } else if (user_ != nullptr && input.has_session_changed()) {
      user_->session_changed(input.at_ns(), input.session_changed());
    }
    return {};
  }

 private:
  // When the person does something next; kForever: nothing planned.
  std::uint64_t user_due_ns() const {
    if (user_ == nullptr) return kForever;
    const std::optional<Moment> due = user_->due();
    return due ? due->at_ns : kForever;
  }

  RecordingSensor& recording_;
  UserModel* user_;
  bool other_settings_;
  bool assume_hold_;
  ReplayResult& result_;
  std::deque<v1::Input> beginning_;
};

}  // namespace

v1::UserModel model_of(ReplayUser user, std::uint64_t answers_after_ns) {
  v1::UserModel model;
  switch (user) {
    case ReplayUser::kAway: model.mutable_not_logged_on(); break;
    case ReplayUser::kAllow:
    case ReplayUser::kDeny: {
      auto& answers = *model.mutable_answers();
      answers.set_kind(user == ReplayUser::kAllow ? v1::PromptAnswer::ALLOW : v1::PromptAnswer::DENY);
      answers.set_after(std::to_string(answers_after_ns) + "ns");
      break;
    }
    default: model.mutable_never_answers();
  }
  return model;
}

v1::Settings assess_everything() {
  v1::Settings settings;
  settings.set_name("assess everything (built in)");
  settings.mutable_event_monitoring()->set_enabled(true);
  settings.set_enabled_on_servers(true);
  settings.mutable_unauthorized_change_prevention()->set_enabled_on_servers(true);
  return settings;
}

struct Replay::Stage {
  ReplayOptions options;
  VirtualClock clock;
  std::unique_ptr<RecordingSensor> recording;
  v1::RecordingHeader header;
  RecordedBeginning beginning;
  bool ran = false;

  bool replaces_user() const {
    return beginning.added || options.settings.has_value() || options.user != ReplayUser::kAsRecorded;
  }
};

Expected<Replay> Replay::open(ReplayOptions options) {
  HOLDFAST_TRY(reader, RecordingReader::open(options.path));
  auto stage = std::make_unique<Stage>();
  stage->options = std::move(options);
  stage->header = reader.header();
  stage->recording = std::make_unique<RecordingSensor>(
      std::move(reader), [clock = &stage->clock](std::uint64_t at_ns) { clock->advance_to(at_ns); },
      RecordingSensor::Options{});
  auto beginning = begin_recording(*stage->recording, stage->header, stage->options);
  if (!beginning) return std::unexpected(beginning.error());
  stage->beginning = std::move(*beginning);
  return Replay(std::move(stage));
}

Replay::Replay(std::unique_ptr<Stage> stage) : stage_(std::move(stage)) {}
Replay::~Replay() = default;
Replay::Replay(Replay&&) noexcept = default;
Replay& Replay::operator=(Replay&&) noexcept = default;

const v1::RecordingHeader& Replay::header() const { return stage_->header; }
const std::optional<v1::EngineState>& Replay::state() const { return stage_->beginning.state; }
const v1::Settings& Replay::settings() const { return stage_->beginning.settings; }
const v1::AgentProfile& Replay::profile() const { return stage_->beginning.profile; }

Expected<ReplayResult> Replay::run(std::vector<StepObserver*> observers) {
  Stage& stage = *stage_;
  if (std::exchange(stage.ran, true)) {
    return std::unexpected(
        Error{.where = stage.options.path, .field = {}, .what = "was replayed already", .remedy = {}});
  }
  const v1::UserModel model = model_of(stage.options.user, stage.options.answers_after_ns);
  PlanningOrder order(0);
  UserModel user(model, order);
  ReplayResult result;
  RecordedWorld world(*stage.recording, stage.replaces_user() ? &user : nullptr, stage.options, result);
  for (const v1::Input& input : stage.beginning.inputs) world.begin_with(input);
  auto engine =
      stage.beginning.engine(stage.options.tables == nullptr ? engine::default_tables() : *stage.options.tables);
  if (!engine) {
    engine.error().where = stage.options.path;
    return std::unexpected(engine.error());
  }
  Promises promises(InputsFrom::kRecording);
  if (stage.beginning.state) promises.begin_with(*stage.beginning.state);
  observers.insert(observers.begin(), {&world, &promises});
  Host host({.engine = *engine,
             .sensor = world,
             .actuators = {&world},
             .observers = std::move(observers),
             .first_sequence = stage.beginning.next_sequence()});
  if (stage.beginning.state) host.resume(*stage.beginning.state);
  HOLDFAST_TRY_DO(host.run());
  promises.end(false);
  result.broken_promises = promises.sentences();
  result.torn = stage.recording->reader().torn();
  result.torn_bytes = stage.recording->reader().torn_bytes();
  return result;
}

Expected<std::uint64_t> count_inputs(const std::string& path) {
  HOLDFAST_TRY(reader, RecordingReader::open(path));
  v1::Record record;
  std::uint64_t inputs = 0;
  while (true) {
    HOLDFAST_TRY(next, reader.next(record));
    if (next == RecordingReader::Next::kEnd) return inputs;
    if (record.has_input()) ++inputs;
  }
}

Expected<void> DecisionLog::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  constexpr std::size_t kHeldBackMax = 64 * 1024;
  for (const v1::Output& output : outputs) engine::append_log_line(input.at_ns(), output, lines_);
  return lines_.size() < kHeldBackMax ? Expected<void>{} : flush();
}

Expected<void> DecisionLog::flush() {
  hash_.add_lines(lines_);
  Expected<void> taken;
  if (take_ != nullptr) taken = take_(whom_, lines_);
  lines_.clear();
  return taken;
}

Expected<void> DecisionLog::finish() { return flush(); }

std::string DecisionLog::sha256() const {
  engine::LogHash hash = hash_;
  hash.add_lines(lines_);
  return hash.hex();
}

}  // namespace holdfast
