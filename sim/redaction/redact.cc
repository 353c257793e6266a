#include "sim/redaction/redact.h"

#include <functional>
#include <utility>
#include <vector>

#include "agent/playback/playback.h"
#include "engine/log/decision_log.h"
#include "sensors/recording/recording.h"
#include "sim/redaction/collector.h"
#include "sim/redaction/mapping.h"
#include "sim/redaction/message_texts.h"
#include "sim/redaction/twin.h"
#include "sim/redaction/vocabulary.h"

namespace holdfast {
namespace {

using google::protobuf::Message;

const v1::AgentProfile* profile_in(const v1::Record& record) {
  if (record.has_snapshot()) return &record.snapshot().profile();
  if (record.input().has_agent_started()) return &record.input().agent_started().profile();
  if (record.input().has_profile_changed()) return &record.input().profile_changed().profile();
  return nullptr;
}

const Message& message_in(const v1::Record& record) {
  if (record.has_input()) return record.input();
  if (record.has_output()) return record.output();
  return record.snapshot();
}

class Redactor {
 public:
  explicit Redactor(const RedactOptions& options)
      : options_(options), names_(options.pseudonyms, vocabulary_, options.names_max), collector_(names_) {}

  Expected<Redaction> run();

 private:
  using TakeRecord = std::function<Expected<void>(v1::Record& record)>;

  Expected<void> read(const TakeRecord& take);
  Expected<void> for_each_text_around(const TakeText& take);
  Expected<void> collect();
  Expected<void> widen();
  Expected<void> write();
  Expected<void> write_record(v1::Record& record, RecordingWriter& writer);
  Expected<void> write_redacted(const v1::Record& record, RecordingWriter& writer);
  Expected<void> write_torn_outputs(RecordingWriter& writer);
  Expected<void> finish(RecordingWriter& writer);
  Expected<void> redact_message(Message& message) const;
  Expected<void> prove(const v1::Record& original, const v1::Record& redacted);
  void note(const std::optional<PlaybackDifference>& difference);
  std::unexpected<Error> here(Error error) const;

  const RedactOptions& options_;
  Vocabulary vocabulary_;
  Names names_;
  Collector collector_;
  std::optional<RecordingReader> reader_;  // of the pass under way
  std::uint64_t sequence_ = 0;             // of the input that was read last
  Playback original_;
  Playback redacted_;
  std::size_t outputs_of_input_ = 0;
  engine::LogHash log_;
  Redaction result_;
};

std::unexpected<Error> Redactor::here(Error error) const {
  if (error.where.empty()) {
    error.where = options_.path + (sequence_ == 0 ? ":header" : ":input " + std::to_string(sequence_));
  }
  return std::unexpected(std::move(error));
}

Expected<void> Redactor::read(const TakeRecord& take) {
  HOLDFAST_TRY(reader, RecordingReader::open(options_.path));
  reader_ = std::move(reader);
  sequence_ = 0;
  v1::Record record;
  while (true) {
    HOLDFAST_TRY(next, reader_->next(record));
    if (next == RecordingReader::Next::kEnd) return {};
    if (record.has_input()) sequence_ = record.input().sequence();
    if (auto taken = take(record); !taken) return here(taken.error());
  }
}

// The header and the trailer of the pass that has just ended.
Expected<void> Redactor::for_each_text_around(const TakeText& take) {
  sequence_ = 0;
  auto taken = for_each_text(reader_->header(), take);
  if (taken) taken = for_each_text(reader_->trailer(), take);
  return taken ? taken : here(taken.error());
}

Expected<void> Redactor::collect() {
  const TakeText take = [this](FieldClass type, std::string_view text) { return collector_.take(type, text); };
  bool first = true;
  auto collected = read([&](v1::Record& record) -> Expected<void> {
    if (std::exchange(first, false)) collector_.on_endpoint(reader_->header().profile());
    if (const v1::AgentProfile* profile = profile_in(record)) collector_.on_endpoint(*profile);
    return for_each_text(message_in(record), take);
  });
  return collected ? for_each_text_around(take) : collected;
}

Expected<void> Redactor::widen() {
  const TakeText take = [this](FieldClass type, std::string_view text) -> Expected<void> {
    if (type == FieldClass::kKept || type == FieldClass::kHash) return {};
    return names_.add_words_around_identities(text);
  };
  auto widened = read([&](v1::Record& record) { return for_each_text(message_in(record), take); });
  return widened ? for_each_text_around(take) : widened;
}

Expected<void> Redactor::redact_message(Message& message) const {
  const auto change = [this](FieldClass type, std::string& text) -> Expected<void> {
    if (type == FieldClass::kEntry) {
      HOLDFAST_TRY_DO(collector_.check_entry(text));
    }
    text = mapped(type, text, names_);
    return check_no_leak(type, text, names_);
  };
  return change_each_text(message, change);
}

void Redactor::note(const std::optional<PlaybackDifference>& difference) {
  if (!difference || result_.difference) return;
  const std::uint64_t at_ns = difference->at_ns;
  const bool state = !difference->recorded && !difference->replayed;
  result_.difference = {.sequence = difference->sequence,
                        .original = state ? "the state of the snapshot" : described(at_ns, difference->recorded),
                        .redacted = state ? "another state" : described(at_ns, difference->replayed)};
}

// Both recordings go through an engine of their own: the original first, because what this build does not say again
// proves nothing.
Expected<void> Redactor::prove(const v1::Record& original, const v1::Record& redacted) {
  HOLDFAST_TRY(as_recorded, original_.take(original));
  if (as_recorded) {
    return std::unexpected(
        Error{.where = {},
              .field = {},
              .what = "this build does not say again what was recorded, so nothing can be proven",
              .remedy = "holdfast verify shows the difference; redact with the build that recorded it"});
  }
  HOLDFAST_TRY(as_mapped, redacted_.take(redacted));
  note(as_mapped);
  if (!redacted.has_input()) return {};
  for (const v1::Output& output : redacted_.last_outputs()) log_.add(redacted.input().at_ns(), output);
  return {};
}

Expected<void> Redactor::write_redacted(const v1::Record& record, RecordingWriter& writer) {
  if (record.has_input()) return writer.write(record.input());
  if (record.has_output()) return writer.write(record.output());
  return writer.write(record.snapshot());
}

Expected<void> Redactor::write_record(v1::Record& record, RecordingWriter& writer) {
  if (result_.difference || record.kind_case() == v1::Record::KIND_NOT_SET) return {};
  v1::Record redacted = record;
  HOLDFAST_TRY_DO(redact_message(redacted));
  if (!result_.imported) {
    HOLDFAST_TRY_DO(prove(record, redacted));
  }
  if (record.has_input()) {
    ++result_.inputs;
    outputs_of_input_ = 0;
  }
  if (record.has_output()) {
    ++result_.outputs;
    ++outputs_of_input_;
  }
  return write_redacted(redacted, writer);
}

// The last input's outputs, as far as the tear took them: the engine says them again.
Expected<void> Redactor::write_torn_outputs(RecordingWriter& writer) {
  const std::vector<v1::Output> outputs = original_.last_outputs();
  for (std::size_t i = outputs_of_input_; i < outputs.size(); ++i) {
    v1::Record record;
    *record.mutable_output() = outputs[i];
    if (auto written = write_record(record, writer); !written) return here(written.error());
  }
  return {};
}

Expected<void> Redactor::finish(RecordingWriter& writer) {
  result_.torn = reader_->torn();
  if (!result_.imported && result_.torn) {
    HOLDFAST_TRY_DO(write_torn_outputs(writer));
  }
  if (!result_.imported) note(redacted_.end());
  if (result_.difference) return {};
  const v1::RecordingTrailer& trailer = reader_->trailer();
  writer.count_lost(trailer.inputs_lost());
  if (!trailer.decision_log_sha256().empty()) {
    const auto digest = log_.digest();
    writer.set_decision_log_sha256({digest.begin(), digest.end()});
  }
  if (trailer.has_import()) {
    v1::ImportSummary import = trailer.import();
    if (auto done = redact_message(import); !done) return here(done.error());
    writer.set_import_summary(import);
  }
  return writer.close();
}

Expected<void> Redactor::write() {
  HOLDFAST_TRY(reader, RecordingReader::open(options_.path));
  v1::RecordingHeader header = reader.header();
  sequence_ = 0;
  if (auto done = redact_message(header); !done) return here(done.error());
  HOLDFAST_TRY(writer, RecordingWriter::create(options_.output, header));
  auto written = read([&](v1::Record& record) { return write_record(record, writer); });
  if (written) written = finish(writer);
  if (!written || result_.difference) writer.discard();
  return written;
}

Expected<Redaction> Redactor::run() {
  HOLDFAST_TRY_DO(collect());
  HOLDFAST_TRY_DO(widen());
  result_.names = names_.size();
  result_.imported = reader_->header().origin() == v1::RecordingHeader::IMPORTED;
  if (result_.imported) {
    auto twins = decide_side_by_side(options_.path, [this](Message& message) { return redact_message(message); });
    if (!twins) return here(twins.error());
    result_.outputs = twins->outputs;
    result_.log_sha256 = twins->log_sha256;
    result_.difference = std::move(twins->difference);
    if (result_.difference) return std::move(result_);
  }
  HOLDFAST_TRY_DO(write());
  if (!result_.imported) result_.log_sha256 = log_.hex();
  return std::move(result_);
}

}  // namespace

Expected<Redaction> redact(const RedactOptions& options) { return Redactor(options).run(); }

}  // namespace holdfast
