#include "reports/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/text/units.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

v1::Input start_of(std::uint32_t pid, const std::string& image, std::uint64_t at_ns = 0) {
  v1::Input input;
  input.set_at_ns(at_ns);
  input.mutable_operation()->mutable_process_start()->set_pid(pid);
  input.mutable_operation()->mutable_process_start()->set_image(image);
  return input;
}

v1::Input rename_by(std::uint32_t pid, const std::string& path, const std::string& new_path, std::uint64_t at_ns) {
  v1::Input input;
  input.set_at_ns(at_ns);
  input.mutable_operation()->mutable_actor()->set_pid(pid);
  input.mutable_operation()->mutable_file_rename()->set_path(path);
  input.mutable_operation()->mutable_file_rename()->set_new_path(new_path);
  return input;
}

TEST(Timeline, NamesTheProgramThatStartedWithThePid) {
  TimelineView view;
  std::vector<TimelineRow> rows;
  view.add(start_of(42, R"(C:\Mail\outlook.exe)"), {}, rows);
  view.add(rename_by(42, "invoice.exe", "holiday.exe", 3'120'000'000), {}, rows);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(timeline_line(rows[1], TimeText::since_start(), {}),
            "  00:00:03.120  file_rename       outlook.exe (42)            invoice.exe → holiday.exe");
}

v1::Input act_of(const std::string& user, const std::string& computer) {
  v1::Input input = rename_by(42, "a", "b", 0);
  input.mutable_operation()->set_actor_user(user);
  input.mutable_operation()->set_endpoint(computer);
  return input;
}

TEST(Timeline, NamesUserAndComputerWhereTheyAreNotTheEndpointsOwn) {
  TimelineView view;
  std::vector<TimelineRow> rows;
  v1::Input started;
  started.mutable_agent_started()->mutable_profile()->set_endpoint("PC-1.example.com");
  view.add(started, {}, rows);
  v1::Input session;
  session.mutable_session_changed()->set_session_id(1);
  session.mutable_session_changed()->set_user("CONTOSO\\mara");
  session.mutable_session_changed()->set_state(v1::SessionChanged::ACTIVE);
  view.add(session, {}, rows);
  for (const char* own : {"", "NT AUTHORITY\\SYSTEM", "nt-autorität\\Local Service", "S-1-5-18", "CONTOSO\\PC-1$",
                          "Contoso\\Mara", "Window Manager\\DWM-1"}) {
    rows.clear();
    view.add(act_of(own, "pc-1.EXAMPLE.com"), {}, rows);
    EXPECT_EQ(rows[0].user + rows[0].computer, "") << own;
  }
  for (const char* other : {"CONTOSO\\nils", "CONTOSO\\PC-2$", "mara"}) {
    rows.clear();
    view.add(act_of(other, "PC-2"), {}, rows);
    EXPECT_THAT(timeline_line(rows[0], TimeText::since_start(), {}),
                testing::EndsWith(std::string("a → b   by ") + other + " on PC-2"));
  }
  session.mutable_session_changed()->set_state(v1::SessionChanged::LOGGED_OFF);
  view.add(session, {}, rows);
  rows.clear();
  view.add(act_of("CONTOSO\\mara", ""), {}, rows);
  EXPECT_EQ(rows[0].user, "CONTOSO\\mara") << "who is not logged on any more";
}

TEST(Timeline, GivesAReusedPidToItsLatestProgram) {
  TimelineView view;
  std::vector<TimelineRow> rows;
  view.add(start_of(42, "first.exe"), {}, rows);
  view.add(start_of(42, "second.exe"), {}, rows);
  view.add(rename_by(42, "a", "b", 0), {}, rows);
  EXPECT_EQ(rows[2].program, "second.exe");
}

TEST(Timeline, GivesAPidOfAnotherComputerToItsProgramThere) {
  TimelineView view;
  std::vector<TimelineRow> rows;
  for (const char* computer : {"", "PC2"}) {
    v1::Input started = start_of(42, std::string("C:\\of") + computer + ".exe");
    started.mutable_operation()->set_endpoint(computer);
    view.add(started, {}, rows);
  }
  for (const char* computer : {"", "pc2", "PC3"}) view.add(act_of("", computer), {}, rows);
  EXPECT_EQ(rows[2].program, "C:\\of.exe");
  EXPECT_EQ(rows[3].program, "C:\\ofPC2.exe");
  EXPECT_EQ(rows[4].program, "");
}

TEST(Timeline, TakesNobodyForAProgramWhosePidNobodyKnew) {
  TimelineView view;
  std::vector<TimelineRow> rows;
  view.add(start_of(0, "nameless.exe"), {}, rows);
  view.add(rename_by(0, "a", "b", 0), {}, rows);
  EXPECT_EQ(rows[1].program, "");
}

TEST(Timeline, ShowsAnUnknownProgramByItsPid) {
  TimelineView view;
  std::vector<TimelineRow> rows;
  view.add(rename_by(77, "a", "b", 0), {}, rows);
  EXPECT_THAT(timeline_line(rows[0], TimeText::since_start(), {}), HasSubstr("pid 77"));
}

TEST(Timeline, PutsDecisionsBehindWhatTheyAreAbout) {
  std::vector<v1::Output> outputs(3);
  outputs[0].mutable_prompt()->set_event(v1::HOSTS_FILE_MODIFICATION);
  outputs[0].mutable_prompt()->set_countdown_s(30);
  outputs[1].mutable_timer_set()->set_timer_id(1);
  outputs[2].mutable_verdict()->set_decision(v1::Verdict::DENY);
  outputs[2].mutable_verdict()->set_because(v1::ACTION_IS_DENY);
  TimelineView view;
  std::vector<TimelineRow> rows;
  view.add(start_of(1, "x.exe"), outputs, rows);
  std::vector<std::string> kinds;
  for (const TimelineRow& row : rows) kinds.push_back(row.kind);
  EXPECT_THAT(kinds, ElementsAre("process_start", "prompt", "verdict")) << "timers are the engine's own business";
  EXPECT_EQ(rows[1].note, "Hosts File Modification, 30 s to answer");
  EXPECT_EQ(rows[2].note, "denied, set to Deny");
  EXPECT_EQ(rows[2].weight, TimelineRow::Weight::kStopped);
}

TEST(Timeline, LeavesTimersOut) {
  TimelineView view;
  std::vector<TimelineRow> rows;
  v1::Input input;
  input.mutable_timer_fired()->set_timer_id(1);
  view.add(input, {}, rows);
  EXPECT_TRUE(rows.empty());
}

TEST(Timeline, TellsWhatWasAskedOutsideAndWhatCameOfIt) {
  TimelineView view;
  std::vector<TimelineRow> rows;
  v1::Input input;
  input.mutable_network_changed()->mutable_state()->set_has_ipv6(true);
  std::vector<v1::Output> outputs(1);
  outputs[0].mutable_http_request()->set_request_id(4);
  outputs[0].mutable_http_request()->set_url("https://csss.example/v1/safe/00112233" + std::string(56, 'f'));
  outputs[0].mutable_http_request()->set_proxy("proxy.example:3128");
  view.add(input, outputs, rows);
  input.mutable_http_outcome()->set_request_id(4);
  input.mutable_http_outcome()->set_result(v1::HTTP_RESPONSE);
  input.mutable_http_outcome()->set_status(503);
  input.mutable_http_outcome()->set_content_type("text/html");
  v1::CloudStatus& status = *outputs[0].mutable_cloud_status();
  status.set_health(v1::CloudStatus::CIRCUIT_OPEN);
  status.set_last_failure(v1::LOOKUP_HTTP_STATUS);
  status.set_route("proxy proxy.example:3128");
  status.set_added_wait_ns(2'000'000'000);
  view.add(input, outputs, rows);
  std::vector<std::string> notes;
  for (const TimelineRow& row : rows) notes.push_back(row.note);
  EXPECT_THAT(notes,
              ElementsAre("IPv6 only", "request 4, https://csss.example/v1/safe/00112233…, proxy proxy.example:3128",
                          "request 4: HTTP_RESPONSE 503 text/html",
                          "circuit open: the response had an error status (proxy proxy.example:3128), programs "
                          "waited up to 2 s"));
}

TEST(Timeline, KnowsATargetForEveryKindOfOperation) {
  const auto* kinds = v1::Operation::descriptor()->FindOneofByName("what");
  for (int i = 0; i < kinds->field_count(); ++i) {
    v1::Operation operation;
    auto* message = operation.GetReflection()->MutableMessage(&operation, kinds->field(i));
    // Every text field filled: whichever the target is made of, something shows.
    const auto* type = message->GetDescriptor();
    for (int f = 0; f < type->field_count(); ++f) {
      const auto* field = type->field(f);
      if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING && !field->is_repeated() &&
          field->type() == google::protobuf::FieldDescriptor::TYPE_STRING) {
        message->GetReflection()->SetString(message, field, "something");
      }
    }
    EXPECT_NE(operation_target(operation), "") << kinds->field(i)->name();
    EXPECT_EQ(operation_name(operation), kinds->field(i)->name());
  }
}

TEST(Timeline, MarksWithoutColoursWhatWasStoppedAndAsked) {
  TimelineRow row;
  row.kind = "verdict";
  row.weight = TimelineRow::Weight::kStopped;
  EXPECT_TRUE(timeline_line(row, TimeText::since_start(), {}).starts_with("! "));
  row.weight = TimelineRow::Weight::kAsked;
  EXPECT_TRUE(timeline_line(row, TimeText::since_start(), {}).starts_with("? "));
  EXPECT_THAT(timeline_line(row, TimeText::since_start(), {}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(timeline_line(row, TimeText::since_start(), {.colours = true, .width = 0}), HasSubstr("\x1b["));
}

TEST(Timeline, KeepsHostileNamesOffTheTerminal) {
  TimelineRow row;
  row.kind = "file_create";
  row.program = "C:\\\x1b[2J.exe";
  row.target = "a\nb";
  row.note = "\x07";
  const std::string line = timeline_line(row, TimeText::since_start(), {});
  for (const char c : line) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
}

TEST(TimelineFilters, AdmitTheTimesOfTheirBoundsAndNothingOutside) {
  const TimelineFilter filter{
      .from_ns = 2 * kSecond_ns, .to_ns = 4 * kSecond_ns, .program = {}, .decisions_only = false};
  TimelineRow row;
  for (const auto& [at_ns, admitted] : std::vector<std::pair<std::uint64_t, bool>>{
           {2 * kSecond_ns - 1, false}, {2 * kSecond_ns, true}, {4 * kSecond_ns, true}, {4 * kSecond_ns + 1, false}}) {
    row.at_ns = at_ns;
    EXPECT_EQ(filter.admits(row), admitted) << at_ns;
  }
}

TEST(TimelineFilters, FindAProgramByPartOfItsPathWithoutRegardToCase) {
  TimelineFilter filter;
  filter.program = "PowerShell";
  TimelineRow row;
  row.program = R"(C:\Windows\System32\WindowsPowerShell\v1.0\POWERSHELL.EXE)";
  EXPECT_TRUE(filter.admits(row));
  row.program = R"(C:\Windows\System32\cmd.exe)";
  EXPECT_FALSE(filter.admits(row));
}

TEST(TimelineFilters, CanKeepDecisionsOnly) {
  TimelineFilter filter;
  filter.decisions_only = true;
  TimelineRow row;
  EXPECT_FALSE(filter.admits(row));
  row.weight = TimelineRow::Weight::kDecided;
  EXPECT_TRUE(filter.admits(row));
}

}  // namespace
}  // namespace holdfast
