// When the medium is to store what the flight recorder wrote, and how far it has come. The recorder tells what it
// handed to the system and waits for nothing; somebody else has the disk store it, on a thread of its own
// (agent/flight/sync_thread.h) or in a simulation:
//
//   if (const auto job = syncer.take(now_ns)) syncer.done(*job, job->run(disk), later_ns);
//
// A sync begins every `after_ns`, or when the one before is done if that takes longer. So a power cut takes what was
// handed to the system within after_ns before it, and within the one sync that was going on. How long that was at most
// stands in the status.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/schema/error.h"
#include "sensors/recording/disk.h"

namespace holdfast {

class Syncer {
 public:
  struct Status {
    std::uint64_t syncs = 0;
    std::uint64_t syncs_late = 0;      // something waited for more than 2 * after_ns until it was stored
    std::uint64_t syncs_failed = 0;    // the medium refused: what it then has nobody knows
    std::uint64_t exposed_ns_max = 0;  // the longest that anything waited until it was stored
    bool is_running = false;           // a sync is going on, and since when: a disk that hangs shows here
    std::uint64_t running_since_ns = 0;
    std::string last_error;  // empty: none yet
  };
  struct Outcome {
    std::size_t files = 0;  // that were stored
    std::optional<Error> error;
  };
  // What one sync stores: files in the order of their segments, then their names.
  struct Job {
    struct File {
      std::uint64_t number = 0;
      std::string path;
      std::uint64_t bytes = 0;
    };
    std::string folder;
    std::vector<File> files;
    std::uint64_t names = 0;     // how many changes of names it covers
    bool syncs_folder = false;   // some of them are new
    std::uint64_t since_ns = 0;  // nothing in it was handed over earlier

    Outcome run(Disk& disk) const;  // waits for the medium
  };

  // `after_ns`: of the time that take() and done() are told.
  Syncer(std::string folder, std::uint64_t after_ns);

  // The recorder's side. A segment of an earlier run from which an engine can be recovered, the newest.
  void found(std::uint64_t number, const std::string& path, std::uint64_t bytes);
  // The segment `number` has so many bytes at `path`. Gives whether the medium will store it: after a failure another
  // segment should begin, because nobody knows what became of this one.
  bool wrote(std::uint64_t number, const std::string& path, std::uint64_t bytes);
  // Its file is about to get another name, until wrote() tells which; and about to be removed. To be told before, so
  // that a sync which finds no such file is tried again and not taken for a failure.
  void renames(std::uint64_t number);
  void removes(std::uint64_t number);
  // The newest segment whose beginning and name are on the medium, or that was found: as long as it is there, a power
  // cut leaves a snapshot. 0: none.
  std::uint64_t stored() const;
  // What must not be removed: that one, and the one that takes its place when the sync that is going on is done.
  std::array<std::uint64_t, 2> kept() const;

  // The syncing side. Nothing: it is not time yet, nothing is unsynced, or the last job is not done.
  std::optional<Job> take(std::uint64_t now_ns);
  void done(const Job& job, const Outcome& outcome, std::uint64_t now_ns);
  std::uint64_t due_ns() const;  // before which take() gives nothing

  Status status() const;

 private:
  struct Segment {
    std::string path;
    std::uint64_t written = 0;
    std::uint64_t synced = 0;
    bool is_renamed = false;  // just now
  };
  bool sees_change(const Job::File& file) const;
  void fail(const Job& job, const Outcome& outcome);

  mutable std::mutex mutex_;
  std::string folder_;
  std::uint64_t after_ns_;
  Status status_;
  std::map<std::uint64_t, Segment> segments_;  // with something unsynced, and the open one
  std::uint64_t names_changed_ = 0;
  std::uint64_t names_synced_ = 0;
  std::uint64_t stored_ = 0;
  std::uint64_t storing_ = 0;  // 0: no sync is going on
  std::uint64_t failed_ = 0;   // the newest segment that the medium refused to store
  std::uint64_t looked_ns_ = 0;
  std::uint64_t due_ns_ = 0;
};

}  // namespace holdfast
