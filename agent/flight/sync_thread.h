// The thread that has the disk store what the flight recorder wrote, for as long as it lives.
//
//   SyncThread syncs(recorder->syncer());
#pragma once

#include <thread>

#include "agent/flight/syncer.h"
#include "sensors/recording/disk.h"

namespace holdfast {

class SyncThread {
 public:
  // Both must outlive it.
  explicit SyncThread(Syncer& syncer, Disk& disk = system_disk());
  ~SyncThread();  // waits for a sync that is going on, and for one more of what is not stored then
  SyncThread(const SyncThread&) = delete;
  SyncThread& operator=(const SyncThread&) = delete;

 private:
  std::jthread thread_;
};

}  // namespace holdfast
