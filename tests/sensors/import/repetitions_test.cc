#include "sensors/import/repetitions.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/sensors/import/import_fixture.h"
#include "tests/support/random.h"

namespace holdfast {
namespace {

constexpr EventProvider kSysmon = EventProvider::kSysmon;
constexpr EventProvider kSecurity = EventProvider::kSecurity;
constexpr EventProvider kSystem = EventProvider::kSystem;
constexpr std::uint64_t kTwoSeconds = 2'000'000'000;
constexpr std::uint64_t kTold_ns = 1'700'000'000'000'000'000;

v1::Operation operation_of(const std::string& text, std::uint64_t wall_ns = kTold_ns) {
  v1::Operation operation;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &operation)) << text;
  operation.set_wall_ns(wall_ns);
  return operation;
}

// What comes of tellings.
class Told {
 public:
  Told& tell(const v1::Operation& operation, EventProvider provider) {
    v1::Input input;
    *input.mutable_operation() = operation;
    EXPECT_TRUE(repetitions_.take(input, provider));
    return *this;
  }
  Told& tell(const std::string& text, EventProvider provider, std::uint64_t after_ns = 0) {
    return tell(operation_of(text, kTold_ns + after_ns), provider);
  }
  const std::vector<v1::Operation>& all() {
    EXPECT_TRUE(repetitions_.finish());
    return given_;
  }
  // "first, repeats": of all that was told, in its order.
  std::string marks() {
    std::string marks;
    for (const v1::Operation& each : all()) marks += (marks.empty() ? "" : ", ") + kind(each);
    return marks;
  }
  const Repetitions& repetitions() const { return repetitions_; }

 private:
  static std::string kind(const v1::Operation& operation) { return operation.repeats() ? "repeats" : "first"; }

  std::vector<v1::Operation> given_;
  Repetitions repetitions_{[this](v1::Input& input) -> Expected<void> {
    given_.push_back(input.operation());
    return {};
  }};
};

constexpr const char* kServiceIsWritten =
    R"(registry_set { key: "HKLM\\System\\CurrentControlSet\\Services\\Updater" value: "ImagePath" data: "C:\\u.exe" })";
constexpr const char* kProgramStarts = R"(process_start { pid: 7 start_ns: 5 image: "C:\\A.exe" })";
constexpr const char* kTaskKeyAppears =
    R"(registry_key_create { key: "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tree\\T\\One" })";
constexpr const char* kTaskValueIsSet =
    R"(registry_set { key: "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tree\\T\\One" value: "Id" })";
constexpr const char* kTaskFileAppears =
    R"(actor { pid: 7 } file_create { path: "C:\\Windows\\System32\\Tasks\\T\\One" })";
constexpr const char* kTaskIsRegistered = R"(scheduled_task_register { name: "\\T\\One" })";

struct Pair {
  std::string one, other;
};

TEST(Repetitions, AreKnownWhicheverSourceTellsFirst) {
  const Pair kPairs[] = {
      {kProgramStarts, R"(process_start { pid: 7 image: "c:\\a.EXE" })"},
      {R"(actor { pid: 7 } actor_image: "C:\\a.exe" process_exit {})",
       R"(actor { pid: 7 start_ns: 9 } actor_image: "C:\\a.exe" process_exit { exit_code: 1 })"},
      {R"(actor { pid: 7 } process_access { target_image: "C:\\l.exe" access_mask: 4112 })",
       R"(actor { pid: 7 } process_access { target_image: "C:\\L.exe" access_mask: 4112 })"},
      {R"(actor { pid: 7 } file_delete { path: "C:\\x.txt" })",
       R"(actor { pid: 7 } file_access { path: "C:\\X.txt" access_mask: 65536 })"},
      {kServiceIsWritten, R"(service_install { name: "UPDATER" image_path: "C:\\U.exe" })"},
      {R"(service_install { name: "Updater" image_path: "C:\\u.exe" account: "LocalSystem" })",
       R"(service_install { name: "Updater" image_path: "C:\\u.exe" })"},
      {kTaskIsRegistered, R"(scheduled_task_register { name: "\\t\\ONE" content: "<Task/>" })"},
      {R"(scheduled_task_register { name: "\\T" updated: true })",
       R"(scheduled_task_register { name: "\\T" updated: true content: "<Task/>" })"},
      {R"(firewall_policy_change { kind: KIND_RULE_ADDED rule: "r" })",
       R"(firewall_policy_change { kind: KIND_RULE_ADDED rule: "R" profile: "Public" })"},
  };
  for (const Pair& pair : kPairs) {
    EXPECT_EQ(Told().tell(pair.one, kSysmon).tell(pair.other, kSecurity, 1).marks(), "first, repeats") << pair.one;
    EXPECT_EQ(Told().tell(pair.other, kSysmon).tell(pair.one, kSecurity, 1).marks(), "first, repeats") << pair.other;
  }
}

// What another source knows beside it is decided about, whichever comes first.
TEST(Repetitions, AddWhatTheFirstOneLeftOut) {
  const struct {
    std::string poor, rich, both;
  } kRows[] = {
      {R"(actor { pid: 3 } process_start { pid: 7 image: "C:\\A.exe" parent { pid: 3 } })",
       R"(actor { pid: 3 start_ns: 1 } process_start { pid: 7 start_ns: 5 image: "C:\\a.exe" command_line: "a x" })",
       R"(actor { pid: 3 start_ns: 1 } process_start { pid: 7 start_ns: 5 image: "C:\\A.exe" command_line: "a x" parent { pid: 3 } })"},
      {kTaskIsRegistered, R"(actor_user: "u" scheduled_task_register { name: "\\T\\One" content: "<Task/>" })",
       R"(actor_user: "u" scheduled_task_register { name: "\\T\\One" content: "<Task/>" })"},
  };
  for (const auto& row : kRows) {
    const std::vector<v1::Operation> told = Told().tell(row.poor, kSysmon).tell(row.rich, kSecurity, 1).all();
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[0].DebugString(), operation_of(row.both).DebugString());
    EXPECT_TRUE(told[1].repeats());
    const std::vector<v1::Operation> swapped = Told().tell(row.rich, kSysmon).tell(row.poor, kSecurity, 1).all();
    EXPECT_EQ(swapped[0].ByteSizeLong(), told[0].ByteSizeLong());
  }
}

TEST(Repetitions, OfAFileCountByTheEventThatTellsThatItIsNew) {
  const std::string create = R"(actor { pid: 7 } file_create { path: "C:\\x.txt" })";
  const std::string write = R"(actor { pid: 7 } file_access { path: "C:\\X.txt" access_mask: 278 })";
  EXPECT_EQ(Told().tell(create, kSysmon).tell(write, kSecurity, 1).marks(), "first, repeats");
  EXPECT_EQ(Told().tell(write, kSecurity).tell(create, kSysmon, 1).marks(), "repeats, first");
}

TEST(Repetitions, OfATaskCountByTheEventOfItsOwn) {
  EXPECT_EQ(Told().tell(kTaskKeyAppears, kSysmon).tell(kTaskIsRegistered, kSecurity, 1).marks(), "repeats, first");
  EXPECT_EQ(Told().tell(kTaskIsRegistered, kSecurity).tell(kTaskKeyAppears, kSysmon, 1).marks(), "first, repeats");
  EXPECT_EQ(Told().tell(kTaskValueIsSet, kSysmon).tell(kTaskIsRegistered, kSecurity, 1).marks(), "repeats, first");
  EXPECT_EQ(Told().tell(kTaskFileAppears, kSysmon).tell(kTaskIsRegistered, kSecurity, 1).marks(), "repeats, first");
  EXPECT_EQ(Told().tell(kTaskIsRegistered, kSecurity).tell(kTaskFileAppears, kSysmon, 1).marks(), "first, repeats");
  EXPECT_EQ(Told()
                .tell(kTaskKeyAppears, kSysmon)
                .tell(kTaskIsRegistered, kSecurity, 1)
                .tell(kTaskIsRegistered, EventProvider::kTaskScheduler, 2)
                .marks(),
            "repeats, first, repeats");
}

TEST(Repetitions, AreNoneWhereAnythingTellsTheActsApart) {
  const Pair kPairs[] = {
      {kProgramStarts, R"(process_start { pid: 8 image: "C:\\A.exe" })"},
      {kProgramStarts, R"(process_start { pid: 7 image: "C:\\B.exe" })"},
      {kProgramStarts, R"(endpoint: "PC2" process_start { pid: 7 image: "C:\\A.exe" })"},
      {kProgramStarts, R"(actor { pid: 7 } actor_image: "C:\\A.exe" process_exit {})"},
      {kServiceIsWritten, R"(service_install { name: "Other" image_path: "C:\\u.exe" })"},
      {kServiceIsWritten, R"(service_install { name: "Updater" image_path: "C:\\v.exe" })"},
      {kTaskIsRegistered, R"(scheduled_task_register { name: "\\T\\One" updated: true })"},
      {R"(firewall_policy_change { kind: KIND_RULE_ADDED rule: "r" })",
       R"(firewall_policy_change { kind: KIND_RULE_DELETED rule: "r" })"},
      {R"(actor { pid: 7 } file_create { path: "C:\\x.txt" })",
       R"(actor { pid: 7 } file_access { path: "C:\\x.txt" access_mask: 65536 })"},
      {R"(actor { pid: 7 } file_create { path: "C:\\x.txt" })",
       R"(actor { pid: 7 } file_delete { path: "C:\\x.txt" })"},
  };
  for (const Pair& pair : kPairs) {
    EXPECT_EQ(Told().tell(pair.one, kSysmon).tell(pair.other, kSecurity).marks(), "first, first") << pair.other;
    EXPECT_EQ(Told().tell(pair.other, kSysmon).tell(pair.one, kSecurity).marks(), "first, first") << pair.other;
  }
  const std::string nothing_to_compare[] = {
      R"(process_start { image: "C:\\A.exe" })",  // under no number
      R"(process_exit {})",
      R"(file_create { path: "C:\\x.txt" })",                                        // by nobody
      R"(actor { pid: 7 } file_access { path: "C:\\x.txt" access_mask: 1179785 })",  // for reading
      R"(service_install { name: "x" })",                                            // of nothing
      R"(service_install { image_path: "x" })",
      R"(registry_set { key: "HKLM\\System\\CurrentControlSet\\Services\\U" value: "Start" data: "2" })",
      R"(registry_set { key: "HKLM\\Software\\U" value: "ImagePath" data: "C:\\u.exe" })",
      R"(registry_key_create { key: "HKLM\\System\\CurrentControlSet\\Services\\U" })",
      R"(actor { pid: 7 } dns_query { name: "x" })",
  };
  for (const std::string& text : nothing_to_compare) EXPECT_EQ(act_of(operation_of(text)).name, "") << text;
}

// A handle that may only ask hides none that may write.
TEST(Repetitions, OfAnAccessHaveNoRightsThatTheFirstOneHadNot) {
  for (const std::string kind : {R"(process_access { target_image: "C:\\l.exe" access_mask: )",
                                 R"(file_access { path: "C:\\x" access_mask: )"}) {
    const auto access = [&](std::uint32_t mask) { return "actor { pid: 7 } " + kind + std::to_string(mask) + " }"; };
    EXPECT_EQ(Told().tell(access(0x2), kSysmon).tell(access(0x1'0006), kSecurity).marks(), "first, first");
    EXPECT_EQ(Told().tell(access(0x1'0006), kSysmon).tell(access(0x2), kSecurity).marks(), "first, repeats");
  }
  for (std::uint32_t bit = 1; bit != 0; bit <<= 1U) {
    v1::Operation access = operation_of(R"(actor { pid: 7 } file_access { path: "C:\\x.txt" })");
    access.mutable_file_access()->set_access_mask(bit);
    // WRITE_DATA, APPEND_DATA, WRITE_EA, WRITE_ATTRIBUTES, DELETE
    const bool changes = bit == 0x2 || bit == 0x4 || bit == 0x10 || bit == 0x100 || bit == 0x1'0000;
    EXPECT_EQ(act_of(access).name, changes ? R"(file||7|c:\x.txt)" : "") << bit;
  }
}

TEST(Repetitions, ComeWithinTwoSeconds) {
  EXPECT_EQ(Told().tell(kProgramStarts, kSysmon).tell(kProgramStarts, kSecurity, kTwoSeconds).marks(),
            "first, repeats");
  EXPECT_EQ(Told().tell(kProgramStarts, kSysmon).tell(kProgramStarts, kSecurity, kTwoSeconds + 1).marks(),
            "first, first");
}

// One source tells two acts as two; each is repeated once by each other one.
TEST(Repetitions, AnswerOneTellingEach) {
  EXPECT_EQ(Told().tell(kProgramStarts, kSysmon).tell(kProgramStarts, kSysmon, 1).marks(), "first, first");
  EXPECT_EQ(Told()
                .tell(kProgramStarts, kSysmon)
                .tell(kProgramStarts, kSecurity, 1)
                .tell(kProgramStarts, kSecurity, 2)
                .tell(kProgramStarts, kSystem, 3)
                .tell(kProgramStarts, kSystem, 4)
                .tell(kProgramStarts, kSysmon, 5)
                .tell(kProgramStarts, kSysmon, 6)
                .marks(),
            "first, repeats, first, repeats, repeats, repeats, first");
}

TEST(Repetitions, BeyondTheLimitsAreNotComparedAndCounted) {
  Told many;
  many.tell(kTaskIsRegistered, kSecurity);
  for (std::uint32_t pid = 1; pid < Repetitions::kHeldMax + 5; ++pid) {
    v1::Operation start = operation_of(kProgramStarts);
    start.mutable_process_start()->set_pid(pid);
    many.tell(start, kSysmon);
  }
  EXPECT_EQ(many.repetitions().not_compared(), 5U);
  EXPECT_EQ(many.all().size(), Repetitions::kHeldMax + 5);
  Told same;
  same.tell(kTaskIsRegistered, kSecurity);
  for (std::size_t i = 0; i < Repetitions::kOfOneNameMax + 3; ++i) same.tell(kProgramStarts, kSysmon, i);
  EXPECT_EQ(same.repetitions().not_compared(), 3U);
  EXPECT_EQ(same.all().size(), Repetitions::kOfOneNameMax + 4);
}

// As one would write it first: all that was told, searched from its beginning.
class NaiveRepetitions {
 public:
  bool repeats(const v1::Operation& operation, EventProvider provider) {
    const Act act = act_of(operation);
    for (Telling& told : told_) {
      if (told.act.name != act.name || operation.wall_ns() - told.wall_ns > kTwoSeconds) continue;
      if ((act.rights | told.act.rights) != told.act.rights || !told.by.insert(provider).second) continue;
      return true;
    }
    told_.push_back({act, operation.wall_ns(), {provider}});
    return false;
  }

 private:
  struct Telling {
    Act act;
    std::uint64_t wall_ns;
    std::set<EventProvider> by;
  };
  std::vector<Telling> told_;
};

TEST(Repetitions, AgreeWithANaiveSearch) {
  std::uint64_t repeated = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    test::Random random(seed);
    Told told;
    NaiveRepetitions naive;
    std::vector<bool> expected;
    std::uint64_t wall_ns = kTold_ns;
    for (int i = 0; i < 500; ++i) {
      wall_ns += random.below(4) == 0 ? random.below(5'000'000'000) : random.below(700'000'000);
      v1::Operation access = operation_of(R"(process_access { target_image: "C:\\l.exe" })", wall_ns);
      access.mutable_actor()->set_pid(1 + static_cast<std::uint32_t>(random.below(3)));
      access.mutable_process_access()->set_access_mask(1 + static_cast<std::uint32_t>(random.below(3)));
      const auto provider = static_cast<EventProvider>(random.below(3));
      told.tell(access, provider);
      expected.push_back(naive.repeats(access, provider));
    }
    const std::vector<v1::Operation>& given = told.all();
    ASSERT_EQ(given.size(), expected.size());
    for (std::size_t i = 0; i < given.size(); ++i) ASSERT_EQ(given[i].repeats(), expected[i]) << seed << ", " << i;
    repeated += told.repetitions().repeated();
  }
  EXPECT_GT(repeated, 1'000U);
}

using RepeatedEvents = ImportTest;

constexpr const char* kTwoLogs =
    R"({"EventID":1,"SourceName":"Microsoft-Windows-Sysmon","UtcTime":"2024-01-01 10:00:00.000","ProcessGuid":"{11111111-0000-6592-0100-000000000001}","ProcessId":1280,"Image":"C:\\Windows\\System32\\mshta.exe","CommandLine":"mshta http://h/x.hta","Hostname":"h"}
{"EventID":4688,"SourceName":"Microsoft-Windows-Security-Auditing","Channel":"Security","@timestamp":"2024-01-01T10:00:00.010Z","Hostname":"h","NewProcessId":"0x500","NewProcessName":"C:\\Windows\\System32\\mshta.exe","CommandLine":"mshta http://h/x.hta","ProcessId":"0x400"}
)";

TEST_F(RepeatedEvents, AreMarkedAndCounted) {
  const ImportReport report = import(kTwoLogs);
  EXPECT_EQ(report.summary.mapped(), 2U);
  EXPECT_EQ(report.summary.repetitions(), 1U);
  ASSERT_EQ(kept_.inputs.size(), 2U);
  EXPECT_FALSE(kept_.operation(0).repeats());
  EXPECT_TRUE(kept_.operation(1).repeats());
}

}  // namespace
}  // namespace holdfast
