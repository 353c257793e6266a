// A life that fails is cut down to what shows the failure. The engine is given tables in which a row is wrong: what is
// to be denied is allowed.
#include "sim/explore/finding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <vector>

#include "engine/tables/tables.h"
#include "sensors/recording/recording.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

class WrongTables {
 public:
  WrongTables() : tables_(engine::default_tables()) {
    rows_.assign(tables_.actions.begin(), tables_.actions.end());
    const auto deny = std::ranges::find(rows_, v1::MonitoredEventPolicy::DENY, &engine::ActionRule::action);
    deny->allows = true;
    tables_.actions = rows_;
  }
  const engine::Tables& tables() const { return tables_; }

 private:
  engine::Tables tables_;
  std::vector<engine::ActionRule> rows_;
};

class FindingTest : public ::testing::Test {
 protected:
  FindingTest() {
    plan_.material = &material_;
    plan_.mix = find_mix("asking");
    plan_.inputs = 2'000;
    plan_.tables = &wrong_.tables();
    for (std::uint64_t seed = 1; seed < 50 && !failed_.fault; ++seed) failed_ = explore_seed(plan_, seed);
  }

  WrongTables wrong_;
  Material material_ = builtin_material();
  ExplorePlan plan_;
  SeedResult failed_;
};

TEST_F(FindingTest, IsCutDownToTheStartOfAnAgentAndOneOperation) {
  ASSERT_TRUE(failed_.fault);
  EXPECT_THAT(failed_.fault->what, HasSubstr("ALLOW because of ACTION_IS_DENY"));
  const Finding finding = shrink_finding(plan_, failed_);
  EXPECT_TRUE(finding.minimal);
  EXPECT_EQ(finding.fault.kind, failed_.fault->kind);
  EXPECT_LE(finding.events.size(), 4U) << finding_text(finding);
  EXPECT_THAT(finding_text(finding), HasSubstr("agent_started"));
}

TEST_F(FindingTest, IsWrittenAsARecordingAndAsAScenario) {
  ASSERT_TRUE(failed_.fault);
  const Finding finding = shrink_finding(plan_, failed_);
  const TemporaryFolder folder;
  const std::string path = folder.path("found.hfr");
  ASSERT_TRUE(write_finding(finding, wrong_.tables(), path));
  auto reader = RecordingReader::open(path);
  ASSERT_TRUE(reader);
  v1::Record record;
  std::size_t inputs = 0;
  while (*reader->next(record) == RecordingReader::Next::kRecord) inputs += record.has_input() ? 1 : 0;
  EXPECT_EQ(inputs, finding.events.size());
  EXPECT_THAT(finding_as_scenario(finding, wrong_.tables()), HasSubstr("settings"));
  EXPECT_EQ(finding_as_scenario(finding, engine::default_tables()), "") << "there it does not show";
}

TEST(Choices, OfBytesEndWithTheBytes) {
  const std::vector<std::uint8_t> bytes = {5, 1, 2, 200};
  Choices choices{std::span<const std::uint8_t>(bytes)};
  EXPECT_EQ(choices.below(10), 5U);
  EXPECT_EQ(choices.below(0x1000), 0x102U);
  EXPECT_EQ(choices.below(1), 0U) << "one possibility needs no byte";
  EXPECT_FALSE(choices.spent());
  EXPECT_EQ(choices.below(256), 200U);
  EXPECT_TRUE(choices.spent());
  EXPECT_EQ(choices.below(100), 0U);
}

}  // namespace
}  // namespace holdfast
