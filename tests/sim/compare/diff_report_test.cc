#include "sim/compare/diff_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "engine/log/decision_log.h"

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string line_of(std::uint64_t at_ns, const std::string& target, v1::Verdict::Decision decision,
                    v1::ReasonCode because) {
  v1::Output output;
  v1::Verdict& verdict = *output.mutable_verdict();
  verdict.set_decision(decision);
  verdict.set_because(because);
  verdict.set_event(v1::NEW_SERVICE);
  verdict.set_operation("registry_set");
  verdict.set_program("C:\\a.exe");
  verdict.set_target(target);
  verdict.add_reason()->set_code(because);
  std::string line;
  engine::append_log_line(at_ns, output, line);
  return line;
}

std::string allowed(const std::string& target) { return line_of(1, target, v1::Verdict::ALLOW, v1::ACTION_IS_ALLOW); }
std::string denied(const std::string& target) { return line_of(2, target, v1::Verdict::DENY, v1::ACTION_IS_DENY); }

// The lists live as long as the difference.
struct Reported {
  DecisionList before;
  DecisionList after;
  DecisionDiff diff;
  Reported(std::string one, std::string other)
      : before(*DecisionList::parse("a.log", std::move(one))),
        after(*DecisionList::parse("b.log", std::move(other))),
        diff(diff_decisions(before, after)) {}
};

TEST(DiffReport, NamesProgramEventAndBothDecisionsOfAChange) {
  const Reported changed(allowed("X") + allowed("Y"), denied("X") + allowed("Y"));
  const std::string text = diff_text(changed.diff, {});
  EXPECT_THAT(text, HasSubstr("  C:\\a.exe\n    New Service\n      changed"));
  EXPECT_THAT(text, HasSubstr("ALLOW because set to Allow → DENY because set to Deny"));
  EXPECT_THAT(text, HasSubstr("  1 equal, 1 changed\n"));
}

TEST(DiffReport, CountsWhatIsGoneAndWhatIsNew) {
  const Reported moved(allowed("X"), allowed("Y"));
  EXPECT_THAT(diff_text(moved.diff, {}), HasSubstr("  0 equal, 1 gone, 1 added\n"));
}

TEST(DiffReport, ListsNoMoreThanTheLimitAndSaysHowManyMore) {
  const Reported many(allowed("1") + allowed("2") + allowed("3"), denied("1") + denied("2") + denied("3"));
  const std::string text = diff_text(many.diff, {.limit = 2});
  EXPECT_THAT(text, HasSubstr("  … and 1 more (--all lists all)\n"));
  EXPECT_THAT(diff_text(many.diff, {.limit = 0}), Not(HasSubstr("more")));
}

TEST(DiffReport, SaysTheSameToMachines) {
  const Reported changed(allowed("X"), denied("X"));
  JsonWriter json;
  json.object();
  write_diff(changed.diff, {}, json);
  json.end();
  EXPECT_THAT(json.text(), HasSubstr(R"("same":false,"equal":0)"));
  EXPECT_THAT(json.text(), HasSubstr(R"("because":"ACTION_IS_DENY")"));
}

}  // namespace
}  // namespace holdfast
