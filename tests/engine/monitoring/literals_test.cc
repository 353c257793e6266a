#include "engine/monitoring/literals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "engine/monitoring/event_rule.h"
#include "engine/monitoring/event_rules.h"
#include "engine/monitoring/system_files.h"

namespace holdfast::engine {
namespace {

TEST(Literals, AreThoseOfEveryTable) {
  std::set<std::string, std::less<>> texts;
  for_each_literal([&](LiteralKind /*kind*/, std::string_view text) { texts.emplace(text); });
  for (const EventRule& rule : event_rules()) {
    for (const std::string_view text :
         {rule.target, rule.program, rule.value, rule.not_value, rule.except, rule.text, rule.not_text}) {
      EXPECT_TRUE(texts.contains(text)) << rule.id;
    }
  }
  for (const SystemFile& file : system_files()) EXPECT_TRUE(texts.contains(file.name)) << file.name;
  for (const std::string_view name : interpreters()) EXPECT_TRUE(is_interpreter(name) && texts.contains(name)) << name;
  for (const char* text : {R"(%SYSTEMROOT%\SYSTEM32\WBEM)", R"(*\TMP\*\**)", "SYSTEM", "DLL", "%TEMP%", "HKEY_USERS",
                           "ProgramW6432", R"(\AppData\Roaming)"}) {
    EXPECT_TRUE(texts.contains(text)) << text;
  }
}

TEST(Literals, SayWhatTheyAreWrittenIn) {
  for_each_literal([](LiteralKind kind, std::string_view text) {
    if (text == R"(**\START MENU\PROGRAMS\STARTUP\**)") {
      EXPECT_EQ(kind, LiteralKind::kPattern);
    }
    if (text == "^4$") {
      EXPECT_EQ(kind, LiteralKind::kExpression);
    }
  });
}

}  // namespace
}  // namespace holdfast::engine
