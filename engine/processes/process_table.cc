#include "engine/processes/process_table.h"

#include <utility>

namespace holdfast::engine {
namespace {

FlatIndex::Key key_of(const v1::ProcessKey& key) { return {.start_ns = key.start_ns(), .pid = key.pid()}; }

// The last part of a path in any form, for a comparison that must not cost a normalisation.
std::string_view raw_file_name(std::string_view path) {
  const std::size_t slash = path.find_last_of("\\/");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// Tells a program in a stream, or one whose path only looks like another, from the file that bears the name.
std::string image_key(const WindowsPath& path) { return path.spelling(); }

FlatIndex::Key any_start(std::uint32_t pid) { return {.start_ns = 0, .pid = pid}; }

}  // namespace

ProcessRow::ProcessRow() {
  static const auto unknown = std::make_shared<const WindowsPath>();
  set_image(unknown);
}

void ProcessRow::set_image(std::shared_ptr<const WindowsPath> path) {
  image = std::move(path);
  subject.image = image.get();
}

ProcessTable::ProcessTable(std::uint32_t rows_max) : rows_max_(rows_max), rows_(2) {
  for (const Queue queue : {kExited, kLiving}) {
    rows_[queue.sentinel].previous = rows_[queue.sentinel].next = queue.sentinel;
  }
}

std::uint32_t ProcessTable::slot_of(const ProcessRow& row) const {
  return static_cast<std::uint32_t>(&row - rows_.data());
}

void ProcessTable::push_back(Queue queue, std::uint32_t slot) {
  ProcessRow& end = rows_[queue.sentinel];
  ProcessRow& row = rows_[slot];
  row.previous = end.previous;
  row.next = queue.sentinel;
  rows_[end.previous].next = slot;
  end.previous = slot;
}

void ProcessTable::unlink(std::uint32_t slot) {
  const ProcessRow& row = rows_[slot];
  rows_[row.previous].next = row.next;
  rows_[row.next].previous = row.previous;
}

void ProcessTable::forget(std::uint32_t slot) {
  unlink(slot);
  ProcessRow& row = rows_[slot];
  by_key_.erase(row.key);
  const std::uint32_t* latest = latest_by_pid_.find(any_start(row.key.pid));
  if (latest != nullptr && *latest == slot) latest_by_pid_.erase(any_start(row.key.pid));
  // The last row of a file takes the file's path with it.
  if (!row.image->empty() && row.image.use_count() == 2) images_.erase(image_key(*row.image));
  row = ProcessRow{};
  free_.push_back(slot);
}

// Second chance: a living row that acted since it was last considered goes to the end of the queue once.
void ProcessTable::drop_one() {
  ++dropped_;
  if (const std::uint32_t oldest = rows_[kExited.sentinel].next; oldest != kExited.sentinel) return forget(oldest);
  while (true) {
    const std::uint32_t slot = rows_[kLiving.sentinel].next;
    std::uint32_t& entry = *by_key_.find(rows_[slot].key);
    if ((entry & kTouched) == 0) return forget(slot);
    entry &= ~kTouched;
    unlink(slot);
    push_back(kLiving, slot);
  }
}

std::uint32_t& ProcessTable::add(const FlatIndex::Key& key) {
  if (const std::uint32_t* known = by_key_.find(key)) forget(*known & kSlot);
  while (by_key_.size() >= rows_max_) drop_one();
  std::uint32_t slot = 0;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(rows_.size());
    rows_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  rows_[slot].key = key;
  by_key_.put(key, slot | kTouched);
  latest_by_pid_.put(any_start(key.pid), slot);
  push_back(kLiving, slot);
  return *by_key_.find(key);
}

std::uint32_t* ProcessTable::entry_of(const FlatIndex::Key& key) {
  if (key.start_ns != 0) return by_key_.find(key);
  const std::uint32_t* slot = latest_by_pid_.find(key);
  return slot == nullptr ? nullptr : by_key_.find(rows_[*slot].key);
}

void ProcessTable::set_image(std::uint32_t& entry, std::string_view path, const PathNormaliser& paths) {
  if (path.empty()) return;
  paths.normalise(path, scratch_);
  auto& shared = images_[image_key(scratch_)];
  if (shared == nullptr) shared = std::make_shared<const WindowsPath>(scratch_);
  rows_[entry & kSlot].set_image(shared);
  entry |= kImageKnown;
}

void ProcessTable::set_signature(std::uint32_t& entry, const v1::Signature& signature) {
  ProcessRow& row = rows_[entry & kSlot];
  row.signature = signature.status();
  row.signer = signature.signer();
  if (row.signature != v1::SIGNATURE_STATUS_UNSPECIFIED) entry |= kSignatureKnown;
}

void ProcessTable::learn_signature(const v1::ProcessKey& key, const v1::ImageLoad& load, const PathNormaliser& paths) {
  std::uint32_t* entry = entry_of(key_of(key));
  if (entry == nullptr || (*entry & kSignatureKnown) != 0) return;
  if (load.signature().status() == v1::SIGNATURE_STATUS_UNSPECIFIED) return;
  const ProcessRow& row = rows_[*entry & kSlot];
  // Most loads are of libraries: their length tells them apart at no cost.
  if (raw_file_name(load.path()).size() != row.image->file_name().size()) return;
  paths.normalise(load.path(), scratch_);
  if (scratch_.folded == row.image->folded) set_signature(*entry, load.signature());
}

ProcessRow& ProcessTable::start(const v1::Process& process, const PathNormaliser& paths) {
  std::uint32_t& entry = add({.start_ns = process.start_ns(), .pid = process.pid()});
  set_image(entry, process.image(), paths);
  set_signature(entry, process.signature());
  ProcessRow& row = rows_[entry & kSlot];
  row.parent = key_of(process.parent());
  row.command_line = process.command_line();
  row.user = process.user();
  row.session_id = process.session_id();
  row.integrity = process.integrity();
  row.sha256 = process.sha256();
  return row;
}

ProcessRow& ProcessTable::actor(const v1::Operation& operation, const PathNormaliser& paths) {
  const FlatIndex::Key key = key_of(operation.actor());
  if (std::uint32_t* entry = entry_of(key)) {
    ProcessRow& row = rows_[*entry & kSlot];
    bool same = key.start_ns != 0 || !row.exited;
    if (same && (*entry & kImageKnown) == 0) {
      set_image(*entry, operation.actor_image(), paths);
    } else if (same && key.start_ns == 0 && !operation.actor_image().empty()) {
      paths.normalise(operation.actor_image(), scratch_);
      same = row.image->folded == scratch_.folded;
    }
    if (same) {
      *entry |= kTouched;
      return row;
    }
  }
  std::uint32_t& entry = add(key);
  set_image(entry, operation.actor_image(), paths);
  ProcessRow& row = rows_[entry & kSlot];
  row.user = operation.actor_user();
  return row;
}

ProcessRow* ProcessTable::find(const v1::ProcessKey& key) {
  const std::uint32_t* entry = entry_of(key_of(key));
  return entry == nullptr ? nullptr : &rows_[*entry & kSlot];
}

void ProcessTable::exit(ProcessRow& row) {
  if (row.exited) return;
  row.exited = true;
  const std::uint32_t slot = slot_of(row);
  unlink(slot);
  push_back(kExited, slot);
}

std::uint64_t ProcessTable::take_dropped() { return std::exchange(dropped_, 0); }

void ProcessTable::set_rows_max(std::uint32_t rows_max) {
  rows_max_ = rows_max;
  while (by_key_.size() > rows_max_) drop_one();
}

void ProcessTable::save(v1::EngineState& state) const {
  for (const Queue queue : {kExited, kLiving}) {
    for (std::uint32_t slot = rows_[queue.sentinel].next; slot != queue.sentinel; slot = rows_[slot].next) {
      const ProcessRow& row = rows_[slot];
      v1::ProcessState& saved = *state.add_process();
      v1::Process& process = *saved.mutable_process();
      process.set_pid(row.key.pid);
      process.set_start_ns(row.key.start_ns);
      if (row.parent != FlatIndex::Key{}) {
        process.mutable_parent()->set_pid(row.parent.pid);
        process.mutable_parent()->set_start_ns(row.parent.start_ns);
      }
      process.set_image(image_key(*row.image));
      process.set_command_line(row.command_line);
      process.set_user(row.user);
      process.set_session_id(row.session_id);
      process.set_integrity(row.integrity);
      if (row.signature != v1::SIGNATURE_STATUS_UNSPECIFIED) process.mutable_signature()->set_status(row.signature);
      if (!row.signer.empty()) process.mutable_signature()->set_signer(row.signer);
      process.set_sha256(row.sha256);
      saved.set_exited(row.exited);
      saved.set_touched((*by_key_.find(row.key) & kTouched) != 0);
      saved.set_facts(row.subject.facts);
      const std::uint32_t* latest = latest_by_pid_.find(any_start(row.key.pid));
      saved.set_latest_of_pid(latest != nullptr && *latest == slot);
    }
  }
}

void ProcessTable::load(const v1::EngineState& state, const PathNormaliser& paths) {
  for (const v1::ProcessState& saved : state.process()) {
    ProcessRow& row = start(saved.process(), paths);
    if (!saved.touched()) *by_key_.find(row.key) &= ~kTouched;
    row.subject.facts = saved.facts();
    if (saved.exited()) exit(row);
  }
  // Of two runs with one pid the later need not be in the table any more: the flags alone say who is meant.
  for (const v1::ProcessState& saved : state.process()) latest_by_pid_.erase(any_start(saved.process().pid()));
  for (const v1::ProcessState& saved : state.process()) {
    if (!saved.latest_of_pid()) continue;
    const v1::Process& process = saved.process();
    const FlatIndex::Key key{.start_ns = process.start_ns(), .pid = process.pid()};
    latest_by_pid_.put(any_start(process.pid()), *by_key_.find(key) & kSlot);
  }
}

}  // namespace holdfast::engine
