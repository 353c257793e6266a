// Newly encountered programs: which arrivals are asked about, what the reputation network says, and what follows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/core/story.h"

namespace holdfast::engine {
namespace {

const std::string kHash(32, '\x22');
const std::string kHex = [] {
  std::string hex;
  for (int i = 0; i < 32; ++i) hex += "22";
  return hex;
}();
constexpr const char* kPath = R"(C:\Users\user\Downloads\setup.exe)";

v1::Settings watching() {
  v1::Settings settings;
  settings.mutable_newly_encountered()->set_enabled(true);
  settings.mutable_certified_safe_software()->set_service_url("http://rep.example");
  return settings;
}
v1::AgentProfile agent(v1::Platform platform = v1::WINDOWS_10_X64) {
  v1::AgentProfile profile = Story::profile(platform);
  profile.set_web_reputation_enabled(true);
  return profile;
}
v1::Download arrived(v1::Download::Channel channel = v1::Download::CHANNEL_HTTP, const std::string& path = kPath) {
  v1::Download download;
  download.set_channel(channel);
  download.set_path(path);
  download.set_sha256(kHash);
  if (channel != v1::Download::CHANNEL_EMAIL) download.set_url("http://downloads.example/setup.exe");
  return download;
}
v1::Operation operation(const v1::Download& download) {
  v1::Operation operation;
  operation.mutable_actor()->set_pid(5);
  *operation.mutable_download() = download;
  return operation;
}

// A story in which `download` arrived; returns the id of the program's start.
struct Told {
  Story story;
  std::uint64_t op = 0;
  v1::Verdict verdict() const { return story.verdict(op); }
  std::vector<v1::Output> requests() const { return story.all(v1::Output::kHttpRequest); }
};
Told tell(const v1::Settings& settings, const v1::Download& download, const std::string& started = kPath,
          const v1::AgentProfile& profile = agent(), const std::string& started_hash = kHash) {
  Told told;
  told.story.start(settings, profile).session(v1::SessionChanged::ACTIVE);
  told.story.happen(operation(download));
  v1::Operation start = Story::program(10, started);
  start.mutable_process_start()->set_sha256(started_hash);
  told.op = told.story.happen(start);
  return told;
}
std::string prevalence(const std::string& fields) { return R"({"sha256":")" + kHex + "\"," + fields + "}"; }

// What is said where the download is asked about: "" for a prompt, else the last reason.
std::string says(Told told, const std::string& answer = R"("detections":"5","ageDays":30)") {
  if (told.requests().size() == 1) told.story.respond(1, prevalence(answer));
  if (told.story.all(v1::Output::kPrompt).size() == 1) return "";
  const v1::Verdict verdict = told.verdict();
  EXPECT_EQ(verdict.decision(), v1::Verdict::ALLOW);
  return v1::ReasonCode_Name(verdict.because());
}

TEST(NewlyEncountered, IsAskedAboutBeforeItRuns) {
  Told told = tell(watching(), arrived());
  ASSERT_EQ(told.requests().size(), 1U);
  EXPECT_EQ(told.requests()[0].http_request().url(), "http://rep.example/v1/prevalence/" + kHex);
  EXPECT_TRUE(told.story.verdicts(told.op).empty());
  told.story.respond(1, prevalence(R"("detections":5,"age_days":30)"));
  ASSERT_EQ(told.story.all(v1::Output::kPrompt).size(), 1U);
  const v1::Prompt prompt = told.story.all(v1::Output::kPrompt)[0].prompt();
  EXPECT_EQ(prompt.event(), v1::NEWLY_ENCOUNTERED_PROGRAM);
  EXPECT_EQ(prompt.countdown_s(), 30U);
  told.story.answer(1, v1::PromptAnswer::DENY);
  EXPECT_EQ(told.verdict().decision(), v1::Verdict::DENY);
  EXPECT_TRUE(told.verdict().logged());
  EXPECT_TRUE(has_reason(told.verdict(), v1::NEWLY_ENCOUNTERED));
}

TEST(NewlyEncountered, IsFewDetectionsOrYoung) {
  EXPECT_EQ(says(tell(watching(), arrived()), R"("detections":99,"age_days":30)"), "");
  EXPECT_EQ(says(tell(watching(), arrived()), R"("detections":100,"age_days":6)"), "");
  EXPECT_EQ(says(tell(watching(), arrived()), R"("detections":0)"), "");
  EXPECT_EQ(says(tell(watching(), arrived()), R"("detections":100,"age_days":7)"), "NOT_NEWLY_ENCOUNTERED");
  EXPECT_EQ(says(tell(watching(), arrived()), R"("detections":100)"), "NOT_NEWLY_ENCOUNTERED");
  v1::Settings settings = watching();
  settings.mutable_newly_encountered()->set_prevalence_below(5);
  settings.mutable_newly_encountered()->set_age_below_days(31);
  EXPECT_EQ(says(tell(settings, arrived()), R"("detections":5,"age_days":31)"), "NOT_NEWLY_ENCOUNTERED");
  EXPECT_EQ(says(tell(settings, arrived()), R"("detections":5,"age_days":30)"), "");
}

TEST(NewlyEncountered, ANoOfTheNetworkIsNoAlarm) {
  Told told = tell(watching(), arrived());
  told.story.attempt_ends(1, v1::HTTP_TLS_FAILURE);
  EXPECT_EQ(told.verdict().decision(), v1::Verdict::ALLOW);
  EXPECT_EQ(told.verdict().because(), v1::PREVALENCE_FAILED);
}

TEST(NewlyEncountered, ItsCountdownAndExpiryAreItsOwn) {
  v1::Settings settings = watching();
  settings.set_allow_if_unanswered_s(600);
  settings.mutable_newly_encountered()->set_allow_if_unanswered_s(20);
  settings.mutable_newly_encountered()->set_on_expiry(v1::EXPIRY_DENIES);
  Told told = tell(settings, arrived());
  told.story.respond(1, prevalence(R"("detections":1)"));
  told.story.wait(20 * Story::kSecond);
  EXPECT_EQ(told.verdict().decision(), v1::Verdict::DENY);
  EXPECT_EQ(told.verdict().because(), v1::EXPIRY_SET_TO_DENY);
}

TEST(NewlyEncountered, CanBeLoggedOnly) {
  v1::Settings settings = watching();
  settings.mutable_newly_encountered()->set_action(v1::NewlyEncounteredSettings::LOG_ONLY);
  Told told = tell(settings, arrived());
  told.story.respond(1, prevalence(R"("detections":1)"));
  EXPECT_EQ(told.verdict().because(), v1::ACTION_IS_LOG_ONLY);
  EXPECT_EQ(told.verdict().event(), v1::NEWLY_ENCOUNTERED_PROGRAM);
  EXPECT_TRUE(told.verdict().logged());
}

TEST(NewlyEncountered, SaysWhyNobodyIsAsked) {
  EXPECT_EQ(says(tell(watching(), arrived(), kPath, Story::profile())), "WEB_REPUTATION_OFF");
  v1::Settings server = watching();
  server.set_enabled_on_servers(true);
  server.mutable_unauthorized_change_prevention()->set_enabled_on_servers(true);
  EXPECT_EQ(says(tell(server, arrived(), kPath, agent(v1::WINDOWS_SERVER_2016_X64))), "SERVERS_EXCLUDED");
  EXPECT_EQ(says(tell(watching(), arrived(v1::Download::CHANNEL_HTTPS))), "CHANNEL_NOT_COVERED");
  EXPECT_EQ(says(tell(watching(), arrived(v1::Download::CHANNEL_OTHER))), "CHANNEL_NOT_COVERED");
  EXPECT_EQ(says(tell(watching(), arrived(v1::Download::CHANNEL_HTTP, R"(C:\a.scr)"), R"(C:\a.scr)")),
            "FILE_TYPE_NOT_COVERED");
}

TEST(NewlyEncountered, IsNotLookedForUnlessEnabledAndActive) {
  v1::Settings off = watching();
  off.mutable_newly_encountered()->set_enabled(false);
  EXPECT_FALSE(has_reason(tell(off, arrived()).verdict(), v1::DOWNLOAD_SEEN));
  v1::Settings inactive = watching();
  inactive.mutable_malware_behavior_blocking()->set_enabled(false);
  EXPECT_FALSE(has_reason(tell(inactive, arrived()).verdict(), v1::DOWNLOAD_SEEN));
  EXPECT_FALSE(has_reason(tell(watching(), arrived(), R"(C:\other.exe)", agent(), std::string(32, 'o')).verdict(),
                          v1::DOWNLOAD_SEEN));
}

TEST(NewlyEncountered, OldPlatformsWatchThreePorts) {
  v1::Download download = arrived();
  for (const auto& [port, old_says] : std::vector<std::pair<std::uint32_t, std::string>>{
           {0, ""}, {80, ""}, {81, ""}, {8080, ""}, {8081, "PORT_NOT_COVERED"}, {443, "PORT_NOT_COVERED"}}) {
    download.set_port(port);
    EXPECT_EQ(says(tell(watching(), download, kPath, agent(v1::WINDOWS_7_X64))), old_says) << port;
    EXPECT_EQ(says(tell(watching(), download)), "") << port;
  }
}

TEST(NewlyEncountered, EmailIsMatchedByFileName) {
  const v1::Download mail = arrived(v1::Download::CHANNEL_EMAIL, R"(C:\Temp\invoice.exe)");
  EXPECT_EQ(says(tell(watching(), mail, R"(D:\elsewhere\Invoice.EXE)")), "");
  EXPECT_EQ(says(tell(watching(), mail, R"(C:\Temp\renamed.exe)")), "NAME_DOES_NOT_MATCH");
  v1::Settings by_hash = watching();
  by_hash.mutable_newly_encountered()->set_match(v1::NewlyEncounteredSettings::HASH_AND_PROVENANCE);
  EXPECT_EQ(says(tell(by_hash, mail, R"(C:\Temp\renamed.exe)")), "");
  EXPECT_FALSE(
      has_reason(tell(by_hash, mail, R"(D:\invoice.exe)", agent(), std::string(32, 'o')).verdict(), v1::DOWNLOAD_SEEN))
      << "another program of that name";
}

TEST(NewlyEncountered, ArchivesCountFromEmailUnlessEncrypted) {
  const auto archive = [](const std::string& path, const std::string& member, bool encrypted) {
    v1::Download mail = arrived(v1::Download::CHANNEL_EMAIL, path);
    mail.clear_sha256();
    v1::ArchiveMember& row = *mail.add_member();
    row.set_name(member);
    row.set_encrypted(encrypted);
    return mail;
  };
  const std::string tool = R"(C:\x\tool.exe)";
  EXPECT_EQ(says(tell(watching(), archive(R"(C:\m.zip)", "a/tool.exe", false), tool)), "");
  EXPECT_EQ(says(tell(watching(), archive(R"(C:\m.RAR)", "tool.exe", false), tool)), "");
  EXPECT_EQ(says(tell(watching(), archive(R"(C:\m.zip)", "tool.exe", true), tool)), "ARCHIVE_ENCRYPTED");
  EXPECT_EQ(says(tell(watching(), archive(R"(C:\m.7z)", "tool.exe", false), tool)), "FILE_TYPE_NOT_COVERED");
  v1::Download web = archive(R"(C:\m.zip)", "tool.exe", false);
  web.set_channel(v1::Download::CHANNEL_HTTP);
  EXPECT_FALSE(has_reason(tell(watching(), web, tool).verdict(), v1::DOWNLOAD_SEEN));
}

TEST(NewlyEncountered, ProvenanceCoversTlsAndMarksOfTheWeb) {
  v1::Settings by_hash = watching();
  by_hash.mutable_newly_encountered()->set_match(v1::NewlyEncounteredSettings::HASH_AND_PROVENANCE);
  EXPECT_EQ(says(tell(by_hash, arrived(v1::Download::CHANNEL_HTTPS))), "");
  v1::Download copied = arrived(v1::Download::CHANNEL_OTHER);
  EXPECT_EQ(says(tell(by_hash, copied)), "CHANNEL_NOT_COVERED");
  copied.set_zone_id(4);
  EXPECT_EQ(says(tell(by_hash, copied)), "");
  copied.set_zone_id(2);  // the intranet
  EXPECT_EQ(says(tell(by_hash, copied)), "CHANNEL_NOT_COVERED");
}

TEST(NewlyEncountered, ApprovedEntriesDoNotSuppressItUnlessTheSettingsSaySo) {
  v1::Settings settings = watching();
  settings.mutable_exceptions()->add_approved()->set_path(kPath);
  EXPECT_EQ(says(tell(settings, arrived())), "");
  settings.mutable_newly_encountered()->set_approved_suppresses(true);
  EXPECT_EQ(says(tell(settings, arrived())), "ON_APPROVED_LIST");
}

TEST(NewlyEncountered, WhatTheBlockedListStopsIsNotAskedAbout) {
  v1::Settings settings = watching();
  settings.mutable_event_monitoring()->set_enabled(true);
  settings.mutable_exceptions()->add_blocked()->set_path(kPath);
  const Told told = tell(settings, arrived());
  EXPECT_EQ(told.verdict().because(), v1::ON_BLOCKED_LIST);
  EXPECT_TRUE(told.requests().empty());
}

// Neither settings of no concern nor a network that has gone let a program run that somebody is asked about.
TEST(NewlyEncountered, WaitsForItsUserWhateverBecomesOfTheService) {
  for (const bool restart : {false, true}) {
    Told told = tell(watching(), arrived());
    told.story.respond(1, prevalence(R"("detections":5,"age_days":30)"));
    ASSERT_EQ(told.story.all(v1::Output::kPrompt).size(), 1U);
    told.story.network(false, false);
    if (restart) told.story.restart_engine();
    v1::Settings moved = watching();
    moved.mutable_certified_safe_software()->set_service_url("http://elsewhere.example");
    told.story.change(moved);
    EXPECT_TRUE(told.story.verdicts(told.op).empty());
    told.story.answer(1, v1::PromptAnswer::DENY);
    EXPECT_EQ(told.verdict().decision(), v1::Verdict::DENY);
    EXPECT_EQ(told.verdict().because(), v1::USER_DENIED);
  }
}

// The row of the start is forgotten while the network is asked, and comes back by an event that tells less.
TEST(NewlyEncountered, IsJudgedByWhatItsStartTold) {
  v1::Settings settings = watching();
  settings.mutable_limits()->set_processes_max(1);
  Told told = tell(settings, arrived());
  ASSERT_EQ(told.requests().size(), 1U);
  told.story.happen(Story::run_key(11));
  v1::Operation acts = Story::run_key(10);
  acts.set_hold(v1::HOLD_CAPABILITY_NONE);
  told.story.happen(acts);
  told.story.respond(1, prevalence(R"("detections":5,"age_days":30)"));
  EXPECT_EQ(told.story.all(v1::Output::kPrompt).size(), 1U);
}

TEST(NewlyEncountered, SaysSomethingOfAnObservationThatNobodyLooksForAnyMore) {
  v1::Settings settings = watching();
  settings.mutable_limits()->set_downloads_max(1);
  Story story;
  story.start(settings, agent()).session(v1::SessionChanged::ACTIVE);
  story.happen(operation(arrived()));
  v1::Operation start = Story::program(10, kPath);
  start.set_hold(v1::HOLD_CAPABILITY_NONE);
  start.mutable_process_start()->set_sha256(kHash);
  const auto op = story.happen(start);
  v1::Download other = arrived(v1::Download::CHANNEL_HTTP, R"(C:\Users\user\Downloads\other.exe)");
  other.set_sha256(std::string(32, '\x33'));
  story.happen(operation(other));
  story.respond(1, prevalence(R"("detections":5,"age_days":30)"));
  EXPECT_EQ(story.verdict(op).because(), v1::NO_MONITORED_EVENT);
}

TEST(NewlyEncountered, TheAgentStopsWhileTheNetworkIsAsked) {
  Told told = tell(watching(), arrived());
  v1::Input stop;
  stop.mutable_agent_stopping();
  told.story.feed(stop);
  EXPECT_EQ(told.verdict().because(), v1::AGENT_STOPPED);
  EXPECT_FALSE(told.verdict().logged());
}

TEST(NewlyEncountered, ARestoredEngineGoesOnAsIfNothingHadHappened) {
  const auto log = [](bool restart) {
    Story story;
    story.start(watching(), agent()).session(v1::SessionChanged::ACTIVE);
    story.happen(operation(arrived(v1::Download::CHANNEL_EMAIL)));
    if (restart) story.restart_engine();
    v1::Operation start = Story::program(10, kPath);
    start.mutable_process_start()->set_sha256(kHash);
    story.happen(start);
    if (restart) story.restart_engine();
    story.respond(1, prevalence(R"("detections":1)"));
    if (restart) story.restart_engine();
    story.wait(60 * Story::kSecond);
    return story.log();
  };
  EXPECT_EQ(log(true), log(false));
  EXPECT_NE(log(true).find("NEWLY_ENCOUNTERED"), std::string::npos);
}

}  // namespace
}  // namespace holdfast::engine
