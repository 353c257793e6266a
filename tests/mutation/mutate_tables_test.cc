// Every cell of the domain's tables matters: with any single one changed, a specification or a scenario fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/tables/tables.h"
#include "sim/scenario/scenario_file.h"
#include "sim/scenario/scenario_run.h"
#include "tests/engine/core/table_specification.h"
#include "tests/engine/monitoring/rule_specification.h"
#include "tests/support/repository.h"

namespace holdfast {
namespace {

using engine::ActionRule;
using engine::EventRule;
using engine::PlatformRule;
using engine::Tables;

// The product's tables in a form that can be changed.
struct MutableTables {
  std::vector<EventRule> events;  // empty: unchanged
  std::vector<PlatformRule> platforms;
  std::vector<ActionRule> actions;
  engine::AutoAllowRule auto_allow;
  engine::CloudRules cloud;
  engine::NewlyEncounteredRules newly;
  std::vector<engine::ArrivalRule> arrivals;
  std::vector<std::uint32_t> ports;

  MutableTables()
      : platforms(engine::default_tables().platforms.begin(), engine::default_tables().platforms.end()),
        actions(engine::default_tables().actions.begin(), engine::default_tables().actions.end()),
        auto_allow(engine::default_tables().auto_allow),
        cloud(engine::default_tables().cloud),
        newly(engine::default_tables().newly_encountered),
        arrivals(newly.arrivals.begin(), newly.arrivals.end()),
        ports(newly.ports.begin(), newly.ports.end()) {}

  Tables view() const {
    // The product's own events are compiled once per process: unchanged ones are handed on as they are.
    engine::NewlyEncounteredRules newly_view = newly;
    newly_view.arrivals = arrivals;
    newly_view.ports = ports;
    return {.events = events.empty() ? engine::default_tables().events : events,
            .platforms = platforms,
            .actions = actions,
            .auto_allow = auto_allow,
            .cloud = cloud,
            .newly_encountered = newly_view};
  }
};

struct Mutant {
  std::string name;
  MutableTables tables;
};

template <typename Change>
void mutate(std::vector<Mutant>& mutants, std::string name, Change change) {
  Mutant& mutant = mutants.emplace_back();
  mutant.name = std::move(name);
  change(mutant.tables);
}

std::vector<Mutant> platform_mutants() {
  std::vector<Mutant> mutants;
  for (std::size_t i = 0; i < engine::default_tables().platforms.size(); ++i) {
    const std::string name = "platform " + std::string(engine::default_tables().platforms[i].name);
    mutate(mutants, name + ": supported", [&](MutableTables& t) { t.platforms[i].supported ^= true; });
    mutate(mutants, name + ": server", [&](MutableTables& t) { t.platforms[i].server ^= true; });
    mutate(mutants, name + ": any port", [&](MutableTables& t) { t.platforms[i].newly_encountered_any_port ^= true; });
    // A platform that is not supported has no service pack that could help: the cell is never read.
    if (!engine::default_tables().platforms[i].supported) continue;
    mutate(mutants, name + ": service pack",
           [&](MutableTables& t) { t.platforms[i].service_pack_min = t.platforms[i].service_pack_min == 0 ? 9 : 0; });
  }
  return mutants;
}

std::vector<Mutant> action_mutants() {
  std::vector<Mutant> mutants;
  for (std::size_t i = 0; i < engine::default_tables().actions.size(); ++i) {
    const ActionRule& row = engine::default_tables().actions[i];
    const std::string name = "action " + v1::MonitoredEventPolicy::Action_Name(row.action);
    mutate(mutants, name + ": asks", [&](MutableTables& t) { t.actions[i].asks ^= true; });
    mutate(mutants, name + ": reason", [&](MutableTables& t) { t.actions[i].reason = v1::NO_MONITORED_EVENT; });
    // What cannot happen has no cell to read: an action that asks decides nothing by itself, one that allows at once
    // never denies, one that denies never allows.
    if (!row.asks) mutate(mutants, name + ": allows", [&](MutableTables& t) { t.actions[i].allows ^= true; });
    if (row.allows || row.asks) {
      mutate(mutants, name + ": logs allowed", [&](MutableTables& t) { t.actions[i].logs_when_allowed ^= true; });
    }
    if (!row.allows) {
      mutate(mutants, name + ": logs denied", [&](MutableTables& t) { t.actions[i].logs_when_denied ^= true; });
      mutate(mutants, name + ": warns", [&](MutableTables& t) { t.actions[i].warns_when_denied ^= true; });
    }
  }
  return mutants;
}

std::vector<Mutant> automatic_allow_mutants() {
  std::vector<Mutant> mutants;
  mutate(mutants, "automatic allow: Event Monitoring",
         [](MutableTables& t) { t.auto_allow.needs_event_monitoring ^= true; });
  mutate(mutants, "automatic allow: asks", [](MutableTables& t) { t.auto_allow.needs_ask_when_necessary ^= true; });
  return mutants;
}

// DOMAIN 8: defaults, routes, attempts, breaker.
std::vector<Mutant> cloud_mutants() {
  struct Number {
    const char* name;
    std::uint32_t engine::CloudRules::* cell;
  };
  struct Lifetime {
    const char* name;
    std::uint64_t engine::CloudRules::* cell;
  };
  struct Switch {
    const char* name;
    bool engine::CloudRules::* cell;
  };
  using Rules = engine::CloudRules;
  std::vector<Mutant> mutants;
  for (const Number& number : {Number{"attempt timeout", &Rules::attempt_timeout_ms},
                               {"hold budget", &Rules::hold_budget_ms},
                               {"attempts", &Rules::attempts_max},
                               {"back-off", &Rules::backoff_ms},
                               {"breaker: failures", &Rules::breaker_failures},
                               {"breaker: pause", &Rules::breaker_open_ms}}) {
    mutate(mutants, std::string("cloud: twice the ") + number.name,
           [&](MutableTables& t) { t.cloud.*number.cell *= 2; });
    mutate(mutants, std::string("cloud: half the ") + number.name,
           [&](MutableTables& t) { t.cloud.*number.cell /= 2; });
  }
  for (const Lifetime& lifetime : {Lifetime{"safe", &Rules::cache_safe_s},
                                   {"unknown", &Rules::cache_unknown_s},
                                   {"malicious", &Rules::cache_malicious_s}}) {
    mutate(mutants, std::string("cache: twice as long ") + lifetime.name,
           [&](MutableTables& t) { t.cloud.*lifetime.cell *= 2; });
    mutate(mutants, std::string("cache: half as long ") + lifetime.name,
           [&](MutableTables& t) { t.cloud.*lifetime.cell /= 2; });
  }
  for (const Switch& rule : {Switch{"pure IPv6 needs a converting proxy", &Rules::pure_ipv6_needs_converting_proxy},
                             {"IPv6 goes first", &Rules::ipv6_goes_first},
                             {"routes take turns", &Rules::routes_take_turns},
                             {"pauses double", &Rules::pauses_double},
                             {"Retry-After is obeyed", &Rules::retry_after_is_obeyed},
                             {"one tries the open circuit", &Rules::one_tries_the_open_circuit},
                             {"another network closes the circuit", &Rules::network_change_closes_circuit}}) {
    mutate(mutants, std::string("cloud: ") + rule.name, [&](MutableTables& t) { t.cloud.*rule.cell ^= true; });
  }
  return mutants;
}

// DOMAIN 7: which arrivals count, thresholds.
std::vector<Mutant> newly_encountered_mutants() {
  std::vector<Mutant> mutants;
  const auto& rules = engine::default_tables().newly_encountered;
  for (std::size_t i = 0; i < rules.arrivals.size(); ++i) {
    const engine::ArrivalRule& row = rules.arrivals[i];
    const std::string name = "arrival " + v1::Download::Channel_Name(row.channel);
    mutate(mutants, name + ": covered", [&](MutableTables& t) { t.arrivals[i].covered ^= true; });
    mutate(mutants, name + ": ports", [&](MutableTables& t) { t.arrivals[i].ports_matter ^= true; });
    mutate(mutants, name + ": archives", [&](MutableTables& t) { t.arrivals[i].archives ^= true; });
    // What is covered anyway needs no mark; names are matched only where the published behaviour covers the channel.
    if (!row.covered)
      mutate(mutants, name + ": mark", [&](MutableTables& t) { t.arrivals[i].covered_by_mark ^= true; });
    if (row.covered) mutate(mutants, name + ": name", [&](MutableTables& t) { t.arrivals[i].matched_by_name ^= true; });
  }
  for (std::size_t i = 0; i < rules.ports.size(); ++i) {
    mutate(mutants, "port " + std::to_string(rules.ports[i]), [&](MutableTables& t) { t.ports[i] = 9; });
  }
  mutate(mutants, "newly: fewer detections", [](MutableTables& t) { t.newly.prevalence_below -= 1; });
  mutate(mutants, "newly: more detections", [](MutableTables& t) { t.newly.prevalence_below += 1; });
  mutate(mutants, "newly: younger", [](MutableTables& t) { t.newly.age_below_days -= 1; });
  mutate(mutants, "newly: older", [](MutableTables& t) { t.newly.age_below_days += 1; });
  mutate(mutants, "newly: countdown", [](MutableTables& t) { t.newly.allow_if_unanswered_s += 1; });
  mutate(mutants, "newly: Web Reputation", [](MutableTables& t) { t.newly.needs_web_reputation ^= true; });
  mutate(mutants, "newly: servers", [](MutableTables& t) { t.newly.never_on_servers ^= true; });
  return mutants;
}

// Of every rule, or of every so many: each costs all the scenarios.
std::vector<Mutant> event_mutants() {
  std::vector<Mutant> mutants;
  for (std::size_t i = 0; i < engine::default_tables().events.size(); i += HOLDFAST_EVERY_EVENT_RULE) {
    const std::string name = "event rule " + std::string(engine::default_tables().events[i].id);
    const auto copy_events = [](MutableTables& t) {
      t.events.assign(engine::default_tables().events.begin(), engine::default_tables().events.end());
    };
    mutate(mutants, name + ": removed", [&](MutableTables& t) {
      copy_events(t);
      t.events.erase(t.events.begin() + static_cast<std::ptrdiff_t>(i));
    });
    mutate(mutants, name + ": another event", [&](MutableTables& t) {
      copy_events(t);
      t.events[i].event = t.events[i].event == v1::NEW_SERVICE ? v1::SHELL_MODIFICATION : v1::NEW_SERVICE;
    });
  }
  return mutants;
}

class Scenarios {
 public:
  Scenarios() {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(in_repository("scenarios"))) {
      if (entry.path().extension() == ".txtpb") paths.push_back(entry.path().string());
    }
    std::ranges::sort(paths);
    for (const std::string& path : paths) {
      if (auto file = load_scenario(path)) files_.push_back(std::move(*file));
    }
  }

  std::size_t size() const { return files_.size(); }

  // Whether every scenario's expectations are met with these tables.
  bool all_met(const Tables& tables) const {
    return std::ranges::all_of(files_, [&](const ScenarioFile& file) {
      const auto run = run_scenario(file.scenario, tables, &file.locations);
      return run && run->met();
    });
  }

 private:
  std::vector<ScenarioFile> files_;
};

bool rules_keep_their_promises(std::span<const EventRule> events) {
  const engine::PathNormaliser paths{v1::AgentProfile()};
  engine::EventMatcher matcher(events, paths);
  return std::ranges::all_of(engine::rule_specifications(), [&](const engine::RuleSpecification& rule) {
    return engine::broken_promise(matcher, paths, rule).empty();
  });
}

bool specifications_hold(const Tables& tables) {
  return engine::platform_contradictions(tables).empty() && engine::action_contradictions(tables).empty() &&
         engine::automatic_allow_contradictions(tables).empty();
}

TEST(Mutation, UnchangedTablesContradictNothing) {
  const Scenarios scenarios;
  EXPECT_GE(scenarios.size(), 60U);
  EXPECT_TRUE(specifications_hold(MutableTables().view()));
  EXPECT_TRUE(rules_keep_their_promises(engine::event_rules()));
  EXPECT_TRUE(scenarios.all_met(MutableTables().view()));
}

// Names the mutants that neither `specified` nor a scenario notices, and prints how many a specification misses.
template <typename Specified>
std::vector<std::string> survivors(const std::vector<Mutant>& mutants, Specified specified) {
  const Scenarios scenarios;
  std::vector<std::string> names;
  std::size_t by_scenarios = 0;
  for (const Mutant& mutant : mutants) {
    const Tables tables = mutant.tables.view();
    if (!specified(tables)) continue;
    ++by_scenarios;
    if (scenarios.all_met(tables)) names.push_back(mutant.name);
  }
  std::printf("%zu mutants: %zu noticed by the specification, %zu by scenarios, %zu survivors\n", mutants.size(),
              mutants.size() - by_scenarios, by_scenarios - names.size(), names.size());
  return names;
}

// What the scenarios notice without any help: all that can be seen in one. Each port rule cannot: servers never ask,
// and one desktop of either kind stands for the others.
TEST(Mutation, OfActionsAndPlatformsIsNoticedByScenariosAlone) {
  std::vector<Mutant> mutants = action_mutants();
  std::ranges::move(platform_mutants(), std::back_inserter(mutants));
  EXPECT_THAT(survivors(mutants, [](const Tables&) { return true; }), testing::Each(testing::EndsWith(": any port")));
}

TEST(Mutation, OfAnyPlatformIsNoticed) {
  EXPECT_THAT(survivors(platform_mutants(), specifications_hold), testing::IsEmpty());
}
TEST(Mutation, OfAnyActionIsNoticed) {
  EXPECT_THAT(survivors(action_mutants(), specifications_hold), testing::IsEmpty());
}
TEST(Mutation, OfAutomaticAllowIsNoticed) {
  EXPECT_THAT(survivors(automatic_allow_mutants(), specifications_hold), testing::IsEmpty());
}
TEST(Mutation, OfAnyRuleOfTheCloudIsNoticedByScenariosAlone) {
  EXPECT_THAT(survivors(cloud_mutants(), [](const Tables&) { return true; }), testing::IsEmpty());
}
TEST(Mutation, OfAnyRuleOfNewlyEncounteredProgramsIsNoticedByScenariosAlone) {
  EXPECT_THAT(survivors(newly_encountered_mutants(), [](const Tables&) { return true; }), testing::IsEmpty());
}

// The reference stories say everything the table of events says: each row is missed by one of them.
TEST(Mutation, OfAnyEventRuleIsNoticedByScenariosAlone) {
  EXPECT_THAT(survivors(event_mutants(), [](const Tables&) { return true; }), testing::IsEmpty());
}

TEST(Mutation, OfAnyEventRuleIsNoticed) {
  const auto specified = [](const Tables& tables) { return rules_keep_their_promises(tables.events); };
  EXPECT_THAT(survivors(event_mutants(), specified), testing::IsEmpty());
}

}  // namespace
}  // namespace holdfast
