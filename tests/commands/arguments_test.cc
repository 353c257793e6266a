#include "commands/frame/arguments.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace holdfast {
namespace {

CommandLine weigh() {
  CommandLine line("weigh", "THING...", 1, 2);
  line.purpose("say how heavy things are");
  line.option("unit,u", "NAME", "in which unit").list("with", "THING", "also this").flag("exact", "all digits");
  line.example("scales weigh apple", "one thing");
  return line;
}

Expected<Arguments> given(const std::vector<std::string>& arguments) { return weigh().parse("scales", arguments); }

TEST(CommandLine, GivesWhatWasTyped) {
  const auto typed = given({"apple", "-u", "kg", "--with", "bag", "--with", "box", "--exact"});
  ASSERT_TRUE(typed.has_value());
  EXPECT_EQ(typed->positional(), std::vector<std::string>{"apple"});
  EXPECT_EQ(typed->text("unit"), "kg");
  EXPECT_EQ(typed->texts("with"), (std::vector<std::string>{"bag", "box"}));
  EXPECT_TRUE(typed->has("exact"));
  EXPECT_FALSE(typed->has("json"));
}

TEST(CommandLine, RefusesWhatItDoesNotKnowAndNamesTheProgramsHelp) {
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"apple", "--colour", "red"}, {}, {"a", "b", "c"}, {"a", "-u", "kg", "-u", "lb"}}) {
    const auto typed = given(wrong);
    ASSERT_FALSE(typed.has_value());
    EXPECT_EQ(typed.error().where, "weigh");
    EXPECT_EQ(typed.error().remedy, "see scales weigh --help");
  }
}

TEST(CommandLine, TakesWholeNumbersUpToTheMost) {
  EXPECT_EQ(given({"apple", "-u", "12"})->number("unit", 1, 12), 12U);
  EXPECT_EQ(given({"apple"})->number("unit", 7, 12), 7U);
  for (const std::string wrong : {"13", "-1", "1x", ""}) {
    const auto number = given({"apple", "-u", wrong})->number("unit", 1, 12);
    ASSERT_FALSE(number.has_value()) << wrong;
    EXPECT_EQ(number.error().field, "--unit");
    EXPECT_EQ(number.error().remedy, "see scales weigh --help");
  }
}

TEST(CommandLine, HelpNamesTheProgramAndEveryOption) {
  const std::string help = weigh().help("scales");
  for (const char* part : {"usage: scales weigh THING...", "-u, --unit NAME", "--exact", "--json", "-h, --help"}) {
    EXPECT_NE(help.find(part), std::string::npos) << part << '\n' << help;
  }
}

}  // namespace
}  // namespace holdfast
