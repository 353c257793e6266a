#include "cloud/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace holdfast::cloud {
namespace {

using testing::ElementsAre;

TEST(Options, OfServing) {
  const auto line = parse_command_line({"serve", "--data", "x.sqlite", "--listen", "127.0.0.1:1", "--listen", "[::1]:2",
                                        "--rate-limit", "50", "--threads", "2"});
  ASSERT_TRUE(line) << line.error().text();
  EXPECT_EQ(line->task, Task::kServe);
  EXPECT_EQ(line->serve.data, "x.sqlite");
  EXPECT_THAT(line->serve.listen, ElementsAre("127.0.0.1:1", "[::1]:2"));
  EXPECT_EQ(line->serve.rate_limit, 50U);
  EXPECT_EQ(line->serve.threads, 2U);
  EXPECT_THAT(parse_command_line({"serve", "--data", "x"})->serve.listen, ElementsAre("127.0.0.1:8080"));
}

TEST(Options, OfTheOtherTasks) {
  EXPECT_EQ(parse_command_line({})->task, Task::kHelp);
  EXPECT_EQ(parse_command_line({"serve", "--help"})->task, Task::kHelp);
  EXPECT_EQ(parse_command_line({"status", "--data", "x"})->task, Task::kStatus);
  EXPECT_EQ(parse_command_line({"import", "--csv", "f", "--data", "x"})->file, "f");
  EXPECT_EQ(parse_command_line({"import", "--nsrl", "f", "--data", "x"})->task, Task::kImportNsrl);
  EXPECT_EQ(parse_command_line({"generate", "--count", "5", "--data", "x"})->count, 5U);
}

TEST(Options, ThatMakeNoSenseAreNamed) {
  const std::vector<std::vector<std::string>> wrong = {
      {"dance", "--data", "x"},
      {"serve"},
      {"serve", "--data"},
      {"serve", "--data", "x", "--colour", "blue"},
      {"serve", "--data", "x", "--threads", "0"},
      {"serve", "--data", "x", "--threads", "many"},
      {"serve", "--data", "x", "--request-bytes", "10"},
      {"import", "--data", "x"},
      {"import", "--data", "x", "--csv", "a", "--nsrl", "b"},
      {"generate", "--data", "x"},
      {"serve", "status", "--data", "x"},
  };
  for (const auto& arguments : wrong) EXPECT_FALSE(parse_command_line(arguments)) << testing::PrintToString(arguments);
}

}  // namespace
}  // namespace holdfast::cloud
