// The syncing thread on the real disk, while a recorder writes on this one. Under the thread sanitizer this is where
// the two would be seen to disagree.
#include "agent/flight/sync_thread.h"

#include <gtest/gtest.h>

#include "agent/flight/flight_recorder.h"
#include "agent/flight/recovery.h"
#include "tests/agent/flight/story_of_an_agent.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

TEST(SyncThread, StoresWhatTheRecorderWritesMeanwhile) {
  const TemporaryFolder folder;
  const ScenarioRun story = story_of_an_agent();
  engine::Engine engine;
  auto recorder = FlightRecorder::create(engine, header_of_an_agent(),
                                         {.folder = folder.path("ring"),
                                          .bytes_max = 40'000,
                                          .segment_bytes_max = 4'000,
                                          .unflushed_ns_max = 0,
                                          .sync_after_ns = 100'000});
  ASSERT_TRUE(recorder);
  {
    const SyncThread syncs(recorder->syncer());
    for (const Step& step : story.steps) {
      std::vector<v1::Output> outputs;
      engine.step(step.input, outputs);
      ASSERT_TRUE(recorder->on_step(step.input, outputs));
    }
  }
  const Syncer::Status status = recorder->syncer().status();
  EXPECT_GT(status.syncs, 0U);
  EXPECT_EQ(status.syncs_failed, 0U) << status.last_error;
  EXPECT_FALSE(status.is_running);
  EXPECT_EQ(recorder->syncer().stored(), recorder->status().segments) << "the last is stored when the thread ends";
  EXPECT_FALSE(recorder->syncer().take(UINT64_MAX)) << "and nothing is left";
  EXPECT_EQ(recorder->status().inputs_lost, 0U);
  const auto recovered = recover(folder.path("ring"));
  ASSERT_TRUE(recovered && *recovered);
  EXPECT_EQ((*recovered)->next_sequence, story.steps.size() + 1);
}

TEST(SyncThread, CountsAMediumThatRefuses) {
  Syncer syncer("no such folder", 1'000'000);
  syncer.wrote(1, "no such folder/flight", 10);
  {
    const SyncThread syncs(syncer);
  }
  EXPECT_GT(syncer.status().syncs_failed, 0U);
  EXPECT_EQ(syncer.stored(), 0U);
}

}  // namespace
}  // namespace holdfast
