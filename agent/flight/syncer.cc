#include "agent/flight/syncer.h"

#include <algorithm>
#include <utility>

namespace holdfast {

Syncer::Outcome Syncer::Job::run(Disk& disk) const {
  Outcome outcome;
  for (const File& file : files) {
    if (auto stored = disk.sync_file(file.path); !stored) {
      outcome.error = stored.error();
      return outcome;
    }
    ++outcome.files;
  }
  if (!syncs_folder) return outcome;
  if (auto stored = disk.sync_folder(folder); !stored) outcome.error = stored.error();
  return outcome;
}

Syncer::Syncer(std::string folder, std::uint64_t after_ns) : folder_(std::move(folder)), after_ns_(after_ns) {}

void Syncer::found(std::uint64_t number, const std::string& path, std::uint64_t bytes) {
  wrote(number, path, bytes);
  const std::lock_guard lock(mutex_);
  stored_ = number;
}

bool Syncer::wrote(std::uint64_t number, const std::string& path, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  Segment& segment = segments_[number];
  if (segment.path != path) ++names_changed_;
  segment.path = path;
  segment.written = bytes;
  segment.is_renamed = false;
  return number > failed_;
}

void Syncer::renames(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto segment = segments_.find(number);
  if (segment != segments_.end()) segment->second.is_renamed = true;
}

void Syncer::removes(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  segments_.erase(number);
}

std::uint64_t Syncer::stored() const {
  const std::lock_guard lock(mutex_);
  return stored_;
}

std::array<std::uint64_t, 2> Syncer::kept() const {
  const std::lock_guard lock(mutex_);
  return {stored_, storing_};
}

std::optional<Syncer::Job> Syncer::take(std::uint64_t now_ns) {
  const std::lock_guard lock(mutex_);
  if (status_.is_running || now_ns < due_ns_) return std::nullopt;
  Job job{.folder = folder_,
          .files = {},
          .names = names_changed_,
          .syncs_folder = names_changed_ != names_synced_,
          .since_ns = std::exchange(looked_ns_, now_ns)};
  due_ns_ = now_ns + after_ns_;
  for (const auto& [number, segment] : segments_) {
    if (segment.synced != segment.written) job.files.push_back({number, segment.path, segment.written});
  }
  if (job.files.empty() && !job.syncs_folder) return std::nullopt;
  status_.is_running = true;
  status_.running_since_ns = now_ns;
  if (!job.files.empty()) storing_ = job.files.back().number;
  return job;
}

void Syncer::done(const Job& job, const Outcome& outcome, std::uint64_t now_ns) {
  const std::lock_guard lock(mutex_);
  status_.is_running = false;
  storing_ = 0;
  for (std::size_t i = 0; i < outcome.files; ++i) {
    const auto segment = segments_.find(job.files[i].number);
    if (segment != segments_.end()) segment->second.synced = job.files[i].bytes;
  }
  if (outcome.error) return fail(job, outcome);
  names_synced_ = job.names;
  for (const auto& [number, segment] : segments_) {
    if (segment.synced != 0 && number > failed_) stored_ = std::max(stored_, number);
  }
  // The newest is the open one.
  std::erase_if(segments_, [&](const auto& each) {
    return each.second.synced == each.second.written && each.first != segments_.rbegin()->first;
  });
  ++status_.syncs;
  const std::uint64_t exposed_ns = now_ns - job.since_ns;
  status_.exposed_ns_max = std::max(status_.exposed_ns_max, exposed_ns);
  if (exposed_ns > 2 * after_ns_) ++status_.syncs_late;
}

// Whether the recorder renamed or removed it meanwhile: then the disk rightly knows no such file.
bool Syncer::sees_change(const Job::File& file) const {
  const auto segment = segments_.find(file.number);
  return segment == segments_.end() || segment->second.is_renamed || segment->second.path != file.path;
}

void Syncer::fail(const Job& job, const Outcome& outcome) {
  // What this job covered is not stored yet, so the next one covers the time since then.
  looked_ns_ = job.since_ns;
  const bool failed_at_folder = outcome.files == job.files.size();
  if (!failed_at_folder && sees_change(job.files[outcome.files])) {
    due_ns_ = 0;
    return;
  }
  ++status_.syncs_failed;
  status_.last_error = outcome.error->text();
  if (failed_at_folder) return;
  // Asking again proves nothing: systems forget what they could not store.
  const std::uint64_t number = job.files[outcome.files].number;
  failed_ = std::max(failed_, number);
  segments_.erase(number);
}

std::uint64_t Syncer::due_ns() const {
  const std::lock_guard lock(mutex_);
  return due_ns_;
}

Syncer::Status Syncer::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

}  // namespace holdfast
