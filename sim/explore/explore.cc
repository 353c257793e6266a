#include "sim/explore/explore.h"

#include <utility>

#include "engine/monitoring/event_rules.h"
#include "engine/path/windows_path.h"
#include "engine/tables/tables.h"
#include "sim/explore/life.h"
#include "sim/explore/pools.h"
#include "sim/scenario/parallel.h"

namespace holdfast {
namespace {

SeedResult live(const ExplorePlan& plan, Choices& choices, std::vector<LifeEvent>* events) {
  const Menu menu = draw_menu(*plan.mix, choices);
  Life life(*plan.material, menu, choices);
  Trial trial(tables_of(plan));
  const auto every = [&](std::uint64_t times) { return times == 0 ? 0 : (plan.inputs + times - 1) / times; };
  const std::uint64_t restore_every = every(plan.restores);
  const std::uint64_t damage_every = plan.mix->mutates ? every(plan.damaged_states) : 0;
  bool stopped = false;
  while (trial.counts().inputs < plan.inputs && !trial.fault() && !choices.spent()) {
    stopped = plan.stop && plan.stop();
    if (stopped) break;
    if (choices.once_in(restore_every)) {
      if (events != nullptr) events->push_back({.kind = LifeEvent::Kind::kRestore, .input = {}});
      trial.restore();
    }
    if (choices.once_in(damage_every)) {
      const std::uint64_t seed = choices.any();
      if (events != nullptr) events->push_back({.kind = LifeEvent::Kind::kDamagedRestore, .input = {}, .seed = seed});
      trial.restore_damaged(seed);
    }
    const v1::Input& input = life.next();
    if (events != nullptr) events->push_back({.kind = LifeEvent::Kind::kInput, .input = input});
    life.see(trial.take(input));
  }
  if (!trial.fault() && !stopped) trial.end();
  return {.seed = 0,
          .counts = trial.counts(),
          .probes = trial.probes(),
          .hash = trial.hash(),
          .fault = trial.fault(),
          .whole = !stopped};
}

bool is_difference(const Fault& fault) { return fault.kind.starts_with("a restored engine"); }

}  // namespace

const engine::Tables& tables_of(const ExplorePlan& plan) {
  static const engine::Tables usual = [] {
    engine::Tables tables = engine::default_tables();
    v1::AgentProfile other;
    other.set_system_root(std::string(pools::kOtherRoot));
    tables.compiled_events.push_back(engine::compile_rules(tables.events, engine::PathNormaliser(other).system_root()));
    return tables;
  }();
  return plan.tables == nullptr ? usual : *plan.tables;
}

SeedResult explore_seed(const ExplorePlan& plan, std::uint64_t seed, std::vector<LifeEvent>* events) {
  Choices choices(seed);
  SeedResult result = live(plan, choices, events);
  result.seed = seed;
  return result;
}

SeedResult explore_bytes(const ExplorePlan& plan, std::span<const std::uint8_t> bytes) {
  Choices choices(bytes);
  return live(plan, choices, nullptr);
}

ExploreReport explore(const ExplorePlan& plan, std::uint64_t first, std::uint64_t last, unsigned jobs,
                      const std::function<void(std::uint64_t seed)>& begins, const std::function<void()>& ends) {
  std::vector<SeedResult> results(last - first + 1);
  for_each_index(results.size(), jobs, [&](std::size_t i) {
    if (plan.stop && plan.stop()) return;
    if (begins) begins(first + i);
    results[i] = explore_seed(plan, first + i);
    if (ends) ends();
  });
  ExploreReport report{.counts = {}, .probes = {}, .failed = {}};
  for (SeedResult& result : results) {
    if (!result.whole) {
      report.interrupted = true;
      continue;
    }
    ++report.seeds;
    report.counts.inputs += result.counts.inputs;
    report.counts.outputs += result.counts.outputs;
    report.counts.restores += result.counts.restores;
    report.counts.damaged_states += result.counts.damaged_states;
    report.probes.add(result.probes);
    report.hash = (report.hash ^ result.hash) * 0x9FB21C651E98DF25 + result.seed;
    if (!result.fault) continue;
    if (is_difference(*result.fault)) ++report.differences;
    report.failed.push_back(std::move(result));
  }
  return report;
}

}  // namespace holdfast
