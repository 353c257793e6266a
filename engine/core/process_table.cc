#include "engine/core/process_table.h"

#include <utility>

namespace holdfast::engine {
namespace {

FlatIndex::Key key_of(const v1::ProcessKey& key) { return {.start_ns = key.start_ns(), .pid = key.pid()}; }

FlatIndex::Key any_start(std::uint32_t pid) { return {.start_ns = 0, .pid = pid}; }

}  // namespace

ProcessTable::ProcessTable(std::uint32_t rows_max) : rows_max_(rows_max), rows_(2) {
  for (const Queue queue : {kExited, kLiving}) {
    rows_[queue.sentinel].previous = rows_[queue.sentinel].next = queue.sentinel;
  }
}

std::uint32_t ProcessTable::slot_of(const ProcessRow& row) const { return static_cast<std::uint32_t>(&row - rows_.data()); }

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
  if (latest_by_pid_.find(any_start(row.key.pid)) == slot) latest_by_pid_.erase(any_start(row.key.pid));
  row = ProcessRow{};
  free_.push_back(slot);
}

// Second chance: a living row that acted since it was last considered goes to the end of the queue once.
void ProcessTable::drop_one() {
  ++dropped_;
  if (const std::uint32_t oldest = rows_[kExited.sentinel].next; oldest != kExited.sentinel) return forget(oldest);
  std::uint32_t slot = rows_[kLiving.sentinel].next;
  while (rows_[slot].touched) {
    rows_[slot].touched = false;
    unlink(slot);
    push_back(kLiving, slot);
    slot = rows_[kLiving.sentinel].next;
  }
  forget(slot);
}

ProcessRow& ProcessTable::add(const FlatIndex::Key& key) {
  if (const auto known = by_key_.find(key)) forget(*known);
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
  by_key_.put(key, slot);
  latest_by_pid_.put(any_start(key.pid), slot);
  push_back(kLiving, slot);
  return rows_[slot];
}

ProcessRow& ProcessTable::start(const v1::Process& process, const PathNormaliser& paths) {
  ProcessRow& row = add({.start_ns = process.start_ns(), .pid = process.pid()});
  row.parent = key_of(process.parent());
  paths.normalise(process.image(), row.image);
  row.command_line = process.command_line();
  row.user = process.user();
  row.session_id = process.session_id();
  row.integrity = process.integrity();
  row.signature = process.signature().status();
  row.signer = process.signature().signer();
  row.sha256 = process.sha256();
  row.touched = true;
  return row;
}

ProcessRow& ProcessTable::actor(const v1::Operation& operation, const PathNormaliser& paths) {
  const FlatIndex::Key key = key_of(operation.actor());
  if (const auto slot = key.start_ns == 0 ? latest_by_pid_.find(any_start(key.pid)) : by_key_.find(key)) {
    ProcessRow& row = rows_[*slot];
    bool same = true;
    if (!operation.actor_image().empty() && (key.start_ns == 0 || row.image.empty())) {
      paths.normalise(operation.actor_image(), scratch_);
      if (row.image.empty()) std::swap(row.image, scratch_);
      else same = row.image.folded == scratch_.folded;
    }
    if (key.start_ns == 0 && row.exited) same = false;
    if (same) {
      row.touched = true;
      return row;
    }
  }
  ProcessRow& row = add(key);
  paths.normalise(operation.actor_image(), row.image);
  row.user = operation.actor_user();
  row.touched = true;
  return row;
}

ProcessRow* ProcessTable::find(const v1::ProcessKey& key) {
  const auto slot = key.start_ns() == 0 ? latest_by_pid_.find(any_start(key.pid())) : by_key_.find(key_of(key));
  return slot ? &rows_[*slot] : nullptr;
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
      process.set_image(row.image.stream.empty() ? row.image.text : row.image.text + ":" + row.image.stream);
      process.set_command_line(row.command_line);
      process.set_user(row.user);
      process.set_session_id(row.session_id);
      process.set_integrity(row.integrity);
      if (row.signature != v1::SIGNATURE_STATUS_UNSPECIFIED) process.mutable_signature()->set_status(row.signature);
      if (!row.signer.empty()) process.mutable_signature()->set_signer(row.signer);
      process.set_sha256(row.sha256);
      saved.set_exited(row.exited);
      saved.set_touched(row.touched);
      saved.set_facts(row.facts);
      saved.set_latest_of_pid(latest_by_pid_.find(any_start(row.key.pid)) == slot);
    }
  }
}

void ProcessTable::load(const v1::EngineState& state, const PathNormaliser& paths) {
  for (const v1::ProcessState& saved : state.process()) {
    ProcessRow& row = start(saved.process(), paths);
    row.touched = saved.touched();
    row.facts = saved.facts();
    if (saved.exited()) exit(row);
  }
  // Of two runs with one pid the later need not be in the table any more: the flags alone say who is meant.
  for (const v1::ProcessState& saved : state.process()) latest_by_pid_.erase(any_start(saved.process().pid()));
  for (const v1::ProcessState& saved : state.process()) {
    if (!saved.latest_of_pid()) continue;
    const v1::Process& process = saved.process();
    latest_by_pid_.put(any_start(process.pid()), *by_key_.find({.start_ns = process.start_ns(), .pid = process.pid()}));
  }
}

}  // namespace holdfast::engine
