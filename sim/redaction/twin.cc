#include "sim/redaction/twin.h"

#include <utility>
#include <vector>

#include "agent/playback/playback.h"
#include "engine/core/engine.h"
#include "sensors/recording/recording.h"
#include "sim/replay/replay.h"

namespace holdfast {
namespace {

class Twin final : public StepObserver {
 public:
  explicit Twin(const std::function<Expected<void>(google::protobuf::Message&)>& redact_message)
      : redact_message_(redact_message), engine_(engine::default_tables()) {}

  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override {
    if (result_.difference) return {};
    v1::Input redacted = input;
    if (auto done = redact_message_(redacted); !done) return at(input, done.error());
    said_.clear();
    engine_.step(redacted, said_);
    for (std::size_t i = 0; i < outputs.size() || i < said_.size(); ++i) {
      std::optional<v1::Output> original;
      if (i < outputs.size()) {
        original = outputs[i];
        if (auto done = redact_message_(*original); !done) return at(input, done.error());
      }
      compare(input, original, i < said_.size() ? std::optional(said_[i]) : std::nullopt);
    }
    return log_.on_step(redacted, said_);
  }

  TwinResult take() {
    result_.log_sha256 = log_.sha256();
    return std::move(result_);
  }

 private:
  void compare(const v1::Input& input, const std::optional<v1::Output>& original,
               const std::optional<v1::Output>& redacted) {
    ++result_.outputs;
    if (original && redacted && original->SerializeAsString() == redacted->SerializeAsString()) return;
    if (result_.difference) return;
    result_.difference = {.sequence = input.sequence(),
                          .original = described(input.at_ns(), original),
                          .redacted = described(input.at_ns(), redacted)};
  }

  static std::unexpected<Error> at(const v1::Input& input, Error error) {
    if (error.where.empty()) error.where = "input " + std::to_string(input.sequence());
    return std::unexpected(std::move(error));
  }

  const std::function<Expected<void>(google::protobuf::Message&)>& redact_message_;
  engine::Engine engine_;
  std::vector<v1::Output> said_;
  DecisionLog log_;
  TwinResult result_;
};

}  // namespace

Expected<TwinResult> decide_side_by_side(
    const std::string& path, const std::function<Expected<void>(google::protobuf::Message&)>& redact_message) {
  HOLDFAST_TRY(reader, RecordingReader::open(path));
  ReplayOptions options{.path = path};
  if (reader.header().profile().platform() == v1::PLATFORM_UNSPECIFIED) options.platform = v1::WINDOWS_10_X64;
  HOLDFAST_TRY(replay, Replay::open(std::move(options)));
  Twin twin(redact_message);
  HOLDFAST_TRY_DO(replay.run({&twin}));
  return twin.take();
}

}  // namespace holdfast
