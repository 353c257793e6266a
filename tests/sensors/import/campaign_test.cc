// The campaign of fixtures/events, in the two forms in which it lies there.
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/sensors/import/import_fixture.h"
#include "tests/support/campaign_log.h"
#include "tests/support/repository.h"

namespace holdfast {
namespace {

constexpr std::size_t kEvents = 418;

std::string fixture(const std::string& name) { return in_repository("fixtures/events/" + name); }

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

using Campaign = ImportTest;

TEST_F(Campaign, LiesThereAsTheWriterWritesIt) {
  const auto log = campaign_log(content_of(fixture("campaign.json")));
  ASSERT_TRUE(log) << log.error().text();
  EXPECT_TRUE(content_of(fixture("campaign.evtx")) == *log) << "write it anew: build/dev/bin/write_campaign_log";
}

TEST_F(Campaign, IsTheSameOperationsInBothForms) {
  const auto report = import_files({fixture("campaign.evtx")});
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->summary.malformed(), 0U);
  EXPECT_EQ(report->summary.unmapped(), 0U);
  EXPECT_EQ(report->remarks.checksum_mismatches, 0U);
  const std::vector<v1::Input> of_evtx = kept_.inputs;
  const std::string profile = kept_.header.profile().Utf8DebugString();
  ASSERT_EQ(of_evtx.size(), kEvents);

  ASSERT_TRUE(import_files({fixture("campaign.json")}));
  ASSERT_EQ(kept_.inputs.size(), kEvents);
  EXPECT_EQ(kept_.header.profile().Utf8DebugString(), profile);
  for (std::size_t i = 0; i < kEvents; ++i)
    ASSERT_EQ(of_evtx[i].Utf8DebugString(), kept_.inputs[i].Utf8DebugString()) << "event " << i + 1;
}

TEST_F(Campaign, IsRefusedWhereALineIsNoEvent) {
  EXPECT_FALSE(campaign_log("{}\n"));
  EXPECT_FALSE(campaign_log("nothing"));
}

}  // namespace
}  // namespace holdfast
