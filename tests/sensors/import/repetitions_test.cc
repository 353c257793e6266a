#include "sensors/import/repetitions.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/sensors/import/import_fixture.h"
#include "tests/support/random.h"

namespace holdfast {
namespace {

constexpr EventProvider kSysmon = EventProvider::kSysmon;
constexpr EventProvider kSecurity = EventProvider::kSecurity;

v1::Operation operation_of(const std::string& text, std::uint64_t wall_ns = 1) {
  v1::Operation operation;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &operation)) << text;
  operation.set_wall_ns(wall_ns);
  return operation;
}

constexpr const char* kServiceIsWritten =
    R"(registry_set { key: "HKLM\\System\\CurrentControlSet\\Services\\Updater" value: "ImagePath" data: "C:\\u.exe" })";
constexpr const char* kProgramStarts = R"(process_start { pid: 7 start_ns: 5 image: "C:\\A.exe" })";

TEST(Repetitions, AreKnownWhicheverSourceTellsFirst) {
  const struct {
    std::string one, other;
  } kPairs[] = {
      {kProgramStarts, R"(process_start { pid: 7 image: "c:\\a.EXE" })"},
      {R"(actor { pid: 7 } actor_image: "C:\\a.exe" process_exit {})",
       R"(actor { pid: 7 start_ns: 9 } actor_image: "C:\\a.exe" process_exit { exit_code: 1 })"},
      {R"(actor { pid: 7 } process_access { target_image: "C:\\l.exe" access_mask: 16 })",
       R"(actor { pid: 7 } process_access { target_image: "C:\\L.exe" access_mask: 2097151 })"},
      {R"(actor { pid: 7 } file_create { path: "C:\\x.txt" })",
       R"(actor { pid: 7 } file_access { path: "C:\\X.txt" access_mask: 2 })"},
      {kServiceIsWritten, R"(service_install { name: "Updater" image_path: "C:\\U.exe" })"},
      {R"(scheduled_task_register { name: "\\T\\One" })",
       R"(registry_key_create { key: "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tree\\T\\One" })"},
      {R"(firewall_policy_change { kind: KIND_RULE_ADDED rule: "r" })",
       R"(firewall_policy_change { kind: KIND_RULE_ADDED rule: "R" profile: "Public" })"},
  };
  for (const auto& pair : kPairs) {
    for (const bool swapped : {false, true}) {
      Repetitions repetitions;
      EXPECT_FALSE(repetitions.repeats(operation_of(swapped ? pair.other : pair.one), kSysmon)) << pair.one;
      EXPECT_TRUE(repetitions.repeats(operation_of(swapped ? pair.one : pair.other), kSecurity)) << pair.other;
    }
  }
}

TEST(Repetitions, AreNoneWhereAnythingTellsTheActsApart) {
  const std::string others[] = {
      R"(process_start { pid: 8 image: "C:\\A.exe" })",
      R"(process_start { pid: 7 image: "C:\\B.exe" })",
      R"(endpoint: "PC2" process_start { pid: 7 image: "C:\\A.exe" })",
      R"(process_start { image: "C:\\A.exe" })",
      R"(actor { pid: 7 } actor_image: "C:\\A.exe" process_exit {})",
  };
  for (const std::string& other : others) {
    Repetitions repetitions;
    EXPECT_FALSE(repetitions.repeats(operation_of(kProgramStarts), kSysmon));
    EXPECT_FALSE(repetitions.repeats(operation_of(other), kSecurity)) << other;
  }
  const std::string nothing_to_compare[] = {
      R"(file_create { path: "C:\\x.txt" })",                                        // by nobody
      R"(actor { pid: 7 } file_access { path: "C:\\x.txt" access_mask: 1179785 })",  // for reading
      R"(service_install { name: "x" })",                                            // of nothing
      R"(registry_set { key: "HKLM\\System\\CurrentControlSet\\Services\\U" value: "Start" data: "2" })",
      R"(actor { pid: 7 } dns_query { name: "x" })",
  };
  for (const std::string& text : nothing_to_compare) EXPECT_EQ(act_of(operation_of(text)), "") << text;
}

TEST(Repetitions, ComeWithinTwoSecondsAndFromAnotherSource) {
  Repetitions repetitions;
  const std::uint64_t start = 1'700'000'000'000'000'000;
  const auto told = [&](std::uint64_t after_ns, EventProvider provider) {
    return repetitions.repeats(operation_of(kProgramStarts, start + after_ns), provider);
  };
  EXPECT_FALSE(told(0, kSysmon));
  EXPECT_FALSE(told(1, kSysmon)) << "one source tells two acts as two";
  EXPECT_TRUE(told(Repetitions::kWindow_ns + 1, kSecurity));
  EXPECT_FALSE(told(Repetitions::kWindow_ns + 2, kSecurity)) << "too late: an act of its own";
  EXPECT_TRUE(told(Repetitions::kWindow_ns + 3, kSysmon)) << "which the other one repeats";
}

TEST(Repetitions, BeyondTheLimitAreNotKnownAndSaidSo) {
  Repetitions repetitions;
  for (std::uint32_t pid = 1; pid <= Repetitions::kActsMax + 5; ++pid) {
    v1::Operation start = operation_of(kProgramStarts);
    start.mutable_process_start()->set_pid(pid);
    EXPECT_FALSE(repetitions.repeats(start, kSysmon));
  }
  EXPECT_EQ(repetitions.not_compared(), 5U);
}

// As one would write it first: all that was told, searched from its end.
class NaiveRepetitions {
 public:
  bool repeats(const v1::Operation& operation, EventProvider provider) {
    const std::string act = act_of(operation);
    for (auto told = told_.rbegin(); told != told_.rend(); ++told) {
      if (told->act != act) continue;
      if (told->provider != provider && operation.wall_ns() - told->wall_ns <= Repetitions::kWindow_ns) return true;
      break;
    }
    told_.push_back({act, operation.wall_ns(), provider});
    return false;
  }

 private:
  struct Told {
    std::string act;
    std::uint64_t wall_ns;
    EventProvider provider;
  };
  std::vector<Told> told_;
};

TEST(Repetitions, AgreeWithANaiveSearch) {
  int repeated = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    test::Random random(seed);
    Repetitions repetitions;
    NaiveRepetitions naive;
    std::uint64_t wall_ns = 1'700'000'000'000'000'000;
    for (int i = 0; i < 500; ++i) {
      wall_ns += random.below(4) == 0 ? random.below(5'000'000'000) : random.below(700'000'000);
      v1::Operation start = operation_of(kProgramStarts, wall_ns);
      start.mutable_process_start()->set_pid(1 + static_cast<std::uint32_t>(random.below(3)));
      const auto provider = static_cast<EventProvider>(random.below(3));
      const bool known = repetitions.repeats(start, provider);
      ASSERT_EQ(known, naive.repeats(start, provider)) << "seed " << seed << ", " << i;
      repeated += known ? 1 : 0;
    }
  }
  EXPECT_GT(repeated, 1'000);
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
