// The world as the host meets it: what it tells first, and who hears of what the engine wants.
#include "sim/world/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/duration.h"
#include "tests/sim/scenario_text.h"

namespace holdfast {
namespace {

using ::testing::SizeIs;

TEST(World, TellsTheNetworkWhereTheScenarioDescribesOne) {
  const ScenarioRun run = run_text("world { network { has_ipv6: true proxy: \"proxy.example:3128\" } }");
  ASSERT_THAT(run.steps, SizeIs(3));
  EXPECT_TRUE(run.steps[0].input.has_agent_started());
  EXPECT_TRUE(run.steps[1].input.network_changed().state().has_ipv6());
  EXPECT_FALSE(run.steps[1].input.network_changed().state().has_ipv4());
  EXPECT_EQ(run.steps[1].input.network_changed().state().proxy(0), "proxy.example:3128");
  EXPECT_TRUE(run.steps[2].input.has_session_changed());
}

TEST(World, TellsNoNetworkWhereTheScenarioDescribesNone) {
  for (const Step& step : run_text("world { service { latency: \"1s\" } }").steps) {
    EXPECT_FALSE(step.input.has_network_changed());
  }
}

// A world on its own, asked in the engine's place.
class AskedWorld {
 public:
  explicit AskedWorld(std::string_view text)
      : file_(good_scenario(text)),
        timeline_(std::move(*Timeline::compile(file_.scenario, file_.locations))),
        world_(timeline_, order_) {}

  void request(std::uint64_t at_ns) {
    v1::Output output;
    v1::HttpRequest& request = *output.mutable_http_request();
    request.set_request_id(1);
    request.set_url("https://csss.example/v1/safe/");
    request.set_deadline_ns(at_ns + 10 * kSecondNs);
    request.set_body_bytes_max(1'000);
    world_.carry_out(at_ns, output);
  }
  void step(const v1::Input& input) { EXPECT_TRUE(world_.on_step(input, {})); }
  // The next outcome of a request, with its time; other inputs are left out.
  v1::Input outcome() {
    for (InputSource* source : world_.sources()) {
      while (const auto due = source->due()) {
        v1::Input input;
        if (source->take(input) && input.has_http_outcome()) {
          input.set_at_ns(due->at_ns);
          return input;
        }
      }
    }
    ADD_FAILURE() << "no outcome";
    return {};
  }

 private:
  ScenarioFile file_;
  Timeline timeline_;
  PlanningOrder order_{0};
  World world_;
};

TEST(World, HandsRequestsToItsNetworkAndBringsTheOutcome) {
  AskedWorld world("world { service { behaviour: SERVICE_UNAVAILABLE latency: \"1s\" } }");
  world.request(kSecondNs);
  const v1::Input input = world.outcome();
  EXPECT_EQ(input.at_ns(), 2 * kSecondNs);
  EXPECT_EQ(input.http_outcome().status(), 503U);
}

TEST(World, LetsItsNetworkFeelThatTheAgentsAddressesChanged) {
  AskedWorld world("world { network { has_ipv4: true } }");
  v1::Input change;
  change.mutable_network_changed()->mutable_state()->set_has_ipv6(true);
  world.step(change);
  world.request(kSecondNs);
  EXPECT_EQ(world.outcome().http_outcome().result(), v1::HTTP_NO_ROUTE);
}

TEST(World, VariesByTheSeedOfTheScenario) {
  const auto took = [](const std::string& seed) {
    AskedWorld world("world { service { latency: \"1ms\" latency_at_most: \"9s\" } } " + seed);
    world.request(0);
    return world.outcome().at_ns();
  };
  EXPECT_EQ(took("seed: 3"), took("seed: 3"));
  EXPECT_NE(took("seed: 3"), took("seed: 4"));
  EXPECT_EQ(took(""), took("seed: 1"));
}

}  // namespace
}  // namespace holdfast
