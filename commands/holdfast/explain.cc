// holdfast explain: why a verdict came out as it did.
#include "reports/explain.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "commands/holdfast/commands.h"
#include "commands/holdfast/replay_options.h"
#include "commands/holdfast/step_progress.h"
#include "commands/holdfast/story.h"
#include "reports/decisions.h"
#include "reports/json.h"
#include "reports/timeline.h"

namespace holdfast {
namespace {

constexpr std::uint64_t kNumberMax = 1'000'000'000'000;

CommandLine line() {
  CommandLine line("explain", "RECORDING|SCENARIO", 1, 1);
  line.purpose("say why a verdict came out as it did, and what would have turned it around");
  line.option("decision,d", "N", "the N-th decision, as `holdfast replay` numbers them")
      .option("operation", "ID", "the decision about this operation, or why there was none")
      .option("limit", "N", "without --decision: explain at most N decisions that asked or denied (default 5)");
  add_replay_options(line);
  line.example("holdfast explain incident.hfr --settings ask-all.txtpb --decision 2", "one decision of a replay")
      .example("holdfast explain scenarios/reference/05-asking/nobody-answers.txtpb",
               "every decision of a scenario that asked or denied");
  return line;
}

struct Wish {
  std::uint64_t decision = 0;   // 0: none in particular
  std::uint64_t operation = 0;  // 0: none in particular
  std::uint64_t limit = 5;
};

struct Kept {
  std::uint64_t number;
  std::uint64_t at_ns;
  v1::Verdict verdict;
  std::string script;
};

// Keeps the verdicts somebody wants explained, and what there is to say where there is none.
class Chooser final : public StepObserver {
 public:
  explicit Chooser(const Wish& wish) : wish_(wish) {}

  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override {
    if (input.has_operation()) see(input.operation());
    for (const v1::Output& output : outputs) {
      if (output.has_status()) status_ = output.status();
      if (output.has_verdict()) consider(input.at_ns(), output.verdict());
    }
    return {};
  }

  // What was asked for; failing a decision that asked or denied, the ones that were only assessed.
  const std::vector<Kept>& chosen() const { return kept_.empty() ? others_ : kept_; }
  std::uint64_t decisions() const { return decisions_; }
  std::uint64_t telling() const { return telling_; }
  const std::optional<v1::Operation>& operation() const { return operation_; }
  const v1::Status& status_then() const { return status_then_; }

 private:
  void see(const v1::Operation& operation) {
    constexpr std::size_t kScriptsMax = 65'536;
    if (!operation.script().empty() && scripts_.size() < kScriptsMax) scripts_[operation.id()] = operation.script();
    if (wish_.operation == 0 || operation.id() != wish_.operation) return;
    operation_ = operation;
    status_then_ = status_;
  }

  void consider(std::uint64_t at_ns, const v1::Verdict& verdict) {
    ++decisions_;
    if (wish_.decision != 0 || wish_.operation != 0) {
      if (decisions_ == wish_.decision || verdict.operation_id() == wish_.operation) keep(at_ns, verdict, kept_);
      return;
    }
    const Outcome outcome = outcome_of(verdict);
    if (outcome != Outcome::kPassed && outcome != Outcome::kAssessed) {
      ++telling_;
      if (kept_.size() < wish_.limit) keep(at_ns, verdict, kept_);
    } else if (others_.size() < wish_.limit && verdict.event() != v1::MONITORED_EVENT_UNSPECIFIED) {
      keep(at_ns, verdict, others_);
    }
  }

  void keep(std::uint64_t at_ns, const v1::Verdict& verdict, std::vector<Kept>& where) {
    const auto script = scripts_.find(verdict.operation_id());
    where.push_back({decisions_, at_ns, verdict, script == scripts_.end() ? std::string() : script->second});
  }

  Wish wish_;
  std::vector<Kept> kept_;
  std::vector<Kept> others_;
  std::map<std::uint64_t, std::string> scripts_;  // by operation
  std::uint64_t decisions_ = 0;
  std::uint64_t telling_ = 0;
  std::optional<v1::Operation> operation_;
  v1::Status status_;
  v1::Status status_then_;
};

ExplainContext context_of(const Kept& kept, const Story& story) {
  return ExplainContext{.time = story.time(),
                        .settings_name = story.settings_name(),
                        .policy_place = story.policy_place(kept.verdict.event()),
                        .program_started = story.start_of(kept.verdict.actor()),
                        .script = kept.script};
}

// Why an operation led to no verdict at all.
std::string no_decision(const v1::Operation& operation, const v1::Status& status, const Story& story) {
  std::string text = fmt::format("No decision: operation {} ({}  {}) was not held, ", operation.id(),
                                 operation_name(operation), printable(operation_target(operation)));
  v1::Verdict words;
  if (!status.effective_active()) {
    words.set_because(status.because());
    text += "and Behavior Monitoring did not run: " + because_text(words);
  } else if (!story.settings().event_monitoring().enabled()) {
    text += "and Event Monitoring is off";
  } else {
    text += "and no rule of Event Monitoring speaks of it";
  }
  return text + '\n';
}

Expected<Wish> wish_of(const Arguments& given) {
  Wish wish;
  const auto decision = given.number("decision", 0, kNumberMax);
  if (!decision) return std::unexpected(decision.error());
  const auto operation = given.number("operation", 0, kNumberMax);
  if (!operation) return std::unexpected(operation.error());
  const auto limit = given.number("limit", wish.limit, kNumberMax);
  if (!limit) return std::unexpected(limit.error());
  if (given.has("decision") && given.has("operation")) {
    return std::unexpected(Error{.where = "explain",
                                 .field = "--operation",
                                 .what = "cannot stand beside --decision",
                                 .remedy = "name one of them"});
  }
  for (const char* option : {"decision", "operation"}) {
    if (given.has(option) && (*decision + *operation) == 0) {
      return std::unexpected(Error{.where = "explain",
                                   .field = std::string("--") + option,
                                   .what = "0 names none: they are counted from 1",
                                   .remedy = {}});
    }
  }
  wish.decision = *decision;
  wish.operation = *operation;
  wish.limit = *limit;
  return wish;
}

Error no_such(const Wish& wish, const Chooser& chooser, const std::string& path) {
  if (wish.operation != 0) {
    return Error{.where = path,
                 .field = "--operation",
                 .what = fmt::format("there is no operation {}", wish.operation),
                 .remedy = {}};
  }
  return Error{.where = path,
               .field = "--decision",
               .what = fmt::format("there is no decision {}: {} were made under these settings", wish.decision,
                                   grouped(chooser.decisions())),
               .remedy = "name the same --settings, --user and --platform as for the replay"};
}

void print_json(const Story& story, const Chooser& chooser, Terminal& terminal) {
  JsonWriter json;
  json.object().field("of", story.path()).field("settings", story.settings_name());
  json.field("decisions", chooser.decisions()).array("explained");
  for (const Kept& kept : chooser.chosen()) {
    write_decision(kept.number, kept.at_ns, kept.verdict, context_of(kept, story), json);
  }
  json.end();
  if (chooser.chosen().empty() && chooser.operation()) {
    json.field("no_decision", no_decision(*chooser.operation(), chooser.status_then(), story));
  }
  json.end();
  terminal.out(json.text() + '\n');
}

void print_text(const Story& story, const Chooser& chooser, const Wish& wish, Terminal& terminal) {
  std::string text;
  for (const Kept& kept : chooser.chosen()) {
    if (!text.empty()) text += '\n';
    if (wish.decision == 0) text += fmt::format("#{}  ", kept.number);
    text += explanation_text(explain(kept.at_ns, kept.verdict, context_of(kept, story)));
  }
  if (chooser.chosen().empty()) {
    if (chooser.operation()) {
      text += no_decision(*chooser.operation(), chooser.status_then(), story);
    } else {
      text += chooser.decisions() == 0
                  ? "No decision was made: nothing monitored happened, and nothing was held.\n"
                  : fmt::format("Nothing to explain: {} decisions passed without a monitored event.\n",
                                grouped(chooser.decisions()));
    }
  }
  if (chooser.telling() > chooser.chosen().size()) {
    text += fmt::format("\n… and {} more that asked or denied (--limit, or --decision N for one)\n",
                        grouped(chooser.telling() - chooser.chosen().size()));
  }
  terminal.out(text);
}

ExitCode run(const Arguments& given, Terminal& terminal) {
  const auto wish = wish_of(given);
  if (!wish) return bad_input(terminal, wish.error());
  auto story = Story::open(given);
  if (!story) return bad_input(terminal, story.error());
  Chooser chooser(*wish);
  StepProgress progress(terminal, given.has("progress"));
  const auto played = story->play({&chooser, &progress});
  progress.clear();
  if (!played) return bad_input(terminal, played.error());
  const bool named = wish->decision != 0 || wish->operation != 0;
  if (named && chooser.chosen().empty() && !chooser.operation()) {
    return bad_input(terminal, no_such(*wish, chooser, story->path()));
  }
  if (given.has("json")) {
    print_json(*story, chooser, terminal);
  } else {
    print_text(*story, chooser, *wish, terminal);
  }
  return ExitCode::kAsExpected;
}

}  // namespace

const Command& explain_command() {
  static const Command kCommand{"explain", "why a verdict came out as it did, in sentences", line, run};
  return kCommand;
}

}  // namespace holdfast
