#include "engine/processes/process_table.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "tests/engine/processes/naive_process_table.h"
#include "tests/support/random.h"

namespace holdfast::engine {
namespace {

constexpr std::string_view kOnDevice = R"(\Device\HarddiskVolume5\tools\setup.exe)";

v1::AgentProfile with_drive(const std::string& drive) {
  v1::AgentProfile profile;
  v1::Volume& volume = *profile.add_volume();
  volume.set_drive(drive);
  volume.set_device(R"(\Device\HarddiskVolume5)");
  return profile;
}

const PathNormaliser& plain() {
  static const PathNormaliser paths{v1::AgentProfile()};
  return paths;
}

v1::Process process(std::uint32_t pid, std::uint64_t start_ns, std::string_view image = {}) {
  v1::Process process;
  process.set_pid(pid);
  process.set_start_ns(start_ns);
  process.set_image(image.empty() ? "C:\\p" + std::to_string(pid) + ".exe" : std::string(image));
  return process;
}

ProgramKey key(std::uint32_t pid, std::uint64_t start_ns, std::string_view endpoint = {}) {
  return {.start_ns = start_ns, .pid = pid, .computer = computer_of(endpoint)};
}

v1::Operation act(std::uint32_t pid, std::uint64_t start_ns, std::string_view image = {},
                  const std::string& endpoint = {}) {
  v1::Operation operation;
  operation.mutable_actor()->set_pid(pid);
  operation.mutable_actor()->set_start_ns(start_ns);
  operation.set_endpoint(endpoint);
  operation.set_actor_image(std::string(image));
  operation.mutable_process_exit();
  return operation;
}

v1::EngineState saved(const ProcessTable& table) {
  v1::EngineState state;
  table.save(state);
  return state;
}

ProcessTable loaded(const v1::EngineState& state, const PathNormaliser& paths, std::uint32_t rows_max = 100,
                    std::uint64_t bytes_max = ProcessTable::kBytesMaxDefault) {
  ProcessTable table(rows_max, bytes_max);
  const auto done = table.load(state, paths);
  EXPECT_TRUE(done) << (done ? "" : done.error().text());
  return table;
}

TEST(ProcessTable, DecidesByTheProfileInForceAndNotByTheOneUnderWhichAProgramStarted) {
  ProcessTable table(10);
  table.start(process(1, 1, kOnDevice), plain());
  EXPECT_EQ(table.find(key(1, 1))->image->text, kOnDevice);
  const PathNormaliser mapped{with_drive("D:")};
  table.renormalise(mapped);
  EXPECT_EQ(table.find(key(1, 1))->image->text, R"(D:\tools\setup.exe)");
  EXPECT_EQ(table.find(key(1, 1))->subject.image->folded, R"(D:\TOOLS\SETUP.EXE)");
  EXPECT_EQ(saved(table).process(0).process().image(), kOnDevice) << "as the sensor gave it";
  ProcessTable twin = loaded(saved(table), mapped);
  EXPECT_EQ(twin.find(key(1, 1))->image->text, R"(D:\tools\setup.exe)");
  EXPECT_EQ(twin.bytes(), table.bytes());
}

TEST(ProcessTable, AnImageThatNamesNothingIsUnknownAndCanBeLearnt) {
  ProcessTable table(10);
  table.actor(act(7, 7, R"(\??\)"), plain());
  ProcessTable twin = loaded(saved(table), plain());
  for (ProcessTable* each : {&table, &twin}) {
    EXPECT_TRUE(each->find(key(7, 7))->image->empty());
    each->actor(act(7, 7, R"(C:\a.exe)"), plain());
    EXPECT_EQ(each->find(key(7, 7))->image->text, R"(C:\a.exe)");
  }
}

TEST(ProcessTable, AStartOverAKeyWithoutAStartTimeShowsThatTheOldRunHasEnded) {
  ProcessTable table(10);
  v1::Operation start;
  *start.mutable_process_start() = process(7, 0, R"(C:\good.exe)");
  EXPECT_EQ(table.arrival_of(start, plain()).ended, nullptr) << "nobody was there";
  table.start(start.process_start(), plain());
  *start.mutable_process_start() = process(7, 0, R"(C:\evil.exe)");
  ProcessRow* ended = table.arrival_of(start, plain()).ended;
  ASSERT_NE(ended, nullptr);
  EXPECT_EQ(ended->image->text, R"(C:\good.exe)");
  *start.mutable_process_start() = process(7, 70, R"(C:\evil.exe)");
  EXPECT_EQ(table.arrival_of(start, plain()).ended, nullptr) << "another key";
}

TEST(ProcessTable, AnActorWithAnotherImageShowsItToo) {
  ProcessTable table(10);
  table.start(process(7, 0, R"(C:\good.exe)"), plain());
  EXPECT_EQ(table.arrival_of(act(7, 0), plain()).ended, nullptr);
  EXPECT_EQ(table.arrival_of(act(7, 0, R"(\\?\c:\GOOD.exe)"), plain()).ended, nullptr);
  EXPECT_EQ(table.arrival_of(act(7, 0, R"(\??\)"), plain()).ended, nullptr) << "an image of nothing shows nothing";
  EXPECT_EQ(table.arrival_of(act(7, 7, R"(C:\evil.exe)"), plain()).ended, nullptr) << "another key";
  ASSERT_NE(table.arrival_of(act(7, 0, R"(C:\evil.exe)"), plain()).ended, nullptr);
  EXPECT_EQ(table.actor(act(7, 0, R"(C:\evil.exe)"), plain()).image->text, R"(C:\evil.exe)");
  EXPECT_EQ(table.size(), 1U);
}

TEST(ProcessTable, ARunThatHasEndedIsNotFoundByItsBarePid) {
  ProcessTable table(10);
  table.exit(table.start(process(7, 0), plain()));
  table.exit(table.start(process(8, 8), plain()));
  EXPECT_EQ(table.find_exactly(key(7, 0)), nullptr);
  EXPECT_NE(table.find_exactly(key(8, 8)), nullptr) << "a late event of it";
  table.start(process(7, 0), plain());
  EXPECT_NE(table.find_exactly(key(7, 0)), nullptr);
  EXPECT_EQ(table.find_exactly(key(8, 0)), nullptr) << "another key";
}

TEST(ProcessTable, WhoTakesAKeyThatNobodyHadIsToldTooForTheTableMayHaveForgotten) {
  ProcessTable table(1);
  v1::Operation start;
  *start.mutable_process_start() = process(7, 0, R"(C:\good.exe)");
  const ProcessTable::Arrival first = table.arrival_of(start, plain());
  EXPECT_TRUE(first.takes_key);
  EXPECT_EQ(first.ended, nullptr);
  table.start(start.process_start(), plain());
  EXPECT_FALSE(table.arrival_of(act(7, 0), plain()).takes_key) << "it has its row";
  EXPECT_FALSE(table.arrival_of(act(8, 8), plain()).takes_key) << "a start time tells one run from another";
  EXPECT_FALSE(table.arrival_of(act(0, 0), plain()).takes_key) << "nobody";
  table.start(process(8, 8), plain());  // 7 is forgotten
  EXPECT_TRUE(table.arrival_of(act(7, 0), plain()).takes_key);
}

TEST(ProcessTable, NobodyFindsNoRowAndMakesNone) {
  ProcessTable table(10);
  v1::Operation named = act(0, 0, R"(C:\a.exe)");
  named.set_actor_user("PC\\user");
  ProcessRow& first = table.actor(named, plain());
  EXPECT_EQ(first.image->text, R"(C:\a.exe)");
  EXPECT_EQ(first.user, "PC\\user");
  first.subject.facts = 1;
  table.exit(first);
  EXPECT_EQ(table.arrival_of(act(0, 0, R"(C:\b.exe)"), plain()).ended, nullptr);
  const ProcessRow& second = table.actor(act(0, 0), plain());
  EXPECT_TRUE(second.image->empty()) << "the name of another nobody";
  EXPECT_EQ(second.user, "");
  EXPECT_EQ(second.subject.facts, 0U);
  EXPECT_FALSE(second.exited);
  EXPECT_EQ(table.find(key(0, 0)), nullptr);
  EXPECT_EQ(table.actor_if_known(act(0, 0, R"(C:\a.exe)"), plain()), nullptr);
  v1::Process start = process(0, 0, R"(C:\c.exe)");
  start.set_sha256("5c");
  EXPECT_EQ(table.start(start, plain()).sha256, "5c");
  EXPECT_EQ(table.size(), 0U);
  EXPECT_EQ(table.bytes(), 0U);
}

TEST(ProcessTable, ARunWhosePidIsUnknownIsNoNobody) {
  ProcessTable table(10);
  table.start(process(0, 5, R"(C:\a.exe)"), plain());
  EXPECT_EQ(table.actor(act(0, 5), plain()).image->text, R"(C:\a.exe)");
  EXPECT_TRUE(table.actor(act(0, 0), plain()).image->empty()) << "whose start nobody told";
  EXPECT_EQ(table.size(), 1U);
}

TEST(ProcessTable, KeepsNoCommandLineAndBoundsWhatItKeeps) {
  std::string image = "C:";
  while (image.size() < 200'000) image += "\\folder";
  v1::Process loud = process(1, 1, image);
  loud.set_command_line(std::string(32'000, 'c'));
  loud.set_user(std::string(ProcessTable::kUserBytesMax - 1, 'u') + "\xC3\xA4");
  loud.mutable_signature()->set_status(v1::SIGNATURE_STATUS_VALID);
  loud.mutable_signature()->set_signer(std::string(ProcessTable::kSignerBytesMax + 1, 's'));
  loud.set_sha256(std::string(1'000'000, 'h'));
  ProcessTable table(10);
  table.start(loud, plain());
  const v1::EngineState state = saved(table);
  const v1::Process& kept = state.process(0).process();
  EXPECT_EQ(kept.command_line(), "");
  EXPECT_EQ(kept.image().size(), ProcessTable::kImageBytesMax);
  EXPECT_EQ(kept.user(), std::string(ProcessTable::kUserBytesMax - 1, 'u')) << "no half characters";
  EXPECT_EQ(kept.signature().signer(), "") << "half a name is not trusted";
  EXPECT_EQ(kept.sha256(), "");
  EXPECT_EQ(table.find(key(1, 1))->image->text, plain().normalise(loud.image()).text) << "Windows opens no longer path";
  EXPECT_EQ(saved(loaded(state, plain())).SerializeAsString(), state.SerializeAsString());
}

TEST(ProcessTable, KeepsTextsThatARecordingCanHold) {
  ProcessTable table(10);
  v1::Process odd = process(1, 1, std::string("C:\\\xFF.exe\0tail", 13));
  odd.set_user("\x80");
  table.start(odd, plain());
  const v1::EngineState state = saved(table);
  const v1::Process& kept = state.process(0).process();
  EXPECT_EQ(kept.image(), "C:\\\xEF\xBF\xBD.exe");
  EXPECT_EQ(kept.user(), "\xEF\xBF\xBD");
}

TEST(ProcessTable, AValueThatIsUnknownIsNone) {
  ProcessTable table(10);
  v1::Process odd = process(1, 1);
  odd.mutable_signature()->set_status(static_cast<v1::SignatureStatus>(99));
  odd.set_integrity(static_cast<v1::IntegrityLevel>(99));
  table.start(odd, plain());
  EXPECT_EQ(table.find(key(1, 1))->signature, v1::SIGNATURE_STATUS_UNSPECIFIED);
  EXPECT_EQ(table.find(key(1, 1))->integrity, v1::INTEGRITY_LEVEL_UNSPECIFIED);
  loaded(saved(table), plain());
}

TEST(ProcessTable, BoundsWhatAStateTakesWhereManyRunsShareOneLongImage) {
  std::string image = "C:";
  while (image.size() < 100'000) image += "\\folder";
  constexpr std::uint64_t kBytesMax = 8ULL << 20U;
  ProcessTable table(65'536, kBytesMax);
  for (std::uint32_t pid = 1; pid < 1'000; ++pid) table.start(process(pid, pid, image), plain());
  EXPECT_GT(table.take_dropped_for_bytes(), 0U);
  v1::EngineState state;
  table.save(state);
  EXPECT_LE(state.ByteSizeLong(), kBytesMax);
  ProcessTable loaded(65'536, kBytesMax);
  EXPECT_TRUE(loaded.load(state, plain()));
}

TEST(ProcessTable, DropsAtTheLimitOfBytesAsAtThatOfRowsAndSparesWhoActs) {
  const std::string user(1'000, 'u');
  const std::uint64_t bytes_max = 3 * (ProcessTable::kRowBytes + user.size() + ProcessTable::kFileBytes + 4 * 10);
  ProcessTable table(100, bytes_max);
  for (std::uint32_t pid = 1; pid <= 5; ++pid) {
    v1::Process started = process(pid, pid);
    started.set_user(user);
    EXPECT_EQ(table.start(started, plain()).key.pid, pid);
    EXPECT_LE(table.bytes(), bytes_max);
  }
  EXPECT_EQ(table.size(), 3U);
  EXPECT_EQ(table.take_dropped(), 0U);
  EXPECT_EQ(table.take_dropped_for_bytes(), 2U);
  EXPECT_EQ(table.take_dropped_for_bytes(), 0U);
  EXPECT_EQ(table.find(key(1, 1)), nullptr);
  table.set_bytes_max(1);
  EXPECT_EQ(table.size(), 1U) << "one row is always kept";
  table.exit(*table.find(key(5, 5)));
  EXPECT_EQ(table.start(process(9, 9), plain()).key.pid, 9U) << "the exited one went first";
  EXPECT_EQ(table.size(), 1U);
}

TEST(ProcessTable, AnEmptyTableCountsNothing) {
  ProcessTable table(2);
  for (std::uint32_t pid = 1; pid <= 9; ++pid) table.start(process(pid % 3, pid), plain());
  table.set_rows_max(1);
  const std::uint64_t one = table.bytes();
  ProcessTable other(1);
  other.start(process(0, 9), plain());
  EXPECT_EQ(one, other.bytes());
}

// ---------------------------------------------------------------- states that contradict themselves

v1::EngineState good_state() {
  ProcessTable table(10);
  table.start(process(1, 1), plain());
  table.start(process(1, 2), plain());
  table.start(process(3, 3), plain());
  table.exit(*table.find(key(1, 1)));
  return saved(table);
}

TEST(ProcessTableLoad, RefusesWhatNoTableCanHaveSavedAndNamesTheField) {
  struct Row {
    const char* field;
    std::function<void(v1::EngineState&)> spoil;
  };
  const auto at = [](v1::EngineState& state, int i) -> v1::ProcessState& { return *state.mutable_process(i); };
  const Row rows[] = {
      {"process",
       [](v1::EngineState& s) {
         for (std::uint32_t i = 0; i < 9; ++i) *s.add_process()->mutable_process() = process(50 + i, 1);
       }},
      {"process[1].process.pid", [&](v1::EngineState& s) { *at(s, 1).mutable_process() = s.process(0).process(); }},
      {"process[1].exited",
       [&](v1::EngineState& s) {
         at(s, 0).set_exited(false);
         at(s, 1).set_exited(true);
       }},
      {"process[2].latest_of_pid", [&](v1::EngineState& s) { at(s, 2).mutable_process()->set_pid(1); }},
      {"process[2].facts", [&](v1::EngineState& s) { at(s, 2).set_facts(1U << 31U); }},
      {"process[2].process.integrity",
       [&](v1::EngineState& s) { at(s, 2).mutable_process()->set_integrity(static_cast<v1::IntegrityLevel>(77)); }},
      {"process[2].process.signature.status",
       [&](v1::EngineState& s) {
         at(s, 2).mutable_process()->mutable_signature()->set_status(static_cast<v1::SignatureStatus>(-1));
       }},
      {"process[2].process.image",
       [&](v1::EngineState& s) {
         at(s, 2).mutable_process()->set_image(std::string(ProcessTable::kImageBytesMax + 1, 'x'));
       }},
      {"process[2].process.image", [&](v1::EngineState& s) { at(s, 2).mutable_process()->set_image(R"(\??\)"); }},
      {"process[2].process.image",
       [&](v1::EngineState& s) { at(s, 2).mutable_process()->set_image(std::string("C:\\a\0b", 6)); }},
      {"process[2].process.user", [&](v1::EngineState& s) { at(s, 2).mutable_process()->set_user("\xFF"); }},
      {"process[2].process.signature.signer",
       [&](v1::EngineState& s) {
         at(s, 2).mutable_process()->mutable_signature()->set_signer(
             std::string(ProcessTable::kSignerBytesMax + 1, 's'));
       }},
      {"process[2].process.sha256",
       [&](v1::EngineState& s) { at(s, 2).mutable_process()->set_sha256(std::string(65, 's')); }},
  };
  for (const Row& row : rows) {
    v1::EngineState state = good_state();
    row.spoil(state);
    ProcessTable table(10);
    const auto done = table.load(state, plain());
    ASSERT_FALSE(done) << row.field;
    EXPECT_EQ(done.error().field, row.field) << done.error().text();
  }
  ProcessTable small(10, 100);
  const auto done = small.load(good_state(), plain());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().field, "process");
  loaded(good_state(), plain());
}

TEST(ProcessTableLoad, TakesWhatAnOlderEngineSavedWithCommandLines) {
  v1::EngineState state = good_state();
  state.mutable_process(2)->mutable_process()->set_command_line(std::string(100'000, 'c'));
  EXPECT_EQ(saved(loaded(state, plain())).SerializeAsString(), good_state().SerializeAsString());
}

// One thing of a row at random.
void spoil(v1::ProcessState& row, Random& random) {
  v1::Process& process = *row.mutable_process();
  switch (random.below(11)) {
    case 0: process.set_pid(static_cast<std::uint32_t>(random.below(4))); break;
    case 1: process.set_start_ns(random.below(4)); break;
    case 2: row.set_exited(random.below(2) == 0); break;
    case 3: row.set_latest_of_pid(random.below(2) == 0); break;
    case 4: row.set_touched(random.below(2) == 0); break;
    case 5: row.set_facts(static_cast<std::uint32_t>(random.below(6))); break;
    case 6: process.set_image(std::string(random.below(6), static_cast<char>(random.below(256)))); break;
    case 7: process.set_user(std::string(random.below(3'000), 'u')); break;
    case 8: row.set_endpoint(std::string(random.below(300), 'e')); break;
    case 9: process.mutable_signature()->set_status(static_cast<v1::SignatureStatus>(random.below(8))); break;
    default: process.set_integrity(static_cast<v1::IntegrityLevel>(random.below(9))); break;
  }
}

TEST(ProcessTableLoad, GivesAnErrorOrATableThatSavesWhatItWasGiven) {
  Random random(11);
  int taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    v1::EngineState state = good_state();
    for (std::size_t changes = 1 + random.below(3); changes > 0; --changes) {
      spoil(*state.mutable_process(static_cast<int>(random.below(3))), random);
    }
    ProcessTable table(3 + static_cast<std::uint32_t>(random.below(2)), 1'000 + random.below(4'000));
    if (const auto done = table.load(state, plain()); !done) {
      ASSERT_TRUE(done.error().field.starts_with("process")) << done.error().text();
      continue;
    }
    ++taken;
    v1::EngineState given = state;
    auto& rows = *given.mutable_process();
    const auto of_nobody = std::remove_if(rows.begin(), rows.end(), [](const v1::ProcessState& row) {
      return row.process().pid() == 0 && row.process().start_ns() == 0;
    });
    rows.erase(of_nobody, rows.end());
    for (v1::ProcessState& row : *given.mutable_process()) {
      // Set to its default, and not set: the same.
      if (row.process().signature().ByteSizeLong() == 0) row.mutable_process()->clear_signature();
      if (row.process().pid() == 0) row.set_latest_of_pid(false);
    }
    ASSERT_EQ(saved(table).ShortDebugString(), given.ShortDebugString());
    for (std::uint32_t pid = 0; pid < 6; ++pid) table.start(process(pid, 0), plain());  // goes on as any other
    loaded(saved(table), plain());
  }
  EXPECT_GT(taken, 1'000);
}

TEST(ProcessTable, AStartKeepsTheSignatureThatALoadHasToldOfItsFile) {
  const auto signature_after = [](const v1::Process& start) {
    ProcessTable table(10);
    table.actor(act(7, 70, R"(C:\a.exe)"), plain());
    v1::ImageLoad load;
    load.set_path(R"(C:\a.exe)");
    load.mutable_signature()->set_status(v1::SIGNATURE_STATUS_VALID);
    load.mutable_signature()->set_signer("Signer");
    table.learn_signature(key(7, 70), load, plain());
    const ProcessRow& row = table.start(start, plain());
    return std::pair(row.signature, row.signer);
  };
  v1::Process start = process(7, 70, R"(c:\A.exe)");
  EXPECT_EQ(signature_after(start), std::pair(v1::SIGNATURE_STATUS_VALID, std::string("Signer")));
  start.set_image("C:\\b.exe");
  EXPECT_EQ(signature_after(start).first, v1::SIGNATURE_STATUS_UNSPECIFIED) << "it is of another file";
  start = process(7, 70, R"(C:\a.exe)");
  start.mutable_signature()->set_status(v1::SIGNATURE_STATUS_REVOKED);
  EXPECT_EQ(signature_after(start), std::pair(v1::SIGNATURE_STATUS_REVOKED, std::string())) << "the start tells one";
  EXPECT_EQ(signature_after(process(7, 71, R"(C:\a.exe)")).first, v1::SIGNATURE_STATUS_UNSPECIFIED) << "another run";
}

// ---------------------------------------------------------------- computers

TEST(ProcessTable, TheSamePidOnAnotherComputerIsAnotherProgram) {
  ProcessTable table(10);
  table.start(process(7, 0, R"(C:\own.exe)"), plain());
  table.start(process(7, 0, R"(C:\two.exe)"), plain(), "PC2");
  table.start(process(7, 70, R"(C:\three.exe)"), plain(), "PC3");
  ProcessTable twin = loaded(saved(table), plain());
  for (ProcessTable* each : {&table, &twin}) {
    EXPECT_EQ(each->size(), 3U);
    EXPECT_EQ(each->actor(act(7, 0), plain()).image->text, R"(C:\own.exe)");
    EXPECT_EQ(each->actor(act(7, 0, {}, "pc2"), plain()).image->text, R"(C:\two.exe)") << "in any spelling";
    EXPECT_EQ(each->actor(act(7, 0, {}, "PC3"), plain()).image->text, R"(C:\three.exe)") << "the latest of the pid";
    EXPECT_EQ(each->find(key(7, 70)), nullptr) << "told of PC3 only";
    EXPECT_EQ(each->find(key(7, 0, "PC4")), nullptr);
    each->exit(*each->find(key(7, 0, "PC2")));
    EXPECT_FALSE(each->find(key(7, 0))->exited);
    EXPECT_EQ(each->arrival_of(act(7, 0, R"(C:\other.exe)", "PC2"), plain()).ended->image->text, R"(C:\two.exe)");
  }
}

TEST(ProcessTable, NobodyIsNobodyOnAnyComputer) {
  ProcessTable table(10);
  EXPECT_EQ(table.actor(act(0, 0, R"(C:\a.exe)", "PC2"), plain()).endpoint, "PC2");
  table.exit(table.start(process(0, 0), plain(), "PC2"));
  EXPECT_EQ(table.size(), 0U);
  EXPECT_FALSE(table.arrival_of(act(0, 0, {}, "PC2"), plain()).takes_key);
}

TEST(ProcessTable, KeepsOfAComputersNameWhatNamesNeed) {
  ProcessTable table(10);
  const std::string name(kEndpointBytesMax, 'n');
  table.start(process(7, 0), plain(), name + "one");
  table.start(process(7, 0), plain(), name + "other");
  EXPECT_EQ(table.size(), 1U);
  EXPECT_EQ(loaded(saved(table), plain()).find(key(7, 0, name))->endpoint, name);
}

// ---------------------------------------------------------------- at random

class Life {
 public:
  explicit Life(std::uint64_t seed) : random_(seed) {}

  // Does the same to the table, to the naive one, and to one that is saved and loaded each time.
  void step() {
    const std::size_t what = random_.below(12);
    const auto pid = static_cast<std::uint32_t>(random_.below(9));
    const std::uint64_t start = random_.below(3);
    const std::string endpoint(random_.one_of(kEndpoints));
    if (what < 4) {
      v1::Process started = process(pid, start, random_.below(3) == 0 ? std::string_view() : image());
      if (random_.below(3) == 0) started.set_user(std::string(random_.below(900), 'u'));
      if (random_.below(3) == 0) started.mutable_signature()->set_status(v1::SIGNATURE_STATUS_VALID);
      if (random_.below(3) == 0) started.mutable_signature()->set_signer(std::string(1 + random_.below(50), 's'));
      if (started.signature().signer().empty() && started.signature().status() == 0) started.clear_signature();
      each([&](ProcessTable& table) { table.start(started, *paths_, endpoint); });
      naive_.start(started, *paths_, endpoint);
    } else if (what < 8) {
      const v1::Operation acts = act(pid, start, random_.below(2) == 0 ? std::string_view() : image(), endpoint);
      each([&](ProcessTable& table) { table.actor(acts, *paths_); });
      naive_.act(acts, *paths_);
    } else if (what < 10) {
      each([&](ProcessTable& table) {
        if (ProcessRow* row = table.find(key(pid, start, endpoint))) table.exit(*row);
      });
      naive_.exit(key(pid, start, endpoint));
    } else if (what == 10) {
      paths_ = &profiles_[random_.below(profiles_.size())];
      each([&](ProcessTable& table) { table.renormalise(*paths_); });
      naive_.renormalise(*paths_);
    } else {
      limit();
    }
    compare();
  }

 private:
  void limit() {
    if (random_.below(2) == 0) {
      rows_max_ = 1 + static_cast<std::uint32_t>(random_.below(12));
      each([&](ProcessTable& table) { table.set_rows_max(rows_max_); });
      return naive_.set_rows_max(rows_max_);
    }
    bytes_max_ = 400 + random_.below(8'000);
    each([&](ProcessTable& table) { table.set_bytes_max(bytes_max_); });
    naive_.set_bytes_max(bytes_max_, *paths_);
  }

  void compare() {
    const v1::EngineState state = saved(table_);
    ASSERT_EQ(state.ShortDebugString(), naive_.state().ShortDebugString());
    ASSERT_EQ(state.SerializeAsString(), saved(twin_).SerializeAsString());
    ASSERT_EQ(table_.bytes(), naive_.bytes(*paths_));
    ASSERT_EQ(table_.bytes(), twin_.bytes());
    dropped_ += table_.take_dropped() + table_.take_dropped_for_bytes();
    ASSERT_EQ(dropped_, naive_.dropped());
    ASSERT_LE(table_.size(), rows_max_);
    twin_ = ProcessTable(rows_max_, bytes_max_);
    const auto done = twin_.load(state, *paths_);
    ASSERT_TRUE(done) << done.error().text();
    ASSERT_EQ(state.SerializeAsString(), saved(twin_).SerializeAsString());
  }

  template <typename Do>
  void each(const Do& what) {
    what(table_);
    what(twin_);
  }

  std::string_view image() { return random_.one_of(kImages); }

  static constexpr std::array<std::string_view, 3> kEndpoints = {"", "PC2", "PC3.example.com"};
  static constexpr std::array<std::string_view, 8> kImages = {
      R"(C:\a.exe)",
      R"(c:\A.EXE)",
      kOnDevice,
      R"(D:\tools\setup.exe)",
      R"(\??\)",
      R"(C:\a.exe:stream)",
      R"(\SystemRoot\System32\cmd.exe)",
      "\"\"",
  };
  Random random_;
  std::array<PathNormaliser, 3> profiles_ = {PathNormaliser(v1::AgentProfile()), PathNormaliser(with_drive("D:")),
                                             PathNormaliser(with_drive("E:"))};
  const PathNormaliser* paths_ = profiles_.data();
  std::uint32_t rows_max_ = 8;
  std::uint64_t bytes_max_ = 8'000;
  std::uint64_t dropped_ = 0;
  ProcessTable table_{rows_max_, bytes_max_};
  ProcessTable twin_{rows_max_, bytes_max_};
  NaiveProcessTable naive_{rows_max_, bytes_max_};
};

TEST(ProcessTable, AgreesWithANaiveOneAndWithOneThatIsSavedAndLoadedEachTime) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Life life(seed);
    for (int i = 0; i < 400 && !testing::Test::HasFatalFailure(); ++i) life.step();
    ASSERT_FALSE(testing::Test::HasFatalFailure()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace holdfast::engine
