// holdfast explain: why a verdict came out as it did.
#include "reports/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "commands/holdfast/commands.h"
#include "commands/holdfast/replay_options.h"
#include "commands/holdfast/step_progress.h"
#include "reports/decisions.h"
#include "reports/json.h"
#include "sim/replay/explained_decisions.h"
#include "sim/scenario/playable.h"

namespace holdfast {
namespace explain_subcommand {
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

ExplainContext context_of(const ExplainedDecisions::Kept& kept, const Playable& story) {
  return ExplainContext{.time = story.time(),
                        .settings_name = story.settings_name(),
                        .policy_place = story.policy_place(kept.verdict.event()),
                        .program_started = story.start_of(kept.verdict.actor()),
                        .script = kept.script};
}

std::string why_no_decision(const ExplainedDecisions& explained, const Playable& story) {
  return no_decision_text(*explained.operation(), explained.status_then(),
                          story.settings().event_monitoring().enabled());
}

Expected<ExplainWish> wish_of(const Arguments& given) {
  ExplainWish wish;
  HOLDFAST_TRY(decision, given.number("decision", 0, kNumberMax));
  HOLDFAST_TRY(operation, given.number("operation", 0, kNumberMax));
  HOLDFAST_TRY(limit, given.number("limit", wish.limit, kNumberMax));
  if (given.has("decision") && given.has("operation")) {
    return std::unexpected(Error{.where = "explain",
                                 .field = "--operation",
                                 .what = "cannot stand beside --decision",
                                 .remedy = "name one of them"});
  }
  wish = {.decision = decision, .operation = operation, .limit = limit};
  for (const char* option : {"decision", "operation"}) {
    if (given.has(option) && !wish.names_one()) {
      return std::unexpected(Error{.where = "explain",
                                   .field = std::string("--") + option,
                                   .what = "0 names none: they are counted from 1",
                                   .remedy = {}});
    }
  }
  return wish;
}

Error no_such(const ExplainWish& wish, const ExplainedDecisions& explained, const std::string& path) {
  if (wish.operation != 0) {
    return Error{.where = path,
                 .field = "--operation",
                 .what = fmt::format("there is no operation {}", wish.operation),
                 .remedy = {}};
  }
  return Error{.where = path,
               .field = "--decision",
               .what = fmt::format("there is no decision {}: {} were made under these settings", wish.decision,
                                   grouped(explained.decisions())),
               .remedy = "name the same --settings, --user and --platform as for the replay"};
}

void print_json(const Playable& story, const ExplainedDecisions& explained, Terminal& terminal) {
  JsonWriter json;
  json.object().field("of", story.path()).field("settings", story.settings_name());
  json.field("decisions", explained.decisions()).array("explained");
  for (const ExplainedDecisions::Kept& kept : explained.chosen()) {
    write_decision(kept.number, kept.at_ns, kept.verdict, context_of(kept, story), json);
  }
  json.end();
  json.array("numbers");
  for (const std::uint64_t number : explained.numbers()) json.number(number);
  json.end();
  if (explained.chosen().empty() && explained.operation()) {
    json.field("no_decision", why_no_decision(explained, story));
  }
  json.end();
  terminal.out(json.text() + '\n');
}

// Which there are to be named by --decision, a line.
std::string numbers_text(const ExplainedDecisions& explained) {
  constexpr std::size_t kShown = 40;
  const std::vector<std::uint64_t>& numbers = explained.numbers();
  std::string text = explained.telling() == 0 ? "\nabout a monitored event:" : "\nasked or denied:";
  for (std::size_t i = 0; i < std::min(kShown, numbers.size()); ++i) text += fmt::format(" #{}", numbers[i]);
  return text + (numbers.size() > kShown ? " … (holdfast replay lists all)\n" : "\n");
}

void print_text(const Playable& story, const ExplainedDecisions& explained, const ExplainWish& wish,
                Terminal& terminal) {
  std::string text;
  for (const ExplainedDecisions::Kept& kept : explained.chosen()) {
    if (!text.empty()) text += '\n';
    if (wish.decision == 0) text += fmt::format("#{}  ", kept.number);
    text += explanation_text(explain(kept.at_ns, kept.verdict, context_of(kept, story)));
  }
  if (explained.chosen().empty()) {
    if (explained.operation()) {
      text += why_no_decision(explained, story);
    } else {
      text += explained.decisions() == 0
                  ? "No decision was made: nothing monitored happened, and nothing was held.\n"
                  : fmt::format("Nothing to explain: {} decisions passed without a monitored event.\n",
                                grouped(explained.decisions()));
    }
  }
  if (explained.telling() > explained.chosen().size()) {
    text += fmt::format("\n… and {} more that asked or denied (--limit, or --decision N for one)\n",
                        grouped(explained.telling() - explained.chosen().size()));
  }
  if (!wish.names_one() && !explained.numbers().empty()) text += numbers_text(explained);
  terminal.out(text);
}

Expected<ExitCode> run(const Arguments& given, Terminal& terminal) {
  HOLDFAST_TRY(wish, wish_of(given));
  HOLDFAST_TRY(request, playable_request(given.positional()[0], given));
  HOLDFAST_TRY(story, Playable::open(std::move(request)));
  ExplainedDecisions explained(wish);
  StepProgress progress(terminal, given.has("progress"));
  HOLDFAST_TRY_DO(story.play({&explained, &progress}));
  progress.clear();
  if (wish.names_one() && explained.chosen().empty() && !explained.operation()) {
    return std::unexpected(no_such(wish, explained, story.path()));
  }
  if (given.has("json")) {
    print_json(story, explained, terminal);
  } else {
    print_text(story, explained, wish, terminal);
  }
  return ExitCode::kAsExpected;
}

constexpr Command kCommand{"explain", "why a verdict came out as it did, in sentences", line, run};

}  // namespace
}  // namespace explain_subcommand

const Command& explain_command() { return explain_subcommand::kCommand; }

}  // namespace holdfast
