#include "sensors/import/import.h"

#include <gmock/gmock.h>

#include <map>

#include "sensors/import/computer_names.h"
#include "sensors/import/event_folder.h"
#include "sensors/import/process_ids.h"
#include "sensors/import/recording_sink.h"
#include "tests/refusals.h"
#include "tests/sensors/import/import_fixture.h"
#include "tests/support/random.h"

namespace holdfast {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string exit_line(const std::string& utc_time = "2020-09-04 07:06:10.123", const std::string& host = "PC1") {
  return R"({"SourceName":"Microsoft-Windows-Sysmon","Hostname":")" + host + R"(","EventID":5,"UtcTime":")" + utc_time +
         R"(","ProcessId":"9","Image":"a"})" + "\n";
}

// ---------------------------------------------------------------- the recording's frame

TEST_F(ImportTest, BeginsWithTheFirstComputerAndItsTime) {
  import(exit_line("2020-09-04 07:06:10.123", "PC1") + exit_line("2020-09-04 07:06:11", "PC2") +
         exit_line("2020-09-04 07:06:12", "PC1"));
  EXPECT_EQ(kept_.header.origin(), v1::RecordingHeader::IMPORTED);
  EXPECT_EQ(kept_.header.profile().endpoint(), "PC1");
  EXPECT_EQ(kept_.header.profile().platform(), v1::WINDOWS_10_X64);
  EXPECT_EQ(kept_.header.started_wall_ns(), 1'599'203'170'123'000'000U);
  EXPECT_THAT(kept_.header.source(), HasSubstr("events.json"));
  ASSERT_EQ(kept_.inputs.size(), 3U);
  EXPECT_EQ(kept_.operation(0).endpoint(), "");
  EXPECT_EQ(kept_.operation(1).endpoint(), "PC2");
  EXPECT_EQ(kept_.operation(2).endpoint(), "");
}

TEST_F(ImportTest, NumbersInputsAndOperationsFromOne) {
  import(exit_line() + "{}\n" + exit_line());
  ASSERT_EQ(kept_.inputs.size(), 2U);
  EXPECT_EQ(kept_.inputs[0].sequence(), 1U);
  EXPECT_EQ(kept_.inputs[1].sequence(), 2U);
  EXPECT_EQ(kept_.operation(1).id(), 2U);
}

TEST_F(ImportTest, PutsEventsInTheOrderInWhichTheyHappened) {
  import(exit_line("2020-09-04 07:06:10") + exit_line("2020-09-04 07:06:12") + exit_line("2020-09-04 07:06:11", "PC2") +
         exit_line("2020-09-04 07:06:09") + exit_line("2020-09-04 07:06:13.5"));
  std::vector<std::uint64_t> at_ns;
  for (const v1::Input& input : kept_.inputs) {
    at_ns.push_back(input.at_ns());
    EXPECT_EQ(input.operation().wall_ns() - kept_.header.started_wall_ns(), input.at_ns());
    EXPECT_EQ(input.operation().id(), at_ns.size());
  }
  EXPECT_THAT(at_ns, ElementsAre(0, 1'000'000'000, 2'000'000'000, 3'000'000'000, 4'500'000'000));
  EXPECT_EQ(kept_.header.started_wall_ns(), 1'599'203'169'000'000'000U);
  EXPECT_EQ(kept_.operation(2).endpoint(), "PC2");
}

TEST_F(ImportTest, MakesTheSameOfFilesInAnyOrder) {
  const std::string a = write("a.json", exit_line("2020-09-04 07:06:12") + exit_line("2020-09-04 07:06:14"));
  const std::string b = write("b.json", exit_line("2020-09-04 07:06:11") + exit_line("2020-09-04 07:06:12", "PC2"));
  const auto made_of = [&](const std::vector<std::string>& files) {
    EXPECT_TRUE(import_files(files));
    std::string made = kept_.header.SerializeAsString();
    for (const v1::Input& input : kept_.inputs) made += input.SerializeAsString();
    return made;
  };
  EXPECT_EQ(made_of({a, b}), made_of({b, a}));
  EXPECT_EQ(kept_.inputs.size(), 4U);
}

// Gets what lies in order at once.
class RestartedSink final : public ImportSink {
 public:
  Expected<void> begin(const v1::RecordingHeader& started) override {
    ++begun;
    made = started.SerializeAsString();
    return {};
  }
  Expected<void> take(const v1::Input& input) override {
    made += input.SerializeAsString();
    return {};
  }
  bool begins_anew() const override { return true; }

  int begun = 0;
  std::string made;
};

// The clever way beside the plain one: in order, in disorder from the second event or only at the last, and twice one
// moment.
TEST_F(ImportTest, MakesTheSameWhetherItSortsOrNot) {
  const std::string at_9 = exit_line("2020-09-04 07:06:09");
  const std::string at_10 = exit_line("2020-09-04 07:06:10", "PC2");
  const std::string at_11 = exit_line("2020-09-04 07:06:11");
  const std::string at_15 = exit_line("2020-09-04 07:06:15");  // what came two seconds before is written
  const std::string whole_name = exit_line("2020-09-04 07:06:11", "PC2.example.com");
  const auto exit_of_guid = [](const std::string& pid) {
    return R"({"SourceName":"Microsoft-Windows-Sysmon","EventID":5,"UtcTime":"2020-09-04 07:06:12",)" + pid +
           R"("ProcessGuid":"{d273d0f0-8065-5f67-ca06-000000000800}"})" + "\n";
  };
  const std::string no_pid = exit_of_guid("");
  const std::string its_pid = exit_of_guid(R"("ProcessId":"77",)");
  const struct {
    std::string first;
    std::string second;
    int begun;
  } cases[] = {{at_9 + at_10 + at_10, at_10 + at_11, 1},
               {at_10 + at_9, at_11, 1},
               {at_9 + at_15, at_10, 2},
               {at_9 + at_15, at_10 + at_9, 2},
               {"", "", 1},
               {at_9 + at_10, whole_name, 1},
               {at_9 + at_10 + at_15, whole_name, 2},
               {at_9 + whole_name, at_11, 1},
               {its_pid, no_pid, 1},
               {no_pid, its_pid, 1}};
  for (const auto& [first, second, begun] : cases) {
    const std::vector<std::string> files = {write("a.json", first), write("b.json", second)};
    RestartedSink sink;
    const auto quick = import_events(files, sink, {});
    const auto plain = import_files(files);
    ASSERT_TRUE(quick && plain);
    std::string made = kept_.header.SerializeAsString();
    for (const v1::Input& input : kept_.inputs) made += input.SerializeAsString();
    EXPECT_EQ(sink.made, made);
    EXPECT_EQ(sink.begun, begun);
    EXPECT_EQ(quick->summary.SerializeAsString(), plain->summary.SerializeAsString());
  }
}

TEST_F(ImportTest, BeginsEvenWithoutEvents) {
  const ImportReport report = import("");
  EXPECT_EQ(kept_.begun, 1);
  EXPECT_EQ(report.summary.events(), 0U);
  EXPECT_EQ(report.summary.malformed(), 0U);
}

// ---------------------------------------------------------------- times

TEST_F(ImportTest, LearnsTheZoneOfLocalTimesFromSysmon) {
  const auto security = [](const std::string& time) {
    return R"({"SourceName":"Microsoft-Windows-Security-Auditing","EventID":4689,"EventTime":")" + time +
           R"(","ProcessId":"0x9"})" + "\n";
  };
  const std::string sysmon =
      R"({"SourceName":"Microsoft-Windows-Sysmon","EventID":5,"EventTime":"2020-09-04 03:06:10","UtcTime":"2020-09-04 07:06:10.9","ProcessId":"9"})"
      "\n";
  import(security("2020-09-04 03:06:09") + sysmon + security("2020-09-04 03:06:11"));
  ASSERT_EQ(kept_.inputs.size(), 3U);
  EXPECT_EQ(kept_.operation(0).wall_ns(), 1'599'203'169'000'000'000U) << "also before the first Sysmon event";
  EXPECT_EQ(kept_.operation(2).wall_ns(), 1'599'203'171'000'000'000U);
}

TEST_F(ImportTest, CorrectsLocalTimesThatClaimToBeUtc) {
  import(
      R"({"SourceName":"Microsoft-Windows-Sysmon","EventID":5,"TimeCreated":"2022-08-08T12:49:01.479Z","UtcTime":"2022-08-08 19:49:01.465","ProcessId":"9"})"
      "\n"
      R"({"SourceName":"Microsoft-Windows-Security-Auditing","EventID":4689,"TimeCreated":"2022-08-08T12:49:02Z","ProcessId":"0x9"})");
  ASSERT_EQ(kept_.inputs.size(), 2U);
  EXPECT_EQ(kept_.inputs[1].at_ns(), 535'000'000U);
}

TEST_F(ImportTest, PrefersACollectorsUtcToALocalTimeOfUnknownZone) {
  import(
      R"({"SourceName":"Microsoft-Windows-Security-Auditing","EventID":4689,"EventTime":"2020-09-04 03:06:10","@timestamp":"2020-09-04T07:06:12Z","ProcessId":"0x9"})");
  EXPECT_EQ(kept_.operation(0).wall_ns(), 1'599'203'172'000'000'000U);
}

TEST_F(ImportTest, SaysThatAZoneIsUnknownOrTakesTheOneThatIsNamed) {
  const std::string local =
      R"({"SourceName":"Microsoft-Windows-Security-Auditing","EventID":4689,"EventTime":"2020-09-04 09:06:10","ProcessId":"0x9"})"
      "\n";
  ImportReport report = import(local);
  EXPECT_EQ(report.remarks.zone_unknown, 1U);
  EXPECT_EQ(kept_.operation(0).wall_ns(), 1'599'210'370'000'000'000U) << "taken as UTC";

  ImportOptions with_zone;
  with_zone.zone_east_ns = 7'200'000'000'000;
  report = import(local, with_zone);
  EXPECT_EQ(report.remarks.zone_unknown, 0U);
  EXPECT_EQ(report.remarks.zone_as_told, 1U);
  EXPECT_EQ(kept_.operation(0).wall_ns(), 1'599'203'170'000'000'000U);
}

// Sixteen hours: a collector took local time for UTC, and then local time from it once more.
TEST_F(ImportTest, ReconcilesACollectorThatConvertedTwice) {
  import(
      R"({"EventID":4688,"SourceName":"Microsoft-Windows-Security-Auditing","@timestamp":"2020-10-21T11:28:11.220Z","NewProcessId":"0x500","NewProcessName":"a.exe","ProcessId":"0x400"})"
      "\n"
      R"({"EventID":5,"SourceName":"Microsoft-Windows-Sysmon","@timestamp":"2020-10-21T11:28:11.221Z","UtcTime":"2020-10-22 03:28:11.220","ProcessId":1280,"Image":"a.exe"})");
  ASSERT_EQ(kept_.inputs.size(), 2U);
  EXPECT_EQ(kept_.inputs[1].at_ns(), 0U) << "the same moment";
}

TEST_F(ImportTest, NeedsATime) {
  const ImportReport report =
      import(exit_line() + R"({"SourceName":"Microsoft-Windows-Sysmon","EventID":5,"ProcessId":"9"})");
  EXPECT_EQ(report.summary.malformed(), 1U);
  ASSERT_EQ(report.malformed.size(), 1U);
  EXPECT_EQ(report.malformed[0].reason, "event 5: no field tells when it happened");
}

// ---------------------------------------------------------------- processes

constexpr const char* kGuidOf77 = R"("ProcessGuid":"{d273d0f0-8065-5f67-ca06-000000000800}")";

TEST_F(ImportTest, KnowsThePidOfAGuidFromAnyOtherEvent) {
  const auto line = [](const std::string& pid) { return sysmon_line(5, kGuidOf77 + pid); };
  const ImportReport report = import(line("") + line(R"(,"ProcessId":"77")") + line("") +
                                     sysmon_line(5, R"("ProcessGuid":"{d273d0f0-8065-5f67-ca07-000000000800}")"));
  ASSERT_EQ(kept_.inputs.size(), 4U);
  for (const std::size_t of_77 : {0U, 1U, 2U}) EXPECT_EQ(kept_.operation(of_77).actor().pid(), 77U) << of_77;
  EXPECT_EQ(kept_.operation(0).actor().start_ns(), kept_.operation(2).actor().start_ns());
  EXPECT_EQ(kept_.operation(3).actor().pid(), 0U) << "nothing tells its pid";
  EXPECT_EQ(report.remarks.pid_from_guid, 2U);
  EXPECT_EQ(report.remarks.pid_unknown, 1U);
}

TEST_F(ImportTest, KnowsThePidOfAGuidFromAnotherFile) {
  const std::string without = write("a.json", sysmon_line(5, kGuidOf77));
  const std::string with = write("b.json", sysmon_line(5, std::string(kGuidOf77) + R"(,"ProcessId":"77")"));
  for (const std::vector<std::string>& files : {std::vector{without, with}, std::vector{with, without}}) {
    ASSERT_TRUE(import_files(files));
    ASSERT_EQ(kept_.inputs.size(), 2U);
    EXPECT_EQ(kept_.operation(0).actor().pid(), 77U);
    EXPECT_EQ(kept_.operation(1).actor().pid(), 77U);
  }
}

TEST_F(ImportTest, KnowsThePidsOfAllProcessesThatAnEventNames) {
  const std::string guids =
      R"("SourceProcessGUID":"{d273d0f0-8065-5f67-ca06-000000000800}",)"
      R"("TargetProcessGUID":"{d273d0f0-8065-5f67-ca07-000000000800}","TargetImage":"C:\\t.exe","GrantedAccess":"0x10")";
  const std::string parent = R"("ParentProcessGuid":"{d273d0f0-8065-5f67-ca06-000000000800}",)"
                             R"("ProcessGuid":"{d273d0f0-8065-5f67-ca07-000000000800}","Image":"C:\\t.exe")";
  import(sysmon_line(1, parent) + sysmon_line(10, guids) + sysmon_line(8, guids) +
         sysmon_line(10, guids + R"(,"SourceProcessId":"77","TargetProcessId":"78")"));
  ASSERT_EQ(kept_.inputs.size(), 4U);
  EXPECT_EQ(kept_.operation(0).actor().pid(), 77U);
  EXPECT_EQ(kept_.operation(0).process_start().pid(), 78U);
  EXPECT_EQ(kept_.operation(0).process_start().parent().pid(), 77U);
  EXPECT_EQ(kept_.operation(1).actor().pid(), 77U);
  EXPECT_EQ(kept_.operation(1).process_access().target().pid(), 78U);
  EXPECT_EQ(kept_.operation(2).remote_thread().target().pid(), 78U);
}

TEST(ProcessIds, KeepWhatAnotherProcessTakesThePlaceOf) {
  ProcessIds ids;
  Random random(1);
  std::map<std::uint64_t, std::uint32_t> naive;
  for (std::uint32_t i = 1; i < 2 * ProcessIds::kPlaces; ++i) {
    const std::uint64_t start_ns = random.next();
    ids.learn(start_ns, i);
    naive[start_ns] = i;
  }
  for (const auto& [start_ns, pid] : naive) ASSERT_EQ(ids.find(start_ns), pid);
  EXPECT_EQ(ids.find(random.next()), 0U);
}

// ---------------------------------------------------------------- computers

TEST(ComputerNames, AreWholeWhereOneDomainIsKnown) {
  ComputerNames names;
  EXPECT_TRUE(names.learn("PC1.example.com"));
  EXPECT_TRUE(names.learn("pc1.EXAMPLE.com"));
  ASSERT_NE(names.whole("pc1"), nullptr);
  EXPECT_EQ(*names.whole("pc1"), "PC1.example.com");
  for (const char* as_it_is : {"PC1.other.com", "PC2", ""}) EXPECT_EQ(names.whole(as_it_is), nullptr) << as_it_is;
  EXPECT_FALSE(names.learn("PC2.example.com")) << "it was given out without its domain";
  EXPECT_FALSE(names.learn("PC1.other.com")) << "and this one as if there were no other";
  EXPECT_EQ(names.whole("PC1"), nullptr) << "which of both, nobody knows";
}

TEST_F(ImportTest, KnowsAComputerByItsNameWithoutTheDomain) {
  const std::string bare = exit_line("2020-09-04 07:06:10", "PC1");
  const std::string whole = exit_line("2020-09-04 07:06:11", "PC1.example.com");
  const std::string other = exit_line("2020-09-04 07:06:12", "PC2");
  const std::string other_whole = exit_line("2020-09-04 07:06:13", "PC2.example.com");
  import(bare + whole + other + other_whole);
  EXPECT_EQ(kept_.header.profile().endpoint(), "PC1.example.com");
  EXPECT_EQ(kept_.operation(0).endpoint(), "");
  EXPECT_EQ(kept_.operation(1).endpoint(), "");
  EXPECT_EQ(kept_.operation(2).endpoint(), "PC2.example.com");
  EXPECT_EQ(kept_.operation(3).endpoint(), "PC2.example.com");
}

TEST_F(ImportTest, KnowsAComputerInAnySpellingOfItsName) {
  import(exit_line("2020-09-04 07:06:10", "PC1.lab.local") + exit_line("2020-09-04 07:06:11", "pc1.LAB.local") +
         exit_line("2020-09-04 07:06:12", "PC2"));
  EXPECT_EQ(kept_.operation(1).endpoint(), "");
  EXPECT_EQ(kept_.operation(2).endpoint(), "PC2");
}

// ---------------------------------------------------------------- what is counted

TEST_F(ImportTest, CountsKindsWithoutMeaningInOrder) {
  const ImportReport report = import(R"({"SourceName":"B","EventID":7})"
                                     "\n"
                                     R"({"SourceName":"A","EventID":9})"
                                     "\n"
                                     R"({"SourceName":"B","EventID":"7"})"
                                     "\n"
                                     R"({"SourceName":"A","EventID":8})"
                                     "\n{}\n"
                                     R"({"Channel":"C","EventID":1})");
  std::vector<std::string> kinds;
  for (const v1::UnmappedEvent& kind : report.summary.unmapped_event()) {
    kinds.push_back(kind.provider() + " " + std::to_string(kind.event_id()) + ": " + std::to_string(kind.events()));
  }
  EXPECT_THAT(kinds, ElementsAre("(no Windows event) 0: 1", "A 8: 1", "A 9: 1", "B 7: 2", "C 1: 1"));
  EXPECT_EQ(report.summary.unmapped(), 6U);
}

TEST_F(ImportTest, NamesFieldsThatItDrops) {
  const ImportReport report = import(sysmon_line(
      1, R"("ProcessId":"9","Image":"a","FileVersion":"1.2","LogonGuid":"-","Novel":"x","Message":"m","Task":1)"));
  ASSERT_EQ(report.summary.unmapped_event_size(), 1);
  EXPECT_EQ(report.summary.unmapped_event(0).events(), 0U) << "none of them was left out";
  EXPECT_THAT(report.summary.unmapped_event(0).field(), ElementsAre("FileVersion", "Novel"));
}

TEST_F(ImportTest, KnowsComputersByWhatCollectorsCallThem) {
  const auto line = [](const std::string& computer) {
    return R"({"SourceName":"Microsoft-Windows-Sysmon","EventID":5,"ProcessId":"9","UtcTime":"2020-09-04 07:06:10.123")" +
           computer + "}\n";
  };
  for (const char* computer :
       {R"("Computer":"PC2")", R"("Hostname":"PC2")", R"("ComputerName":"PC2")", R"("MachineName":"PC2")",
        R"("host":"PC2")", R"("hostname":"PC2")", R"("host":{"name":"PC2"})", R"("host.name":"PC2")",
        R"("host":{"hostname":"PC2"})", R"("agent":{"hostname":"PC2"})", R"("agent":{"name":"PC2"})",
        R"("beat":{"hostname":"PC2"})", R"("agent":{"hostname":"WEC"},"host":{"name":"PC2"})",
        R"("host":"WEC","ComputerName":"PC2")", R"("agent":{"name":"WEC"},"winlog":{"computer_name":"PC2"})"}) {
    const ImportReport report = import(line(R"(,"Computer":"PC1")") + line(std::string(",") + computer));
    ASSERT_EQ(kept_.inputs.size(), 2U);
    EXPECT_EQ(kept_.operation(0).endpoint(), "") << "the recording's own";
    EXPECT_EQ(kept_.operation(1).endpoint(), "PC2") << computer;
    EXPECT_EQ(report.remarks.computer_unknown, 0U) << computer;
  }
  EXPECT_EQ(import(line("") + line(R"(,"Computer":"PC1")") + line(R"(,"host":"-")")).remarks.computer_unknown, 2U);
}

TEST_F(ImportTest, CountsHashesThatItDoesNotUnderstand) {
  const std::string image = R"("ProcessId":"9","Image":"a","Hashes":")";
  const ImportReport report = import(sysmon_line(1, image + "sha256=" + std::string(64, 'A') + "\"") +
                                     sysmon_line(1, image + "crc32=12345678\""));
  ASSERT_EQ(kept_.inputs.size(), 2U);
  EXPECT_EQ(kept_.operation(0).process_start().sha256(), std::string(32, '\xAA'));
  EXPECT_EQ(kept_.operation(1).process_start().sha256(), "");
  EXPECT_EQ(report.remarks.hashes_unknown, 1U);
}

TEST_F(ImportTest, BoundsTheKindsItCounts) {
  ImportOptions options;
  options.limits.kinds_max = 3;
  std::string events;
  for (int id = 1; id <= 10; ++id) events += R"({"SourceName":"A","EventID":)" + std::to_string(id) + "}\n";
  const ImportReport report = import(events, options);
  EXPECT_EQ(report.summary.unmapped(), 10U);
  std::map<std::string, std::uint64_t> by_provider;
  for (const v1::UnmappedEvent& kind : report.summary.unmapped_event()) by_provider[kind.provider()] += kind.events();
  EXPECT_EQ(by_provider["(others)"], 7U);
}

TEST_F(ImportTest, CountsDuplicateKeysAndHalfCharacters) {
  const ImportReport report = import(sysmon_line(5, R"("ProcessId":"9","Image":"a\ud800b","Image":"c")"));
  EXPECT_EQ(report.remarks.duplicate_keys, 1U);
  EXPECT_EQ(report.remarks.replaced_surrogates, 1U);
  EXPECT_EQ(kept_.operation(0).actor_image(), "a\uFFFDb");
}

// ---------------------------------------------------------------- bad input

TEST_F(ImportTest, SkipsListsAndCountsMalformedLines) {
  const ImportReport report =
      import(exit_line() + "nonsense\n" + exit_line() + "{\"EventID\":\n" + exit_line() +
             R"({"EventID":[1,2]})"
             "\n" +
             R"({"EventID":"x"})"
             "\n" +
             sysmon_line(5, R"("ProcessId":"0x")") + sysmon_line(5, R"("ProcessId":{})") +
             sysmon_line(5, R"("ProcessGuid":"x")") + sysmon_line(5, R"("Image":"\q")") +
             sysmon_line(3, R"("DestinationPort":"65536")") + "{\"a\":\"\xFF\"}\n" + exit_line());
  EXPECT_EQ(report.summary.mapped(), 4U);
  std::vector<std::string> places;
  for (const MalformedPlace& place : report.malformed)
    places.push_back(std::to_string(place.line) + ": " + place.reason);
  ASSERT_EQ(places.size(), 10U);
  EXPECT_EQ(places[0], "2: it is not a JSON object");
  EXPECT_THAT(places[1], ::testing::StartsWith("4: "));
  EXPECT_EQ(places[2], "6: field EventID: is an object or a list, not a value");
  EXPECT_EQ(places[3], "7: field EventID: \"x\" is not a number");
  EXPECT_EQ(places[4], "8: event 5: field ProcessId: \"0x\" is not a number");
  EXPECT_EQ(places[5], "9: event 5: field ProcessId: is an object or a list, not a value");
  EXPECT_EQ(places[6], "10: event 5: field ProcessGuid: \"x\" is not a GUID");
  EXPECT_EQ(places[7], "11: event 5: field Image: holds an escape that JSON does not know");
  EXPECT_EQ(places[8], "12: event 3: field DestinationPort: \"65536\" is more than 65535");
  EXPECT_THAT(places[9], HasSubstr("UTF-8"));
  EXPECT_EQ(report.summary.malformed(), 10U);
  EXPECT_THAT(report.malformed[0].text(), HasSubstr("events.json:2: it is not"));
}

TEST_F(ImportTest, ListsTheFirstHundredMalformedPlacesAndCountsAll) {
  std::string lines = exit_line();
  for (int i = 0; i < 250; ++i) lines += "x\n";
  const ImportReport report = import(lines);
  EXPECT_EQ(report.malformed.size(), 100U);
  EXPECT_EQ(report.summary.malformed(), 250U);
}

TEST_F(ImportTest, RefusesHugeNumbers) {
  const ImportReport report = import(exit_line() +
                                     R"({"EventID":99999999999999999999999})"
                                     "\n"
                                     R"({"EventID":4294967296})"
                                     "\n" +
                                     sysmon_line(5, R"("ProcessId":1e400)"));
  EXPECT_EQ(report.summary.malformed(), 3U);
  EXPECT_EQ(report.summary.mapped(), 1U);
}

// Names of a provider as the Event Viewer and Splunk show them, and in a language that nobody listed.
TEST_F(ImportTest, KnowsAProviderByItsShownName) {
  const auto line = [](int id, const std::string& channel, const std::string& provider) {
    return R"({"EventID":)" + std::to_string(id) + R"(,"Channel":")" + channel + R"(","SourceName":")" + provider +
           R"(","EventTime":"2024-03-12T09:00:00Z","NewProcessName":"C:\\x.exe","NewProcessId":"0x9","ServiceName":"s","ImagePath":"s.exe"})" +
           "\n";
  };
  const ImportReport report =
      import(line(4688, "Security", "Microsoft Windows security auditing.") +
             line(4688, "Security", "Microsoft Windows-Sicherheitsüberwachung.") + line(4688, "Security", "-") +
             line(7045, "System", "Microsoft-Windows-Service Control Manager") + line(7045, "System", "Other driver") +
             line(4688, "Application", "Other program") + line(1102, "Security", "Microsoft-Windows-Eventlog"));
  EXPECT_EQ(report.summary.mapped(), 4U);
  std::vector<std::string> left;
  for (const v1::UnmappedEvent& kind : report.summary.unmapped_event()) {
    if (kind.events() != 0) left.push_back(kind.provider() + " " + std::to_string(kind.event_id()));
  }
  EXPECT_THAT(left, ElementsAre("Microsoft-Windows-Eventlog 1102", "Other driver 7045", "Other program 4688"));
}

TEST_F(ImportTest, NamesDocumentsThatHoldEventsWhereNobodyLooks) {
  for (const std::string lost : {R"({"Entries":[{"EventID":11}]})", R"({"a":{"b":{"winlog.event_id":11}}})",
                                 R"({"x":"{\"EventID\":11}"})", R"({"x":"<Event xmlns='y'>"})"}) {
    const ImportReport report = import(exit_line() + lost + "\n{\"a\":\"an EventID\"}\n");
    EXPECT_EQ(report.summary.mapped(), 1U);
    EXPECT_EQ(report.summary.unmapped(), 1U) << lost;
    ASSERT_EQ(report.malformed.size(), 1U) << lost;
    EXPECT_THAT(report.malformed[0].text(), HasSubstr(":2: it holds an event where nobody looks for one"));
  }
}

TEST_F(ImportTest, RefusesALogOfWhichEveryEventIsMalformed) {
  const auto report = import_files({write(
      "a.json", sysmon_line(13, R"("ProcessId":"9","EventType":"SetValue")") + sysmon_line(13, R"("ProcessId":"9")"))});
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().text(),
              HasSubstr("a.json: holds no event that is understood, though it looks like a log (line 1: event 13: it "
                        "lacks the field TargetObject"));
  EXPECT_EQ(kept_.begun, 0) << "an older recording stays";
}

TEST_F(ImportTest, SurvivesATruncationAtEveryByte) {
  const std::string whole = exit_line() +
                            "{\n \"Event\": {\n  \"System\": { \"Provider\": {\"#attributes\": {\"Name\": "
                            "\"Microsoft-Windows-Sysmon\"}}, \"EventID\": 5 },\n"
                            "  \"EventData\": { \"UtcTime\": \"2020-09-04 07:06:10.123\", \"ProcessId\": 9 }\n }\n}\n";
  ASSERT_EQ(import(whole).summary.mapped(), 2U);
  const std::size_t first = exit_line().size() - 1;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    if (size > 0 && size < first) {
      EXPECT_FALSE(import_files({write("events.json", whole.substr(0, size))})) << "nothing of it is understood";
      continue;
    }
    const ImportReport report = import(whole.substr(0, size));
    const std::uint64_t expected = size < first ? 0 : size < whole.size() - 1 ? 1 : 2;
    EXPECT_EQ(report.summary.mapped(), expected) << size;
    const bool cut_inside = size > first + 1 && size < whole.size() - 1;
    EXPECT_EQ(report.summary.malformed(), cut_inside ? 1U : 0U) << size;
  }
}

TEST_F(ImportTest, RefusesMissingFilesAndEmptyFolders) {
  const auto missing = import_files({path("nowhere.json")});
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().text(), HasSubstr("nowhere.json: does not exist"));
  const auto folder = import_files({folder_.string()});
  ASSERT_FALSE(folder);
  EXPECT_THAT(folder.error().text(), HasSubstr("holds no event logs"));
  EXPECT_FALSE(import_files({}));
  EXPECT_EQ(kept_.begun, 0) << "nothing was begun";
}

#ifdef HOLDFAST_CAN_BE_REFUSED
TEST_F(ImportTest, SaysWhenAFileMayNotBeRead) {
  for (const char* name : {"secret.json", "secret.evtx", "secret.zip"}) {
    const std::string file = write(name, exit_line());
    std::filesystem::permissions(file, std::filesystem::perms::none);
    const WithoutPrivileges nobody;
    ASSERT_TRUE(nobody.holds()) << "the superuser's rights cannot be laid down here";
    const auto report = import_files({file});
    ASSERT_FALSE(report);
    EXPECT_THAT(report.error().text(), HasSubstr(std::string(name) + ": cannot be opened: Permission denied"));
  }
}
#endif

TEST_F(ImportTest, RefusesOtherKindsOfFiles) {
  const auto torn = import_files({write("a.evtx", std::string("ElfFile\0\0\0\0\0", 12))});
  ASSERT_FALSE(torn);
  EXPECT_THAT(torn.error().text(), HasSubstr("a.evtx: ends inside the header of an event log; copy it again"));
  const auto utf16 = import_files({write("b.json", std::string("\xFF\xFE{\0", 4))});
  ASSERT_FALSE(utf16);
  EXPECT_THAT(utf16.error().text(), HasSubstr("b.json: holds no event that is understood"));
}

class RefusingSink final : public ImportSink {
 public:
  Expected<void> begin(const v1::RecordingHeader&) override { return {}; }
  Expected<void> take(const v1::Input&) override {
    return std::unexpected(Error{.where = "r.hfr", .field = {}, .what = "no space left", .remedy = {}});
  }
};

TEST_F(ImportTest, EndsWhereTheSinkFails) {
  RefusingSink sink;
  const auto report = import_events({write("a.json", exit_line())}, sink, {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().text(), "r.hfr: no space left");
}

// ---------------------------------------------------------------- archives

TEST_F(ImportTest, ReadsArchives) {
  const std::vector<Member> members = {{"day1/a.json", exit_line() + exit_line()},
                                       {"__MACOSX/day1/._a.json", std::string("\0\x05\x16\x07\0\x02", 6)},
                                       {"b.json", exit_line() + "bad\n"}};
  for (const ArchiveKind kind : kArchives) {
    const auto report = import_files({write("archive", make_archive(kind, members))});
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_EQ(report->summary.mapped(), 3U);
    EXPECT_EQ(report->remarks.unused_members, 1U);
    ASSERT_EQ(report->malformed.size(), 1U);
    EXPECT_THAT(report->malformed[0].text(), HasSubstr("archive!b.json:2: "));
  }
  for (const ArchiveKind kind : kCompressedFiles) {
    const auto packed = import_files({write("a.json.packed", make_archive(kind, {{"", exit_line()}}))});
    ASSERT_TRUE(packed) << packed.error().text();
    EXPECT_EQ(packed->summary.mapped(), 1U);
  }
}

// macOS names its own files so, and others may.
TEST_F(ImportTest, WhatAMemberIsShowsInItsBytesWhateverItsName) {
  const std::string apple_double("\0\x05\x16\x07\0\x02", 6);
  const auto report = import_files({write(
      "a.zip", make_archive(ArchiveKind::kZip, {{"logs/._Security.json", exit_line()}, {"._b", apple_double}}))});
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->summary.mapped(), 1U);
  EXPECT_EQ(report->summary.malformed(), 0U);
  EXPECT_EQ(report->remarks.unused_members, 1U);
}

// What we do not unpack is named: alone it is refused, and beside others it may hold the events that somebody misses.
TEST_F(ImportTest, NamesCompressionsThatItDoesNotUnpack) {
  std::filesystem::create_directories(folder_ / "logs");
  write("logs/a.json", exit_line());
  const std::pair<std::string, const char*> cases[] = {{"BZh91AY&SY", "is compressed with bzip2; unpack it first"},
                                                       {"\x28\xB5\x2F\xFD", "is compressed with Zstandard"},
                                                       {"\x04\x22\x4D\x18", "is compressed with LZ4"},
                                                       {"LZIP\1", "is compressed with lzip"},
                                                       {"\x1F\x9D\x90", "is compressed with compress"},
                                                       {"Rar!\x1A\x07\1", "is a RAR archive"},
                                                       {std::string("MSCF\0\0\0\0", 8), "is a cabinet"}};
  for (const auto& [beginning, what] : cases) {
    const std::string file = write("logs/packed", beginning + std::string(100, '\x7F'));
    const auto alone = import_files({file});
    ASSERT_FALSE(alone) << what;
    EXPECT_THAT(alone.error().text(), HasSubstr(std::string("packed: ") + what));
    const auto beside = import_files({path("logs")});
    ASSERT_TRUE(beside) << beside.error().text();
    EXPECT_EQ(beside->summary.mapped(), 1U);
    ASSERT_EQ(beside->malformed.size(), 1U) << what;
    EXPECT_THAT(beside->malformed[0].text(), HasSubstr(std::string("packed:1: ") + what));
  }
}

TEST_F(ImportTest, ImportsTheSameFromEveryPacking) {
  std::string events;
  for (int i = 0; i < 2000; ++i) events += sysmon_line(5, R"("ProcessId":")" + std::to_string(i) + "\"");
  import(events);
  const std::vector<v1::Input> plain = kept_.inputs;
  std::vector<ArchiveKind> kinds(std::begin(kArchives), std::end(kArchives));
  kinds.insert(kinds.end(), std::begin(kCompressedFiles), std::end(kCompressedFiles));
  for (const ArchiveKind kind : kinds) {
    ASSERT_TRUE(import_files({write("packed", make_archive(kind, {{"events.json", events}}))}));
    ASSERT_EQ(kept_.inputs.size(), plain.size());
    for (std::size_t i = 0; i < plain.size(); ++i)
      ASSERT_EQ(kept_.inputs[i].SerializeAsString(), plain[i].SerializeAsString());
  }
}

// Each kind of archive in each other, three deep; a fourth is named.
TEST_F(ImportTest, ReadsArchivesInArchives) {
  std::vector<ArchiveKind> kinds(std::begin(kArchives), std::end(kArchives));
  kinds.insert(kinds.end(), std::begin(kCompressedFiles), std::end(kCompressedFiles));
  for (const ArchiveKind outer : kArchives) {
    for (const ArchiveKind inner : kinds) {
      const bool one_member = std::ranges::find(kCompressedFiles, inner) != std::end(kCompressedFiles);
      std::vector<Member> members = {{"a.json", exit_line()}, {"b.txt", "text\n"}};
      if (one_member) members.pop_back();
      std::string packed = make_archive(inner, members);
      for (int depth = 1; depth <= 4; ++depth) {
        packed = make_archive(outer, {{"inner", packed}, {"c.json", exit_line()}});
        const auto report = import_files({write("outer", packed)});
        ASSERT_TRUE(report) << report.error().text();
        EXPECT_EQ(report->summary.mapped(), depth <= 3 ? 1U + static_cast<std::uint64_t>(depth) : 4U);
        if (depth <= 3) {
          EXPECT_EQ(report->summary.malformed(), 0U);
          EXPECT_EQ(report->remarks.unused_members, one_member ? 0U : 1U);
        } else {
          ASSERT_EQ(report->malformed.size(), 1U);
          EXPECT_THAT(report->malformed[0].text(),
                      HasSubstr("outer!inner!inner!inner!inner:1: is an archive inside 3"));
        }
      }
    }
  }
  const std::string zip = make_archive(ArchiveKind::kZip, {{"a.json", exit_line()}});
  const auto gz = import_files({write("a.zip.gz", make_archive(ArchiveKind::kGz, {{"", zip}}))});
  ASSERT_TRUE(gz) << gz.error().text();
  EXPECT_EQ(gz->summary.mapped(), 1U);
}

TEST_F(ImportTest, CountsWhatArchivesInArchivesUnpackTogether) {
  ImportOptions options;
  options.limits.expansion_free_bytes = 256 * 1024;
  std::string packed = make_archive(ArchiveKind::kGz, {{"", std::string(8 * 1024 * 1024, ' ')}});
  packed = make_archive(ArchiveKind::kZip, {{"a.gz", packed}, {"b.json", exit_line()}});
  const auto expanding = import_files({write("bomb.zip", packed)}, options);
  ASSERT_FALSE(expanding);
  EXPECT_THAT(expanding.error().text(), HasSubstr("bomb.zip!a.gz: unpacks to more than 250 times"));

  options = {};
  options.limits.members_max = 2;
  packed = make_archive(ArchiveKind::kZip, {{"a", exit_line()}, {"b", exit_line()}});
  const auto many = import_files({write("many.zip", make_archive(ArchiveKind::kZip, {{"a.zip", packed}}))}, options);
  ASSERT_FALSE(many);
  EXPECT_THAT(many.error().text(), HasSubstr("holds more than 2 members"));
}

// ---------------------------------------------------------------- folders

using FolderTest = ImportTest;

TEST_F(FolderTest, AreReadInTheOrderOfTheirNames) {
  std::filesystem::create_directories(folder_ / "logs" / "b" / "c");
  const auto events = [](int pid) { return sysmon_line(5, R"("ProcessId":")" + std::to_string(pid) + "\""); };
  const std::vector<std::string> files = {write("logs/z.json", events(3)), write("logs/b/c/a.json", events(1)),
                                          write("logs/b/d.zip", make_archive(ArchiveKind::kZip, {{"x", events(2)}}))};
  write("logs/readme.txt", "no event\n");
  const auto report = import_files({path("logs")});
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->summary.malformed(), 0U);
  EXPECT_EQ(report->remarks.unused_members, 1U);
  ASSERT_EQ(kept_.inputs.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(kept_.operation(i).actor().pid(), i + 1);
  EXPECT_EQ(kept_.header.source(), path("logs"));

  const std::vector<v1::Input> of_folder = kept_.inputs;
  for (const auto& given : {files, std::vector{files[2], path("logs/b"), files[0]}, std::vector{path("logs"), files[1]},
                            std::vector{path("logs/b/../b"), path("logs")}}) {
    ASSERT_TRUE(import_files(given));
    ASSERT_EQ(kept_.inputs.size(), 3U) << "each file counts once";
    for (std::size_t i = 0; i < 3; ++i)
      EXPECT_EQ(kept_.inputs[i].SerializeAsString(), of_folder[i].SerializeAsString());
  }
}

// One file under several names: as it was given, by another path, by a link of either kind.
TEST_F(FolderTest, AFileCountsOnceWhateverLeadsToIt) {
  std::filesystem::create_directories(folder_ / "logs" / "b");
  const std::string file = write("logs/a.json", exit_line());
  std::filesystem::create_hard_link(file, folder_ / "logs" / "b" / "hard.json");
  write("logs/b/other.json", exit_line("2020-09-04 07:06:11"));
  std::filesystem::create_hard_link(folder_ / "logs" / "b" / "other.json", folder_ / "logs" / "other.json");
  std::vector<std::string> again = {file, path("logs/b/../a.json"), path("logs/b/hard.json")};
  // From another drive no relative path leads there.
  if (const std::string from_here = std::filesystem::relative(file).string(); !from_here.empty()) {
    again.push_back(from_here);
  }
#ifdef HOLDFAST_CAN_BE_REFUSED
  std::filesystem::create_symlink("../a.json", folder_ / "logs" / "b" / "link.json");
  again.push_back(path("logs/b/link.json"));
#endif
  for (const std::string& other : again) {
    for (const auto& given : {std::vector{path("logs"), other}, std::vector{other, path("logs")}}) {
      const auto report = import_files(given);
      ASSERT_TRUE(report) << report.error().text();
      EXPECT_EQ(report->summary.mapped(), 2U) << other;
    }
    ASSERT_TRUE(import_files({file, other}));
    EXPECT_EQ(kept_.inputs.size(), 1U) << other;
  }
}

// Logs of which nothing can be read, each beside a good one.
TEST_F(FolderTest, NamesALogThatIsLostWhole) {
  std::filesystem::create_directories(folder_ / "logs");
  write("logs/good.json", exit_line());
  const std::string latin1 = sysmon_line(5, "\"ProcessId\":\"9\",\"Image\":\"C:\\\\M\xFCller\\\\x.exe\"");
  const std::string event = sysmon_line(5, R"("ProcessId":"9","Image":"Format { a }")");
  const std::string xml =
      "<Events><Event><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>5</EventID></System><EventData>"
      "<Data Name='Image'>M\xFCller</Data></EventData></Event></Events>";
  std::vector<std::pair<std::string, const char*>> cases = {
      {latin1, "lost:1: "},
      {"[" + latin1 + "]", "lost:1: "},
      {xml, "lost:1: a text is not UTF-8"},
      {xml.substr(0, xml.find("M\xFC")), "lost:1: the file ends inside an element"},
      {R"({"Entries":[{"EventID":11}]})", "lost:1: it holds an event where nobody looks"},
      {"EventId,Provider\n13,\"\xFF\"\n", "lost:2: the column Provider is not UTF-8"},
      {"Event[0]:\r\n  Log Name: Security\r\n", "lost:1: is events in words (wevtutil)"},
      {"Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID\r\na,b,c,1\r\n", "lost:1: is the Event Viewer's list as a table"},
      {R"({"tables":[{"name":"PrimaryResult","columns":[{"name":"EventID"}],"rows":[[4688]]}]})", "lost:1: "},
  };
  for (std::size_t size = 2; size + 2 < event.size(); ++size) cases.emplace_back(event.substr(0, size), "lost:1: ");
  for (const auto& [content, what] : cases) {
    write("logs/lost", content);
    const auto report = import_files({path("logs")});
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_EQ(report->summary.mapped(), 1U);
    ASSERT_EQ(report->malformed.size(), 1U) << content;
    EXPECT_THAT(report->malformed[0].text(), HasSubstr(what)) << content;
  }
}

// What is found beside logs and may be anything.
TEST_F(FolderTest, OnlyCountsFilesThatShowNothingOfEvents) {
  std::filesystem::create_directories(folder_ / "logs");
  write("logs/good.json", exit_line());
  for (const std::string other :
       {"one\ntwo\n", "[Section]\nkey=EventID\n", "{\\rtf1 text}", "{\"EventIDs\": 1}\n", "<Events/>",
        "<Task><Query>EventID=1</Query></Task>", "a,b,c\n1,2,3\n", "name: \"x\"\nat { offset: \"1s\" }\n"}) {
    write("logs/other", other);
    const auto report = import_files({path("logs")});
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_EQ(report->summary.malformed(), 0U) << other;
    EXPECT_EQ(report->summary.events(), 1U) << other;
    EXPECT_EQ(report->remarks.unused_members, 1U) << other;
  }
}

#ifdef HOLDFAST_CAN_BE_REFUSED
TEST_F(FolderTest, NamesWhatCannotBeReadAndReadsTheRest) {
  std::filesystem::create_directories(folder_ / "logs" / "deep");
  write("logs/a.json", exit_line());
  write("logs/cut.evtx", std::string("ElfFile\0\0", 9));
  write("logs/cut.zip", "PK\x03\x04");
  std::filesystem::create_directory_symlink(folder_ / "logs", folder_ / "logs" / "deep" / "circle");
  std::filesystem::create_symlink("nowhere", folder_ / "logs" / "dangling");
  std::filesystem::create_symlink("itself", folder_ / "logs" / "itself");
  const auto report = import_files({path("logs")});
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->summary.mapped(), 1U);
  std::vector<std::string> places;
  for (const MalformedPlace& place : report->malformed) places.push_back(place.text().substr(path("logs/").size()));
  EXPECT_THAT(places, ElementsAre("dangling:1: is a link that leads nowhere",
                                  "deep/circle:1: is a link to a folder, which is not followed",
                                  HasSubstr("itself:1: cannot be read: "),
                                  HasSubstr("cut.evtx:1: ends inside the header"), HasSubstr("cut.zip:1: is damaged")));
}

#endif

TEST_F(FolderTest, OfWhichNothingIsUnderstoodAreRefused) {
  std::filesystem::create_directories(folder_ / "logs");
  write("logs/readme.txt", "no event\n");
  const auto report = import_files({path("logs")});
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().text(), HasSubstr("readme.txt: holds no event that is understood"));
}

TEST_F(FolderTest, HaveALimit) {
  write("a", "");
  write("b", "");
  EXPECT_TRUE(files_of_folder(folder_.string(), 2));
  const auto many = files_of_folder(folder_.string(), 1);
  ASSERT_FALSE(many);
  EXPECT_THAT(many.error().text(), HasSubstr("holds more than 1 files and folders; name those that hold event logs"));
}

#ifdef HOLDFAST_CAN_BE_REFUSED
TEST_F(FolderTest, NamesOfFilesNeedNotBeUtf8) {
  std::filesystem::create_directories(folder_ / "logs");
  write("logs/\xFF.json", exit_line() + "bad\n");
  const auto report = import_files({path("logs")});
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->summary.mapped(), 1U);
  ASSERT_TRUE(import_files({path("logs/\xFF.json")}));
  EXPECT_TRUE(kept_.header.source().ends_with("/logs/\uFFFD.json"));
}
#endif

// ---------------------------------------------------------------- limits

TEST_F(ImportTest, RefusesBombs) {
  ImportOptions options;
  options.limits.expansion_free_bytes = 256 * 1024;
  const std::string bomb =
      write("bomb.zip", make_archive(ArchiveKind::kZip, {{"a.json", std::string(8 * 1024 * 1024, ' ')}}));
  const auto expanding = import_files({bomb}, options);
  ASSERT_FALSE(expanding);
  EXPECT_THAT(expanding.error().text(),
              HasSubstr("bomb.zip!a.json: unpacks to more than 250 times the archive's size"));

  options = {};
  options.limits.archive_bytes_max = 1024 * 1024;
  const auto large = import_files({bomb}, options);
  ASSERT_FALSE(large);
  EXPECT_THAT(large.error().text(), HasSubstr("unpacks to more than 1048576 bytes"));

  options = {};
  options.limits.members_max = 2;
  const auto many =
      import_files({write("many.zip", make_archive(ArchiveKind::kZip, {{"a", ""}, {"b", ""}, {"c", ""}}))}, options);
  ASSERT_FALSE(many);
  EXPECT_THAT(many.error().text(), HasSubstr("holds more than 2 members"));
}

TEST_F(ImportTest, SaysWhenAnArchiveIsDamagedAtEveryByte) {
  const std::string whole = make_archive(ArchiveKind::kZip, {{"a.json", exit_line()}});
  for (std::size_t size = 4; size < whole.size(); ++size) {
    const auto report = import_files({write("cut.zip", std::string_view(whole).substr(0, size))});
    if (report) {
      EXPECT_LE(report->summary.mapped(), 1U);
    } else {
      EXPECT_THAT(report.error().text(), HasSubstr("cut.zip")) << size;
    }
  }
}

TEST_F(ImportTest, BoundsDocuments) {
  ImportOptions options;
  options.limits.document_bytes_max = 1000;
  const ImportReport report =
      import(exit_line() + sysmon_line(5, R"("Image":")" + std::string(2000, 'x') + "\"") + exit_line(), options);
  EXPECT_EQ(report.summary.mapped(), 2U);
  ASSERT_EQ(report.malformed.size(), 1U);
  EXPECT_EQ(report.malformed[0].line, 2U);
}

// ---------------------------------------------------------------- progress and writing

TEST_F(ImportTest, ReportsProgressUpToTheEnd) {
  std::string events;
  for (int i = 0; i < 20'000; ++i) events += exit_line();
  ImportOptions options;
  options.progress_bytes = 100'000;
  std::vector<ImportProgress> steps;
  options.progress = [&](const ImportProgress& progress) { steps.push_back(progress); };
  import(events, options);
  ASSERT_GE(steps.size(), 2U);
  for (std::size_t i = 1; i < steps.size(); ++i) EXPECT_GE(steps[i].bytes_done, steps[i - 1].bytes_done);
  EXPECT_EQ(steps.back().bytes_done, events.size());
  EXPECT_EQ(steps.back().bytes_total, events.size());
  EXPECT_EQ(steps.back().events, 20'000U);
}

TEST_F(ImportTest, WritesARecordingThatReadsBack) {
  const std::string recording = path("out.hfr");
  const std::string file = write("events.json", exit_line() + exit_line("2020-09-04 07:06:12"));
  RecordingSink sink(recording);
  const auto report = import_events({file}, sink, {});
  ASSERT_TRUE(report) << report.error().text();
  const auto closed = sink.close(report->summary);
  ASSERT_TRUE(closed) << closed.error().text();

  auto reader = RecordingReader::open(recording);
  ASSERT_TRUE(reader) << reader.error().text();
  EXPECT_EQ(reader->header().origin(), v1::RecordingHeader::IMPORTED);
  std::vector<std::uint64_t> at_ns;
  v1::Record record;
  for (auto next = reader->next(record); next && *next == RecordingReader::Next::kRecord; next = reader->next(record)) {
    if (record.has_input()) at_ns.push_back(record.input().at_ns());
  }
  EXPECT_THAT(at_ns, ElementsAre(0, 1'877'000'000));
  EXPECT_FALSE(reader->torn());
  EXPECT_EQ(reader->trailer().import().mapped(), 2U);
}

TEST_F(ImportTest, LeavesNothingBehindWhenItFails) {
  const std::string recording = path("out.hfr");
  {
    RecordingSink sink(recording);
    const auto report = import_events({write("a.json", exit_line()), write("b.json", "MZ")}, sink, {});
    ASSERT_FALSE(report);
  }
  EXPECT_FALSE(std::filesystem::exists(recording));
  EXPECT_FALSE(std::filesystem::exists(recording + ".partial"));
}

}  // namespace
}  // namespace holdfast
