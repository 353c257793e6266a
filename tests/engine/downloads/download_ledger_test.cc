#include "engine/downloads/download_ledger.h"

#include <gtest/gtest.h>

#include <string>

namespace holdfast::engine {
namespace {

const PathNormaliser& paths() {
  static const PathNormaliser normaliser{v1::AgentProfile()};
  return normaliser;
}

v1::Download download(v1::Download::Channel channel, const std::string& path, const std::string& sha256 = {}) {
  v1::Download arrived;
  arrived.set_channel(channel);
  arrived.set_path(path);
  arrived.set_sha256(sha256);
  return arrived;
}

std::optional<Arrival> find(const DownloadLedger& ledger, const std::string& path, const std::string& sha256 = {},
                            bool by_name = true) {
  return ledger.find(paths().normalise(path), sha256, by_name);
}

const std::string kHash(32, 'h');

TEST(DownloadLedger, FindsTheFileWhereItWasStoredHoweverThatIsWritten) {
  DownloadLedger ledger;
  ledger.add(download(v1::Download::CHANNEL_HTTP, R"(C:\Users\user\Downloads\Setup.exe)"), 0, paths());
  const auto arrival = find(ledger, R"(\\?\c:\users\USER\downloads\setup.EXE)");
  ASSERT_TRUE(arrival);
  EXPECT_TRUE(arrival->same_file);
  EXPECT_TRUE(arrival->same_name);
  EXPECT_EQ(arrival->member, nullptr);
  EXPECT_FALSE(find(ledger, R"(C:\Users\user\Desktop\Setup.exe)")) << "a web download is no name";
}

TEST(DownloadLedger, FindsTheSameContentElsewhere) {
  DownloadLedger ledger;
  ledger.add(download(v1::Download::CHANNEL_HTTP, R"(C:\a.exe)", kHash), 0, paths());
  const auto arrival = find(ledger, R"(C:\b.exe)", kHash);
  ASSERT_TRUE(arrival);
  EXPECT_TRUE(arrival->same_file);
  EXPECT_FALSE(arrival->same_name);
}

TEST(DownloadLedger, FindsEmailByNameOnlyWhereThatIsAskedFor) {
  DownloadLedger ledger;
  ledger.add(download(v1::Download::CHANNEL_EMAIL, R"(C:\Temp\invoice.exe)"), 0, paths());
  const auto arrival = find(ledger, R"(D:\Work\INVOICE.EXE)");
  ASSERT_TRUE(arrival);
  EXPECT_FALSE(arrival->same_file);
  EXPECT_TRUE(arrival->same_name);
  EXPECT_FALSE(find(ledger, R"(D:\Work\INVOICE.EXE)", {}, false));
}

TEST(DownloadLedger, FindsMembersOfAnArchive) {
  v1::Download zip = download(v1::Download::CHANNEL_EMAIL, R"(C:\Temp\post.zip)");
  zip.add_member()->set_name("docs/readme.txt");
  v1::ArchiveMember& program = *zip.add_member();
  program.set_name("bin/Tool.exe");
  program.set_sha256(kHash);
  DownloadLedger ledger;
  ledger.add(zip, 0, paths());
  const auto by_name = find(ledger, R"(C:\x\tool.exe)");
  ASSERT_TRUE(by_name && by_name->member != nullptr);
  EXPECT_EQ(by_name->member->name(), "bin/Tool.exe");
  const auto renamed = find(ledger, R"(C:\x\other.exe)", kHash);
  ASSERT_TRUE(renamed && renamed->member != nullptr);
  EXPECT_TRUE(renamed->same_file);
  EXPECT_FALSE(renamed->same_name);
}

TEST(DownloadLedger, TheLatestArrivalCounts) {
  DownloadLedger ledger;
  ledger.add(download(v1::Download::CHANNEL_HTTP, R"(C:\a.exe)"), 0, paths());
  ledger.add(download(v1::Download::CHANNEL_HTTPS, R"(C:\a.exe)"), 0, paths());
  EXPECT_EQ(find(ledger, R"(C:\a.exe)")->download->channel(), v1::Download::CHANNEL_HTTPS);
}

TEST(DownloadLedger, ForgetsTheOldestAtTheLimit) {
  DownloadLedger ledger;
  EXPECT_FALSE(ledger.set_downloads_max(2));
  EXPECT_FALSE(ledger.add(download(v1::Download::CHANNEL_HTTP, R"(C:\a.exe)"), 0, paths()));
  EXPECT_FALSE(ledger.add(download(v1::Download::CHANNEL_HTTP, R"(C:\b.exe)"), 0, paths()));
  EXPECT_TRUE(ledger.add(download(v1::Download::CHANNEL_HTTP, R"(C:\c.exe)"), 0, paths()));
  EXPECT_FALSE(find(ledger, R"(C:\a.exe)"));
  EXPECT_TRUE(find(ledger, R"(C:\b.exe)"));
  EXPECT_TRUE(ledger.set_downloads_max(1));
  EXPECT_FALSE(find(ledger, R"(C:\b.exe)"));
}

TEST(DownloadLedger, AMarkOfTheWebIsAnArrivalUntilItIsTakenOff) {
  DownloadLedger ledger;
  ledger.mark(R"(C:\own\tool.exe:Zone.Identifier)", "[ZoneTransfer]\r\nZoneId=3\r\n", 0, paths());
  ledger.mark(R"(C:\own\tool.exe:ZONE.IDENTIFIER:$DATA)", "[ZoneTransfer]\r\nZoneId=3\r\n", 0, paths());
  EXPECT_EQ(ledger.size(), 1U) << "the same mark twice";
  ASSERT_TRUE(find(ledger, R"(C:\own\tool.exe)"));
  EXPECT_EQ(find(ledger, R"(C:\own\tool.exe)")->download->zone_id(), 4U);
  ledger.unmark(R"(C:\own\tool.exe:Zone.Identifier)", paths());
  EXPECT_FALSE(find(ledger, R"(C:\own\tool.exe)"));
}

TEST(DownloadLedger, NoMarkIsNoArrival) {
  DownloadLedger ledger;
  ledger.mark(R"(C:\own\tool.exe:other)", "ZoneId=3", 0, paths());
  ledger.mark(R"(C:\own\tool.exe)", "ZoneId=3", 0, paths());
  ledger.mark(R"(:Zone.Identifier)", "ZoneId=3", 0, paths());
  for (const char* contents : {"", "ZoneId=", "ZoneId=x", "ZoneId=99999999999", "Zone=3"}) {
    ledger.mark(R"(C:\own\tool.exe:Zone.Identifier)", contents, 0, paths());
  }
  EXPECT_EQ(ledger.size(), 0U);
}

TEST(DownloadLedger, TakingAMarkOffLeavesDownloadsAlone) {
  DownloadLedger ledger;
  ledger.add(download(v1::Download::CHANNEL_HTTP, R"(C:\a.exe)"), 0, paths());
  ledger.unmark(R"(C:\a.exe:Zone.Identifier)", paths());
  EXPECT_TRUE(find(ledger, R"(C:\a.exe)"));
}

TEST(DownloadLedger, ASnapshotKeepsOrderAndTimes) {
  DownloadLedger ledger;
  ledger.add(download(v1::Download::CHANNEL_HTTP, R"(C:\a.exe)", kHash), 5, paths());
  ledger.add(download(v1::Download::CHANNEL_EMAIL, R"(C:\b.exe)"), 7, paths());
  v1::EngineState state;
  ledger.save(state);
  DownloadLedger restored;
  restored.load(state, paths());
  v1::EngineState again;
  restored.save(again);
  EXPECT_EQ(state.SerializeAsString(), again.SerializeAsString());
  EXPECT_EQ(again.download(1).at_ns(), 7U);
  EXPECT_TRUE(find(restored, R"(C:\z.exe)", kHash));
}

}  // namespace
}  // namespace holdfast::engine
