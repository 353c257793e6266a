#include "sim/explore/finding.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>
#include <utility>

#include "sensors/recording/recording.h"
#include "sim/replay/from_recording.h"
#include "sim/scenario/scenario_run.h"
#include "sim/scenario/shrink.h"
#include "sim/text/duration.h"
#include "sim/text/scenario_text.h"

namespace holdfast {
namespace {

using Kind = LifeEvent::Kind;

void take(const LifeEvent& event, Trial& trial) {
  switch (event.kind) {
    case Kind::kInput: trial.take(event.input); break;
    case Kind::kRestore: trial.restore(); break;
    case Kind::kDamagedRestore: trial.restore_damaged(event.seed); break;
  }
}

std::optional<Fault> play(const std::vector<LifeEvent>& events, const std::vector<std::size_t>& kept,
                          const engine::Tables& tables) {
  Trial trial(tables);
  for (const std::size_t i : kept) {
    take(events[i], trial);
    if (trial.fault()) return trial.fault();
  }
  trial.end();
  return trial.fault();
}

std::vector<std::size_t> all_of(const std::vector<LifeEvent>& events) {
  std::vector<std::size_t> all(events.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

// Leaves out what the inputs say and the failure does not need: fields and rows, the outer ones first.
class Simplifier {
 public:
  // `still`: whether the failure is still seen.
  Simplifier(std::function<bool()> still, RunBudget& budget) : still_(std::move(still)), budget_(budget) {}

  void simplify(v1::Input& input) {
    input_ = &input;
    path_.clear();
    below();
  }

 private:
  struct Place {
    const google::protobuf::FieldDescriptor* field;
    int row;  // -1: the field is not repeated
  };

  google::protobuf::Message& here() {
    google::protobuf::Message* message = input_;
    for (const Place& place : path_) {
      const auto& access = *message->GetReflection();
      message = place.row < 0 ? access.MutableMessage(message, place.field)
                              : access.MutableRepeatedMessage(message, place.field, place.row);
    }
    return *message;
  }

  template <typename Change>
  bool can_do_without(const Change& change) {
    if (!budget_.take()) return true;  // nothing more is tried: do not go deeper either
    const v1::Input before = *input_;
    change(here());
    if (still_()) return true;
    *input_ = before;
    return false;
  }

  void below() {
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    here().GetReflection()->ListFields(here(), &fields);
    for (const auto* field : fields) {
      // Every input has its number, its time and its kind.
      const bool of_input = path_.empty();
      if (of_input && field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
      if (field->is_repeated()) {
        rows(*field);
      } else if (of_input ||
                 !can_do_without([&](auto& message) { message.GetReflection()->ClearField(&message, field); })) {
        go_down(*field, -1);
      }
    }
  }

  void rows(const google::protobuf::FieldDescriptor& field) {
    for (int row = here().GetReflection()->FieldSize(here(), &field) - 1; row >= 0; --row) {
      const bool gone = can_do_without([&](auto& message) {
        const auto& access = *message.GetReflection();
        const int last = access.FieldSize(message, &field) - 1;
        for (int i = row; i < last; ++i) access.SwapElements(&message, &field, i, i + 1);
        access.RemoveLast(&message, &field);
      });
      if (!gone) go_down(field, row);
    }
  }

  void go_down(const google::protobuf::FieldDescriptor& field, int row) {
    if (field.cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) return;
    path_.push_back({&field, row});
    below();
    path_.pop_back();
  }

  std::function<bool()> still_;
  RunBudget& budget_;
  v1::Input* input_ = nullptr;
  std::vector<Place> path_;
};

}  // namespace

Finding shrink_finding(const ExplorePlan& plan, const SeedResult& failed, CutBudget at_most) {
  std::vector<LifeEvent> events;
  explore_seed(plan, failed.seed, &events);
  RunBudget budget{.runs_max = at_most.runs_max};
  std::uint64_t inputs = 0;
  const auto shows = [&](const std::vector<LifeEvent>& life, const std::vector<std::size_t>& kept) {
    inputs += kept.size();
    const auto fault = play(life, kept, tables_of(plan));
    if (inputs > at_most.inputs_max) budget.runs_max = budget.runs;  // the next run is refused
    return fault && fault->kind == failed.fault->kind;
  };
  Finding finding{.events = {}, .fault = *failed.fault};
  const auto same = [&](const std::vector<std::size_t>& kept) { return shows(events, kept); };
  const std::vector<std::size_t> kept = shrink(events.size(), same, budget);
  for (const std::size_t i : kept) finding.events.push_back(std::move(events[i]));
  Simplifier simplifier([&] { return shows(finding.events, all_of(finding.events)); }, budget);
  for (LifeEvent& event : finding.events) {
    if (event.kind == Kind::kInput) simplifier.simplify(event.input);
  }
  if (auto fault = play(finding.events, all_of(finding.events), tables_of(plan))) finding.fault = std::move(*fault);
  finding.runs = budget.runs;
  finding.minimal = !budget.spent;
  return finding;
}

Expected<void> write_finding(const Finding& finding, const engine::Tables& tables, const std::string& path) {
  v1::RecordingHeader header;
  header.set_origin(v1::RecordingHeader::SIMULATED);
  header.set_writer("holdfast explore");
  header.set_source(finding.fault.what);
  HOLDFAST_TRY(writer, RecordingWriter::create(path, header));
  engine::Engine engine(tables);
  std::vector<v1::Output> outputs;
  std::uint64_t last_sequence = 0;
  const auto write = [&](const LifeEvent& event) -> Expected<void> {
    if (event.kind == Kind::kRestore && last_sequence != 0) return writer.write(engine.snapshot());
    if (event.kind != Kind::kInput || event.input.sequence() <= last_sequence) return {};
    last_sequence = event.input.sequence();
    outputs.clear();
    engine.step(event.input, outputs);
    if (auto written = writer.write(event.input); !written) return written;
    for (const v1::Output& output : outputs) {
      if (auto written = writer.write(output); !written) return written;
    }
    return {};
  };
  for (const LifeEvent& event : finding.events) {
    if (auto written = write(event); !written) {
      writer.discard();
      return written;
    }
  }
  return writer.close();
}

std::string finding_as_scenario(const Finding& finding, const engine::Tables& tables) {
  FromRecording story;
  engine::Engine engine(tables);
  std::vector<v1::Output> outputs;
  std::uint64_t last_operation = 0;
  for (const LifeEvent& event : finding.events) {
    if (event.kind != Kind::kInput) continue;
    outputs.clear();
    engine.step(event.input, outputs);
    if (event.input.has_operation()) last_operation = event.input.operation().id();
    if (!story.on_step(event.input, outputs)) return {};
  }
  Conversion told = story.take(last_operation);
  told.scenario.set_name("Found by holdfast explore");
  const std::string text = scenario_text(told.scenario, {finding.fault.what});
  const auto run = run_scenario(told.scenario, tables);
  if (!run) return {};
  const bool shows = std::ranges::any_of(
      run->failures, [&](const Failure& failure) { return failure.expected == "always: " + finding.fault.kind; });
  return shows ? text : std::string();
}

std::string finding_text(const Finding& finding) {
  std::string text;
  for (const LifeEvent& event : finding.events) {
    switch (event.kind) {
      case Kind::kRestore: text += "restore\n"; break;
      case Kind::kDamagedRestore: text += fmt::format("restore a damaged state, seed {}\n", event.seed); break;
      case Kind::kInput: {
        v1::Input input = event.input;
        const std::string when = clock_text(input.at_ns());
        const std::uint64_t sequence = input.sequence();
        input.clear_at_ns();
        input.clear_sequence();
        text += fmt::format("{} #{} {}\n", when, sequence, input.ShortDebugString());
      }
    }
  }
  return text;
}

}  // namespace holdfast
