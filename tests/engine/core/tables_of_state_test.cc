// The engine's tables against naive ones, and its fixed texts.
#include <gtest/gtest.h>

#include <map>

#include "engine/log/decision_log.h"
#include "engine/processes/flat_index.h"
#include "engine/processes/process_table.h"
#include "engine/text/sha256.h"
#include "tests/support/random.h"

namespace holdfast::engine {
namespace {

TEST(FlatIndex, AgreesWithAMap) {
  FlatIndex index;
  std::map<ProgramKey, std::uint32_t> naive;
  Random random(1);
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    const ProgramKey key{.start_ns = random.below(4),
                         .pid = static_cast<std::uint32_t>(random.below(250)) * 4,
                         .computer = computer_of(random.below(2) == 0 ? "" : "PC2")};
    switch (random.below(3)) {
      case 0:
        index.put(key, i);
        naive[key] = i;
        break;
      case 1:
        index.erase(key);
        naive.erase(key);
        break;
      default: {
        const auto found = naive.find(key);
        const std::uint32_t* slot = index.find(key);
        ASSERT_EQ(slot != nullptr, found != naive.end());
        if (slot != nullptr) {
          ASSERT_EQ(*slot, found->second);
        }
      }
    }
    ASSERT_EQ(index.size(), naive.size());
  }
}

v1::Process process(std::uint32_t pid, std::uint64_t start_ns) {
  v1::Process process;
  process.set_pid(pid);
  process.set_start_ns(start_ns);
  process.set_image("C:\\p" + std::to_string(pid) + ".exe");
  return process;
}

ProgramKey key(std::uint32_t pid, std::uint64_t start_ns) { return {.start_ns = start_ns, .pid = pid}; }

TEST(ProcessTable, DropsExitedRowsFirstThenTheLeastRecentlyActive) {
  const PathNormaliser paths{v1::AgentProfile()};
  ProcessTable table(3);
  table.start(process(1, 1), paths);
  table.start(process(2, 2), paths);
  table.start(process(3, 3), paths);
  table.exit(*table.find(key(3, 3)));
  table.start(process(4, 4), paths);
  EXPECT_EQ(table.find(key(3, 3)), nullptr);
  table.start(process(5, 5), paths);
  EXPECT_EQ(table.find(key(1, 1)), nullptr) << "the oldest";
  v1::Operation acts;
  *acts.mutable_actor() = to_proto(key(2, 2));
  table.actor(acts, paths);
  table.start(process(6, 6), paths);
  EXPECT_NE(table.find(key(2, 2)), nullptr) << "it has just acted";
  EXPECT_EQ(table.find(key(4, 4)), nullptr);
  EXPECT_EQ(table.size(), 3U);
  EXPECT_EQ(table.take_dropped(), 3U);
  EXPECT_EQ(table.take_dropped(), 0U);
}

TEST(ProcessTable, ATableThatWasSavedAndLoadedDropsTheSameRows) {
  const PathNormaliser paths{v1::AgentProfile()};
  Random random(7);
  ProcessTable table(20);
  ProcessTable twin(20);
  const auto saved = [](const ProcessTable& t) {
    v1::EngineState state;
    t.save(state);
    return state;
  };
  for (int i = 0; i < 3000; ++i) {
    const auto pid = static_cast<std::uint32_t>(random.below(30)) + 1;
    const std::uint64_t start = random.below(2);
    const std::uint64_t what = random.below(3);
    for (ProcessTable* t : {&table, &twin}) {
      v1::Operation acts;
      *acts.mutable_actor() = to_proto(key(pid, start));
      if (what == 0) t->start(process(pid, start + 1), paths);
      if (what == 1) t->actor(acts, paths);
      if (what == 2) {
        if (ProcessRow* row = t->find(key(pid, start))) t->exit(*row);
      }
    }
    const v1::EngineState state = saved(table);
    ASSERT_EQ(state.SerializeAsString(), saved(twin).SerializeAsString()) << i;
    twin = ProcessTable(20);
    twin.load(state, paths);
  }
}

TEST(Sha256, GivesThePublishedDigests) {
  // FIPS 180-4 example values.
  EXPECT_EQ(Sha256().hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Sha256 abc;
  abc.update("a");
  abc.update("bc");
  EXPECT_EQ(abc.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 million;
  for (int i = 0; i < 1'000; ++i) million.update(std::string(1'000, 'a'));
  EXPECT_EQ(million.hex(), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(DecisionLog, WritesOneLineWithFixedColumns) {
  v1::Output output;
  v1::Verdict& verdict = *output.mutable_verdict();
  verdict.set_operation_id(7);
  verdict.set_decision(v1::Verdict::DENY);
  verdict.set_because(v1::ACTION_IS_DENY);
  verdict.set_event(v1::HOSTS_FILE_MODIFICATION);
  verdict.set_hold(v1::HOLD_CAPABILITY_PRE_EXECUTION);
  verdict.set_held_ns(5);
  verdict.set_logged(true);
  verdict.set_user_warned(true);
  verdict.mutable_actor()->set_pid(4711);
  verdict.mutable_actor()->set_start_ns(99);
  verdict.set_operation("file_write");
  verdict.set_program("C:\\a\tb%.exe");
  verdict.set_target("C:\\Windows\\System32\\drivers\\etc\\hosts");
  v1::Reason& reason = *verdict.add_reason();
  reason.set_code(v1::ACTION_IS_DENY);
  reason.set_number(2);
  std::string log;
  append_log_line(3'723'000'000'001, output, log);
  EXPECT_EQ(log,
            "01:02:03.000000001\tverdict\toperation=7\tdecision=DENY\tbecause=ACTION_IS_DENY"
            "\tevent=HOSTS_FILE_MODIFICATION\thold=HOLD_CAPABILITY_PRE_EXECUTION\theld_ns=5\tlogged=yes\twarned=yes"
            "\tprompt=0\tprocess=4711@99\twhat=file_write\tprogram=C:\\a%09b%25.exe"
            "\ttarget=C:\\Windows\\System32\\drivers\\etc\\hosts\treasons=ACTION_IS_DENY(#2)\n");
}

TEST(DecisionLog, LeavesOutWhatIsNoDecision) {
  v1::Output output;
  output.mutable_timer_set()->set_timer_id(1);
  std::string log;
  append_log_line(0, output, log);
  EXPECT_EQ(log, "");
}

TEST(DecisionLog, HoursGoBeyondADay) {
  std::string text;
  append_time(360'000'000'000'000'000, text);
  EXPECT_EQ(text, "100000:00:00.000000000");
}

}  // namespace
}  // namespace holdfast::engine
