#include "engine/downloads/download_ledger.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>

#include "tests/support/random.h"

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

// The likeliest.
std::optional<Arrival> find(const DownloadLedger& ledger, const std::string& path, const std::string& sha256 = {},
                            bool by_name = true) {
  const std::vector<Arrival> found = ledger.find(paths().normalise(path), sha256, by_name);
  return found.empty() ? std::nullopt : std::optional(found.front());
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

TEST(DownloadLedger, AFileOnAnotherComputerIsAnotherFile) {
  DownloadLedger ledger;
  ledger.add(download(v1::Download::CHANNEL_EMAIL, R"(C:\a.exe)", kHash), 0, paths(), "PC2");
  ledger.mark(R"(C:\b.exe:Zone.Identifier)", "ZoneId=3", 1, paths(), "PC2");
  v1::EngineState state;
  ledger.save(state);
  DownloadLedger twin;
  ASSERT_TRUE(twin.load(state, paths()));
  for (DownloadLedger* each : {&ledger, &twin}) {
    EXPECT_FALSE(find(*each, R"(C:\a.exe)", kHash));
    EXPECT_FALSE(find(*each, R"(C:\b.exe)"));
    each->unmark(R"(C:\b.exe:Zone.Identifier)", paths());
    const auto there = [&](const char* path, const std::string& sha256) {
      return each->find(paths().normalise(path), sha256, true, "pc2").size();
    };
    EXPECT_EQ(there(R"(C:\a.exe)", {}), 1U);
    EXPECT_EQ(there(R"(D:\a.exe)", {}), 1U) << "by its name";
    EXPECT_EQ(there(R"(D:\c.exe)", kHash), 1U) << "by its content";
    EXPECT_EQ(there(R"(C:\b.exe)", {}), 1U);
    each->unmark(R"(C:\b.exe:Zone.Identifier)", paths(), "PC2");
    EXPECT_EQ(there(R"(C:\b.exe)", {}), 0U);
  }
  EXPECT_EQ(twin.bytes(), ledger.bytes());
}

TEST(DownloadLedger, FindsAllThatAFileMayHaveComeWithButWhatWasOverwritten) {
  DownloadLedger ledger;
  ledger.add(download(v1::Download::CHANNEL_HTTPS, R"(C:\a.exe)"), 0, paths());
  ledger.add(download(v1::Download::CHANNEL_HTTP, R"(C:\a.exe)"), 1, paths());
  ledger.mark(R"(C:\a.exe:Zone.Identifier)", "ZoneId=3", 2, paths());
  ledger.add(download(v1::Download::CHANNEL_HTTPS, R"(C:\b.exe)", kHash), 3, paths());
  ledger.add(download(v1::Download::CHANNEL_EMAIL, R"(D:\mail\a.exe)"), 4, paths());
  std::vector<v1::Download::Channel> channels;
  for (const Arrival& arrival : ledger.find(paths().normalise(R"(C:\a.exe)"), kHash, true)) {
    channels.push_back(arrival.download->channel());
  }
  const std::vector<v1::Download::Channel> expected{v1::Download::CHANNEL_HTTPS, v1::Download::CHANNEL_OTHER,
                                                    v1::Download::CHANNEL_HTTP, v1::Download::CHANNEL_EMAIL};
  EXPECT_EQ(channels, expected);
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
  ASSERT_TRUE(restored.load(state, paths()));
  v1::EngineState again;
  restored.save(again);
  EXPECT_EQ(state.SerializeAsString(), again.SerializeAsString());
  EXPECT_EQ(again.download(1).at_ns(), 7U);
  EXPECT_TRUE(find(restored, R"(C:\z.exe)", kHash));
}

v1::EngineState saved(const DownloadLedger& ledger) {
  v1::EngineState state;
  ledger.save(state);
  return state;
}

v1::AgentProfile with_drive(const std::string& drive) {
  v1::AgentProfile profile;
  v1::Volume& volume = *profile.add_volume();
  volume.set_drive(drive);
  volume.set_device(R"(\Device\HarddiskVolume5)");
  return profile;
}

TEST(DownloadLedger, IsFoundWhereThePathMeansNow) {
  DownloadLedger ledger;
  ledger.add(download(v1::Download::CHANNEL_HTTP, R"(\Device\HarddiskVolume5\setup.exe)"), 0, paths());
  EXPECT_FALSE(find(ledger, R"(D:\setup.exe)"));
  const PathNormaliser mapped{with_drive("D:")};
  ledger.renormalise(mapped);
  EXPECT_TRUE(find(ledger, R"(D:\setup.exe)"));
  DownloadLedger restored;
  ASSERT_TRUE(restored.load(saved(ledger), mapped));
  EXPECT_TRUE(find(restored, R"(D:\setup.exe)"));
  EXPECT_EQ(restored.bytes(), ledger.bytes());
  ledger.renormalise(paths());
  EXPECT_FALSE(find(ledger, R"(D:\setup.exe)"));
}

TEST(DownloadLedger, BoundsWhatItKeepsOfADownload) {
  v1::Download loud = download(v1::Download::CHANNEL_HTTP, "C:\\" + std::string(200'000, 'x'), std::string(100, 'h'));
  loud.set_url(std::string(20'000, 'u') + "\xFF");
  loud.set_referrer("\xFF");
  loud.set_channel(static_cast<v1::Download::Channel>(77));
  for (int i = 0; i < 100'000; ++i) loud.add_member()->set_name("a.exe");
  DownloadLedger ledger;
  ledger.add(loud, 0, paths());
  const v1::EngineState state = saved(ledger);
  const v1::Download& kept = state.download(0).download();
  EXPECT_EQ(kept.path().size(), DownloadLedger::kPathBytesMax);
  EXPECT_EQ(kept.url().size(), DownloadLedger::kUrlBytesMax);
  EXPECT_EQ(kept.referrer(), "\xEF\xBF\xBD");
  EXPECT_EQ(kept.sha256(), "");
  EXPECT_EQ(kept.channel(), v1::Download::CHANNEL_UNSPECIFIED);
  EXPECT_LT(kept.member_size(), 100'000);
  EXPECT_EQ(ledger.take_members_left_out(), static_cast<std::uint64_t>(100'000 - kept.member_size()));
  EXPECT_EQ(ledger.take_members_left_out(), 0U);
  DownloadLedger restored;
  ASSERT_TRUE(restored.load(state, paths()));
  EXPECT_EQ(saved(restored).SerializeAsString(), state.SerializeAsString());
}

TEST(DownloadLedger, ForgetsTheOldestAtTheLimitOfBytes) {
  DownloadLedger ledger;
  for (int i = 0; i < 10; ++i) {
    v1::Download arrived = download(v1::Download::CHANNEL_HTTP, "C:\\" + std::to_string(i) + ".exe");
    arrived.set_url(std::string(1'000, 'u'));
    ledger.add(arrived, 0, paths());
  }
  const std::uint64_t each = ledger.bytes() / 10;
  EXPECT_TRUE(ledger.set_bytes_max(5 * each));
  EXPECT_EQ(ledger.size(), 5U);
  EXPECT_EQ(ledger.take_dropped_for_bytes(), 5U);
  EXPECT_FALSE(find(ledger, R"(C:\4.exe)"));
  EXPECT_TRUE(find(ledger, R"(C:\5.exe)"));
  EXPECT_FALSE(ledger.add(download(v1::Download::CHANNEL_HTTP, R"(C:\new.exe)"), 0, paths())) << "not for the number";
  EXPECT_EQ(ledger.take_dropped_for_bytes(), 1U);
  ledger.set_bytes_max(1);
  EXPECT_EQ(ledger.size(), 1U) << "one is always kept";
}

TEST(DownloadLedger, RefusesStatesThatNoLedgerCanHaveSaved) {
  struct Row {
    const char* field;
    std::function<void(v1::EngineState&)> spoil;
  };
  const auto last = [](v1::EngineState& state) -> v1::Download& {
    return *state.mutable_download(1)->mutable_download();
  };
  const Row rows[] = {
      {"download", [](v1::EngineState& s) { s.add_download()->set_at_ns(9); }},
      {"download[1].at_ns", [](v1::EngineState& s) { s.mutable_download(1)->set_at_ns(1); }},
      {"download[1].download.url", [&](v1::EngineState& s) { last(s).set_url(std::string(9'000, 'u')); }},
      {"download[1].download.path", [&](v1::EngineState& s) { last(s).set_path(std::string(200'000, 'x')); }},
      {"download[1].download.sha256", [&](v1::EngineState& s) { last(s).set_sha256(std::string(65, 'x')); }},
      {"download[1].download.channel",
       [&](v1::EngineState& s) { last(s).set_channel(static_cast<v1::Download::Channel>(9)); }},
      {"download[1].download.referrer", [&](v1::EngineState& s) { last(s).set_referrer("\xFF"); }},
      {"download[1].download.member[0].name", [&](v1::EngineState& s) { last(s).add_member()->set_name("\xFF"); }},
      {"download[1].download.member",
       [&](v1::EngineState& s) {
         for (int i = 0; i < 10'000; ++i) last(s).add_member();
       }},
  };
  DownloadLedger good;
  good.add(download(v1::Download::CHANNEL_HTTP, R"(C:\a.exe)", kHash), 5, paths());
  good.add(download(v1::Download::CHANNEL_EMAIL, R"(C:\b.exe)"), 7, paths());
  for (const Row& row : rows) {
    v1::EngineState state = saved(good);
    row.spoil(state);
    DownloadLedger ledger;
    ledger.set_downloads_max(2);
    const auto done = ledger.load(state, paths());
    ASSERT_FALSE(done) << row.field;
    EXPECT_EQ(done.error().field, row.field) << done.error().text();
  }
  DownloadLedger small;
  small.set_bytes_max(10);
  EXPECT_EQ(small.load(saved(good), paths()).error().field, "download");
}

// ---------------------------------------------------------------- at random

// What is found, the long way.
std::vector<std::string> naive_find(const v1::EngineState& state, const PathNormaliser& now, const WindowsPath& path,
                                    std::string_view sha256, bool by_name) {
  std::vector<std::string> same_file;
  std::vector<std::string> same_name;
  bool overwritten = false;  // by a later download
  for (auto kept = state.download().rbegin(); kept != state.download().rend(); ++kept) {
    const v1::Download& arrived = kept->download();
    const WindowsPath stored = now.normalise(arrived.path());
    const bool there = !stored.empty() && stored.folded == path.folded;
    if ((there && !overwritten) || (!sha256.empty() && arrived.sha256() == sha256)) {
      same_file.push_back(arrived.SerializeAsString());
    } else if (by_name && arrived.channel() == v1::Download::CHANNEL_EMAIL && !stored.empty() &&
               stored.file_name() == path.file_name()) {
      same_name.push_back(arrived.SerializeAsString());
    }
    overwritten = overwritten || (there && arrived.channel() != v1::Download::CHANNEL_OTHER);
  }
  same_file.insert(same_file.end(), same_name.begin(), same_name.end());
  return same_file;
}

TEST(DownloadLedger, AgreesWithALongSearchAndWithOneThatIsSavedAndLoadedEachTime) {
  const std::array<PathNormaliser, 2> profiles = {PathNormaliser(v1::AgentProfile()), PathNormaliser(with_drive("D:"))};
  const std::array<std::string, 6> places = {
      R"(C:\a.exe)", R"(c:\A.EXE)", R"(D:\x\b.exe)", R"(\??\)", R"(\Device\HarddiskVolume5\x\b.exe)", R"(C:\b.exe)"};
  Random random(3);
  const PathNormaliser* now = profiles.data();
  DownloadLedger ledger;
  DownloadLedger twin;
  std::uint32_t downloads_max = 4'096;
  std::uint64_t bytes_max = DownloadLedger::kBytesMaxDefault;
  for (std::uint64_t at_ns = 1; at_ns < 5'000; ++at_ns) {
    const std::string& place = random.one_of(places);
    const std::size_t what = random.below(12);
    const auto channel = static_cast<v1::Download::Channel>(random.below(5));
    const std::string sha256 = random.below(3) == 0 ? std::string(32, static_cast<char>('a' + random.below(3))) : "";
    if (what == 0) now = &profiles[random.below(2)];
    if (what == 1) downloads_max = 1 + static_cast<std::uint32_t>(random.below(9));
    if (what == 2) bytes_max = 500 + random.below(9'000);
    for (DownloadLedger* each : {&ledger, &twin}) {
      if (what == 0) each->renormalise(*now);
      if (what == 1) each->set_downloads_max(downloads_max);
      if (what == 2) each->set_bytes_max(bytes_max);
      if (what > 2 && what < 8) each->add(download(channel, place, sha256), at_ns, *now);
      if (what == 8) each->mark(place + ":Zone.Identifier", "ZoneId=3", at_ns, *now);
      if (what == 9) each->unmark(place + ":Zone.Identifier", *now);
    }
    const v1::EngineState state = saved(ledger);
    ASSERT_EQ(state.SerializeAsString(), saved(twin).SerializeAsString()) << at_ns;
    ASSERT_EQ(ledger.bytes(), twin.bytes()) << at_ns;
    ASSERT_LE(ledger.size(), downloads_max);
    ASSERT_TRUE(ledger.bytes() <= bytes_max || ledger.size() == 1) << at_ns;
    const WindowsPath sought = now->normalise(random.one_of(places));
    for (const DownloadLedger* each : {&ledger, &twin}) {
      if (sought.empty()) continue;
      std::vector<std::string> found;
      for (const Arrival& arrival : each->find(sought, sha256, what % 2 == 0)) {
        found.push_back(arrival.download->SerializeAsString());
      }
      ASSERT_EQ(found, naive_find(state, *now, sought, sha256, what % 2 == 0)) << at_ns;
    }
    twin = DownloadLedger();
    twin.set_downloads_max(downloads_max);
    twin.set_bytes_max(bytes_max);
    ASSERT_TRUE(twin.load(state, *now)) << at_ns;
  }
}

}  // namespace
}  // namespace holdfast::engine
