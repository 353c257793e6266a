// Whatever the network does, nobody waits beyond the budget: stories made up from seeds, with every fault of the
// simulated network and cloud, under the checkers of every run.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>

#include "engine/tables/tables.h"
#include "sim/scenario/scenario_run.h"
#include "tests/support/effort.h"
#include "tests/support/random.h"

namespace holdfast {
namespace {

constexpr std::uint64_t kSeeds = HOLDFAST_SEEDS / test::kOneIn;
constexpr int kServiceBehaviours = v1::ServiceBehaviour_MAX + 1;
constexpr int kProxyBehaviours = v1::ProxyBehaviour_MAX + 1;

std::string milliseconds(std::size_t number) { return std::to_string(number) + "ms"; }

std::string sha256(std::size_t number) { return std::string(31, 's') + static_cast<char>('0' + number); }

v1::ServiceBehaviour service_fault(Random& random) {
  return static_cast<v1::ServiceBehaviour>(random.below(kServiceBehaviours));
}
v1::ProxyBehaviour proxy_fault(Random& random) {
  return static_cast<v1::ProxyBehaviour>(random.below(kProxyBehaviours));
}

void make_settings(Random& random, v1::Settings& settings) {
  auto& policy = *settings.mutable_event_monitoring()->add_policy();
  settings.mutable_event_monitoring()->set_enabled(true);
  policy.set_event(v1::NEW_STARTUP_PROGRAM);
  policy.set_do_(random.below(2) == 0 ? v1::MonitoredEventPolicy::DENY : v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY);
  settings.mutable_newly_encountered()->set_enabled(random.below(2) == 0);
  auto& service = *settings.mutable_certified_safe_software();
  service.set_enabled(true);
  service.set_service_url(random.below(2) == 0 ? "https://csss.example" : "http://csss.example/api");
  service.set_service_has_ipv6(random.below(2) == 0);
  service.set_attempt_timeout_ms(static_cast<std::uint32_t>(10 + random.below(3'000)));
  service.set_hold_budget_ms(static_cast<std::uint32_t>(10 + random.below(6'000)));
  service.set_attempts_max(static_cast<std::uint32_t>(1 + random.below(5)));
  service.set_backoff_ms(static_cast<std::uint32_t>(random.below(400)));
  service.set_breaker_failures(static_cast<std::uint32_t>(1 + random.below(5)));
  service.set_breaker_open_ms(static_cast<std::uint32_t>(random.below(5'000)));
  service.set_cache_safe_s(random.below(3));
  service.set_cache_unknown_s(random.below(3));
  v1::ProxySettings& proxy = *settings.mutable_proxy();
  proxy.set_mode(static_cast<v1::ProxySettings::Mode>(random.below(5)));
  proxy.set_host("proxy.example");
  proxy.set_port(3128);
  proxy.set_converts_address_families(random.below(2) == 0);
  if (random.below(3) == 0) proxy.set_credentials("branch");
}

void make_network(Random& random, v1::NetworkState& network) {
  network.set_has_ipv4(random.below(4) != 0);
  network.set_has_ipv6(random.below(2) == 0);
  network.set_proxy_lookup_failed(random.below(10) == 0);
  if (random.below(2) == 0) network.add_proxy("proxy.example:3128");
  if (random.below(3) == 0) network.add_proxy("nowhere.example:8080");
}

void make_world(Random& random, v1::World& world) {
  make_network(random, *world.mutable_network());
  v1::ServiceModel& service = *world.mutable_service();
  service.set_behaviour(service_fault(random));
  service.set_latency(milliseconds(random.below(1'500)));
  service.set_latency_at_most(milliseconds(1'500 + random.below(3'000)));
  service.set_has_ipv6(random.below(2) == 0);
  service.set_ipv6_black_hole(service.has_ipv6() && random.below(2) == 0);
  service.set_loss_percent(random.below(3) == 0 ? static_cast<std::uint32_t>(random.below(101)) : 0);
  service.add_knows()->set_sha256(sha256(0));
  service.mutable_knows(0)->set_verdict(v1::SafeSoftwareAnswer::SAFE);
  v1::ProxyModel& proxy = *world.add_proxy();
  proxy.set_address("proxy.example:3128");
  proxy.set_behaviour(proxy_fault(random));
  proxy.set_converts(random.below(2) == 0);
  proxy.set_latency(milliseconds(random.below(100)));
  for (std::size_t i = random.below(4); i > 0; --i) {
    v1::Phase& phase = *world.add_phase();
    phase.set_from(milliseconds(random.below(8'000)));
    phase.set_until(milliseconds(8'000 + random.below(8'000)));
    phase.set_service(static_cast<v1::ServiceBehaviour>(1 + random.below(kServiceBehaviours - 1)));
    if (random.below(2) == 0) phase.set_proxy(proxy_fault(random));
  }
  if (random.below(2) == 0) world.add_user()->mutable_answers()->set_kind(v1::PromptAnswer::DENY);
}

v1::Scenario make_story(std::uint64_t seed) {
  Random random(seed);
  v1::Scenario story;
  story.set_name("a story of seed " + std::to_string(seed));
  story.set_seed(seed);
  make_settings(random, *story.mutable_settings());
  make_world(random, *story.mutable_world());
  story.mutable_agent()->set_platform(v1::WINDOWS_10_X64);
  story.mutable_agent()->set_web_reputation_enabled(true);
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string image = "C:\\Users\\user\\program" + std::to_string(i) + ".exe";
    v1::At& arrives = *story.add_at();
    arrives.set_t("0s");
    arrives.mutable_download()->set_channel(v1::Download::CHANNEL_HTTP);
    arrives.mutable_download()->set_path(image);
    v1::At& starts = *story.add_at();
    starts.set_t(milliseconds(1 + random.below(3'000)));
    starts.mutable_process_start()->set_pid(static_cast<std::uint32_t>(10 + i));
    starts.mutable_process_start()->set_image(image);
    starts.mutable_process_start()->set_sha256(sha256(i));
  }
  for (std::size_t i = 0; i < 8; ++i) {
    v1::At& acts = *story.add_at();
    acts.set_t(milliseconds(random.below(15'000)));
    switch (random.below(8)) {
      case 0: make_network(random, *acts.mutable_network_changed()); break;
      case 1: make_settings(random, *acts.mutable_settings_changed()); break;
      case 2:
        acts.mutable_detection()->set_detection_id(i + 1);
        acts.mutable_detection()->set_module(random.below(2) == 0 ? v1::Detection::FIREWALL : v1::Detection::ANTIVIRUS);
        acts.mutable_detection()->set_sha256(sha256(random.below(3)));
        break;
      case 3:
        acts.set_by(static_cast<std::uint32_t>(10 + random.below(3)));
        acts.set_ended_from_outside(true);
        acts.mutable_process_exit();
        break;
      default:
        acts.set_by(static_cast<std::uint32_t>(10 + random.below(3)));
        acts.mutable_registry_set()->set_key("HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run");
        acts.mutable_registry_set()->set_value("Updater");
    }
  }
  story.add_expect()->set_log_lacks("this text");
  return story;
}

TEST(HoldBudget, IsKeptForEveryFaultOverTenThousandSeeds) {
  std::set<std::string> failures_met;
  std::uint64_t requests = 0;
  std::uint64_t verdicts = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const v1::Scenario story = make_story(seed);
    const auto run = run_scenario(story, engine::default_tables());
    ASSERT_TRUE(run) << run.error().text();
    ASSERT_TRUE(run->failures.empty()) << story.DebugString() << run->failures.front().expected << ": "
                                       << run->failures.front().actual << '\n'
                                       << run->log;
    for (const auto& step : run->steps) {
      for (const v1::Output& output : step.outputs) {
        if (output.has_http_request()) ++requests;
        if (output.has_verdict()) ++verdicts;
        if (!output.has_verdict()) continue;
        for (const v1::Reason& reason : output.verdict().reason()) {
          if (reason.code() == v1::CSSS_FAILED || reason.code() == v1::PREVALENCE_FAILED)
            failures_met.insert(reason.text());
        }
      }
    }
  }
  // Stories in which nothing goes wrong would prove nothing.
  EXPECT_GT(requests, kSeeds);
  EXPECT_GT(verdicts, kSeeds);
  const int named = v1::LookupFailure_descriptor()->value_count() - 1;
  // Nothing here lets a sensor or an actuator fail, and no table is full.
  const std::set<std::string> elsewhere = {"LOOKUP_CANCELLED",  "LOOKUP_NO_OUTCOME", "LOOKUP_NO_HASH",
                                           "LOOKUP_NO_SERVICE", "LOOKUP_TABLE_FULL", "LOOKUP_NO_ROUTE"};
  for (int i = 1; i <= named; ++i) {
    const std::string& name = v1::LookupFailure_descriptor()->value(i)->name();
    EXPECT_TRUE(elsewhere.contains(name) || failures_met.contains(name)) << name << " never happened";
  }
}

}  // namespace
}  // namespace holdfast
