#include "sim/shrink/shrink_story.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "engine/text/ascii.h"
#include "reports/wording.h"
#include "sim/checkers/checker.h"
#include "sim/shrink/relevance.h"
#include "sim/text/duration.h"

namespace holdfast {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// One step from a message to a field, or to an element of a list.
struct Place {
  const FieldDescriptor* field = nullptr;
  int index = -1;  // -1: no list
};
using PlacePath = std::vector<Place>;

// What is an entry's own: without it it would be another story, or none.
bool is_essential(const FieldDescriptor& field) {
  constexpr std::array<std::string_view, 5> kOfEntries = {"t", "by", "every", "times", "label"};
  const std::string& owner = field.containing_type()->name();
  if (owner == "At") {
    return field.containing_oneof() != nullptr || std::ranges::find(kOfEntries, field.name()) != kOfEntries.end();
  }
  return owner == "Process" && (field.name() == "pid" || field.name() == "image");
}

// Every field that is set below `message`, outer ones before those in them.
void collect_places(const Message& message, PlacePath& path, std::vector<PlacePath>& places) {
  std::vector<const FieldDescriptor*> fields;
  const Reflection& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      path.push_back({field, field->is_repeated() ? i : -1});
      if (!is_essential(*field)) places.push_back(path);
      if (is_message) {
        collect_places(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                            : reflection.GetMessage(message, field),
                       path, places);
      }
      path.pop_back();
    }
  }
}

void clear_place(Message& message, const PlacePath& path, std::size_t depth = 0) {
  const auto [field, index] = path[depth];
  const Reflection& reflection = *message.GetReflection();
  if (depth + 1 < path.size()) {
    Message* below = index < 0 ? reflection.MutableMessage(&message, field)
                               : reflection.MutableRepeatedMessage(&message, field, index);
    return clear_place(*below, path, depth + 1);
  }
  if (index < 0) return reflection.ClearField(&message, field);
  for (int i = index; i + 1 < reflection.FieldSize(message, field); ++i)
    reflection.SwapElements(&message, field, i, i + 1);
  reflection.RemoveLast(&message, field);
}

class StoryShrinker {
 public:
  StoryShrinker(v1::Scenario story, const Goal& goal, RunBudget& budget, const engine::Tables& tables)
      : story_(std::move(story)), goal_(goal), budget_(budget), tables_(tables) {}

  const v1::Scenario& story() const { return story_; }

  bool holds(const v1::Scenario& scenario) const {
    const auto run = run_scenario(scenario, tables_);
    return run && goal_(*run);
  }

  // Takes the smallest part around `decisive` of which the goal holds.
  bool cut_to_related(std::size_t decisive) {
    for (const Reach reach : {Reach::kAncestry, Reach::kBehaviour, Reach::kEverything}) {
      if (decisive == static_cast<std::size_t>(story_.at_size()) && reach != Reach::kEverything) continue;
      v1::Scenario part = reach == Reach::kEverything ? story_ : with_entries(related_entries(story_, decisive, reach));
      if (!budget_.take()) return false;
      if (!holds(part)) continue;
      story_ = std::move(part);
      return true;
    }
    return false;
  }

  void leave_out_entries() {
    const auto entries = static_cast<std::size_t>(story_.at_size());
    const auto holds_with = [&](const std::vector<std::size_t>& kept) { return holds(with_entries(kept)); };
    story_ = with_entries(shrink(entries, holds_with, budget_));
  }

  // Of the fields of Scenario with these names, and below them.
  void clear_fields(std::initializer_list<std::string_view> names) {
    std::vector<PlacePath> places;
    PlacePath path;
    collect_places(story_, path, places);
    std::erase_if(places, [&](const PlacePath& place) {
      const bool is_entry = place.size() == 1 && place[0].field->name() == "at";
      return is_entry || std::ranges::find(names, place[0].field->name()) == names.end();
    });
    const auto with = [&](const std::vector<std::size_t>& kept) {
      v1::Scenario scenario = story_;
      std::size_t next = kept.size();
      // Backwards: inner fields before the ones they are in, and later elements of a list first.
      for (std::size_t i = places.size(); i-- > 0;) {
        if (next > 0 && kept[next - 1] == i) {
          --next;
        } else {
          clear_place(scenario, places[i]);
        }
      }
      return scenario;
    };
    story_ =
        with(shrink(places.size(), [&](const std::vector<std::size_t>& kept) { return holds(with(kept)); }, budget_));
  }

  // Each pause between entries becomes a second where nothing speaks against it, and loses its fractions else.
  void move_together() {
    reduce_pauses([](std::uint64_t pause_ns) { return std::min(pause_ns, kSecond_ns); });
    reduce_pauses([](std::uint64_t pause_ns) { return pause_ns / kSecond_ns * kSecond_ns; });
    reduce_pauses([](std::uint64_t pause_ns) {
      return pause_ns % kSecond_ns == 0 ? pause_ns : pause_ns + kSecond_ns - pause_ns % kSecond_ns;
    });
  }

 private:
  v1::Scenario with_entries(const std::vector<std::size_t>& kept) const {
    v1::Scenario scenario;
    scenario.set_source(story_.source());
    if (story_.has_agent()) *scenario.mutable_agent() = story_.agent();
    if (story_.has_settings()) *scenario.mutable_settings() = story_.settings();
    if (story_.has_world()) *scenario.mutable_world() = story_.world();
    scenario.set_runs_for(story_.runs_for());
    scenario.set_started_wall_ns(story_.started_wall_ns());
    scenario.set_seed(story_.seed());
    for (const std::size_t i : kept) *scenario.add_at() = story_.at(static_cast<int>(i));
    return scenario;
  }

  template <typename Reduce>
  void reduce_pauses(Reduce reduce) {
    std::vector<std::uint64_t> pauses;
    std::vector<std::size_t> reducible;  // entries before which a pause would change
    std::uint64_t before_ns = 0;
    for (int i = 0; i < story_.at_size(); ++i) {
      const std::uint64_t at_ns = parse_duration(story_.at(i).t()).value_or(before_ns);
      pauses.push_back(at_ns - std::min(at_ns, before_ns));
      if (reduce(pauses.back()) != pauses.back()) reducible.push_back(static_cast<std::size_t>(i));
      before_ns = at_ns;
    }
    const auto with = [&](const std::vector<std::size_t>& kept) {
      std::vector<std::uint64_t> changed = pauses;
      for (std::size_t i = 0; i < reducible.size(); ++i) {
        if (!std::ranges::binary_search(kept, i)) changed[reducible[i]] = reduce(changed[reducible[i]]);
      }
      v1::Scenario scenario = story_;
      std::uint64_t at_ns = 0;
      for (int i = 0; i < scenario.at_size(); ++i) {
        at_ns += changed[static_cast<std::size_t>(i)];
        scenario.mutable_at(i)->set_t(duration_text(at_ns));
      }
      return scenario;
    };
    story_ = with(
        shrink(reducible.size(), [&](const std::vector<std::size_t>& kept) { return holds(with(kept)); }, budget_));
  }

  v1::Scenario story_;
  const Goal& goal_;
  RunBudget& budget_;
  const engine::Tables& tables_;
};

}  // namespace

bool is_same_decision(const v1::Verdict& a, const v1::Verdict& b) {
  return a.decision() == b.decision() && a.because() == b.because() && a.event() == b.event() && a.hold() == b.hold() &&
         a.operation() == b.operation() && a.program() == b.program() && a.target() == b.target();
}

Goal decision_goal(const v1::Verdict& verdict) {
  return [verdict](const ScenarioRun& run) {
    return std::ranges::any_of(run.steps, [&](const Step& step) {
      return std::ranges::any_of(step.outputs, [&](const v1::Output& output) {
        return output.has_verdict() && is_same_decision(output.verdict(), verdict);
      });
    });
  };
}

Goal broken_promise_goal(const std::string& promise) {
  return [wanted = ascii::lower_case(promise)](const ScenarioRun& run) {
    return std::ranges::any_of(run.failures, [&](const Failure& failure) {
      return failure.expectation < 0 && ascii::lower_case(failure.expected).find(wanted) != std::string::npos;
    });
  };
}

Expected<std::string> promise_named(const std::string& part) {
  std::string promises;
  std::vector<std::string> found;
  for (const auto& checker : all_checkers()) {
    const std::string promise(checker->promise());
    promises += (promises.empty() ? "" : "; ") + promise;
    if (!part.empty() && ascii::lower_case(promise).find(ascii::lower_case(part)) != std::string::npos)
      found.push_back(promise);
  }
  if (found.size() == 1) return found.front();
  return std::unexpected(Error{.where = {},
                               .field = "promise",
                               .what = fmt::format("\"{}\" fits {} of the promises", part, found.size()),
                               .remedy = "they are: " + promises});
}

v1::Scenario unfolded(const Timeline& timeline) {
  v1::Scenario story = timeline.scenario();
  story.clear_name();
  story.clear_expect();
  story.clear_at();
  for (const TimelineEntry& entry : timeline.entries()) {
    v1::At& at = *story.add_at();
    at = timeline.scenario().at(static_cast<int>(entry.at));
    at.set_t(duration_text(entry.at_ns));
    at.clear_every();
    at.clear_times();
    at.clear_label();
  }
  return story;
}

Expected<ShrunkStory> shrink_story(const v1::Scenario& story, std::size_t decisive, const Goal& goal, RunBudget& budget,
                                   const engine::Tables& tables) {
  StoryShrinker shrinker(story, goal, budget, tables);
  ShrunkStory shrunk;
  if (!shrinker.cut_to_related(decisive)) {
    return std::unexpected(Error{.where = {},
                                 .field = {},
                                 .what = budget.spent ? "no run is left before anything was found"
                                                      : "the story that a scenario can tell does not show it any more",
                                 .remedy = budget.spent ? "allow more with --runs-max" : ""});
  }
  shrunk.first_cut = static_cast<std::size_t>(shrinker.story().at_size());
  std::string before;
  do {
    before = shrinker.story().SerializeAsString();
    shrinker.leave_out_entries();
    shrinker.clear_fields({"settings"});
    shrinker.clear_fields({"world"});
    shrinker.clear_fields({"agent", "runs_for", "seed", "started_wall_ns"});
    shrinker.clear_fields({"at"});
    shrinker.move_together();
  } while (!budget.spent && shrinker.story().SerializeAsString() != before);
  shrunk.scenario = shrinker.story();
  shrunk.minimal = !budget.spent;
  return shrunk;
}

}  // namespace holdfast
