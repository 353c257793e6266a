#include "agent/flight/sync_thread.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>

#include "agent/host/live_clock.h"

namespace holdfast {
namespace {

void sync_until_stopped(const std::stop_token& stop, Syncer& syncer, Disk& disk) {
  const LiveClock clock;
  std::mutex mutex;
  std::condition_variable_any stopped;
  while (true) {
    const bool is_last = stop.stop_requested();
    const std::uint64_t now_ns = is_last ? std::max(clock.now_ns(), syncer.due_ns()) : clock.now_ns();
    if (const auto job = syncer.take(now_ns)) {
      const Syncer::Outcome outcome = job->run(disk);
      syncer.done(*job, outcome, clock.now_ns());
    }
    if (is_last) return;
    const std::uint64_t due_ns = std::max(syncer.due_ns(), now_ns);
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, stop, std::chrono::nanoseconds(due_ns - now_ns), [] { return false; });
  }
}

}  // namespace

SyncThread::SyncThread(Syncer& syncer, Disk& disk)
    : thread_([&syncer, &disk](const std::stop_token& stop) { sync_until_stopped(stop, syncer, disk); }) {}

SyncThread::~SyncThread() = default;

}  // namespace holdfast
