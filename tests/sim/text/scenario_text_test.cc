#include "sim/text/scenario_text.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "sim/scenario/scenario_file.h"
#include "sim/text/text_file.h"

namespace holdfast {
namespace {

using google::protobuf::util::MessageDifferencer;

TEST(ScenarioText, IsReadBackAsTheSameScenario) {
  const auto files = find_text_files("scenarios", ".txtpb", 10'000);
  ASSERT_TRUE(files);
  ASSERT_FALSE(files->empty());
  for (const std::string& path : *files) {
    const auto file = load_scenario(path);
    ASSERT_TRUE(file) << file.error().text();
    const auto again = parse_scenario("again.txtpb", scenario_text(file->scenario, {"a remark\nof two lines"}));
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_TRUE(MessageDifferencer::Equals(file->scenario, again->scenario)) << path;
  }
}

TEST(ScenarioText, HasALinePerThing) {
  const auto file =
      parse_scenario("a.txtpb", R"(expect { count { prompts: 0 } } name: "ä" at { t: "1s" loss { events: 2 } })");
  ASSERT_TRUE(file);
  EXPECT_EQ(scenario_text(file->scenario, {"made by hand"}),
            "# proto-file: engine/schema/scenario.proto\n"
            "# proto-message: holdfast.v1.Scenario\n"
            "# made by hand\n"
            "name: \"ä\"\n"
            "at { t: \"1s\" loss { events: 2 } }\n"
            "expect { count { prompts: 0 } }\n");
}

}  // namespace
}  // namespace holdfast
