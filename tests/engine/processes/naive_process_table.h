// The process table as one would write it first: a list that is searched from end to end, whose bytes are counted anew
// each time and whose images are normalised each time somebody looks. What the real one is held against.
#pragma once

#include <cstdint>
#include <list>
#include <set>
#include <string>

#include "engine/processes/process_table.h"

namespace holdfast::engine {

class NaiveProcessTable {
 public:
  NaiveProcessTable(std::uint32_t rows_max, std::uint64_t bytes_max) : rows_max_(rows_max), bytes_max_(bytes_max) {}

  void start(const v1::Process& process, const PathNormaliser& paths, const std::string& endpoint = {}) {
    const ProgramKey key{.start_ns = process.start_ns(), .pid = process.pid(), .computer = computer_of(endpoint)};
    if (is_nobody(key)) return;
    const Row* same_run = key.start_ns == 0 ? nullptr : meant(key);
    const std::string name =
        same_run == nullptr || same_run->saved.exited() ? std::string() : same_run->saved.process().image();
    const v1::Process before =
        same_run == nullptr || same_run->saved.exited() ? v1::Process() : same_run->saved.process();
    Row& row = add(key, endpoint);
    take_image(row, process.image(), paths);
    take_image(row, name, paths);
    row.saved.mutable_process()->set_user(process.user());
    row.saved.mutable_process()->set_session_id(process.session_id());
    if (process.has_signature()) *row.saved.mutable_process()->mutable_signature() = process.signature();
    const bool tells_none = process.signature().status() == v1::SIGNATURE_STATUS_UNSPECIFIED;
    const bool is_known = before.signature().status() != v1::SIGNATURE_STATUS_UNSPECIFIED;
    if (tells_none && is_known && same_file(before.image(), row.saved.process().image(), paths)) {
      *row.saved.mutable_process()->mutable_signature() = before.signature();
    }
    shrink(&row, paths);
  }

  void act(const v1::Operation& operation, const PathNormaliser& paths) {
    const ProgramKey key{.start_ns = operation.actor().start_ns(),
                         .pid = operation.actor().pid(),
                         .computer = computer_of(operation.endpoint())};
    if (is_nobody(key)) return;
    if (Row* row = meant(key); row != nullptr && is_same(*row, operation, paths)) {
      row->saved.set_touched(true);
      take_image(*row, operation.actor_image(), paths);
      return shrink(row, paths);
    }
    Row& row = add(key, operation.endpoint());
    take_image(row, operation.actor_image(), paths);
    shrink(&row, paths);
  }

  void exit(const ProgramKey& key) {
    Row* row = meant(key);
    if (row == nullptr || row->saved.exited()) return;
    row->saved.set_exited(true);
    move_back(row);
  }

  void renormalise(const PathNormaliser& paths) {
    for (Row& row : rows_) {
      if (!names_a_file(paths.normalise(row.saved.process().image()))) row.saved.mutable_process()->clear_image();
    }
    shrink(nullptr, paths);
  }

  void set_rows_max(std::uint32_t rows_max) {
    rows_max_ = rows_max;
    while (rows_.size() > rows_max_) drop(nullptr);
  }

  void set_bytes_max(std::uint64_t bytes_max, const PathNormaliser& paths) {
    bytes_max_ = bytes_max;
    shrink(nullptr, paths);
  }

  std::uint64_t dropped() const { return dropped_; }

  std::uint64_t bytes(const PathNormaliser& paths) const {
    std::uint64_t bytes = 0;
    std::set<std::string> images;
    for (const Row& row : rows_) {
      const v1::Process& process = row.saved.process();
      bytes += ProcessTable::kRowBytes + process.user().size() + process.signature().signer().size() +
               process.image().size() + row.saved.endpoint().size();
      if (process.image().empty() || !images.insert(process.image()).second) continue;
      const WindowsPath path = paths.normalise(process.image());
      bytes += ProcessTable::kFileBytes + process.image().size() + path.text.size() + path.folded.size() +
               path.stream.size();
    }
    return bytes;
  }

  v1::EngineState state() const {
    v1::EngineState state;
    for (const bool exited : {true, false}) {
      for (const Row& row : rows_) {
        if (row.saved.exited() == exited) *state.add_process() = row.saved;
      }
    }
    return state;
  }

 private:
  struct Row {
    ProgramKey key;
    v1::ProcessState saved;
  };

  static bool same_pid(const ProgramKey& one, const ProgramKey& other) {
    return one.pid == other.pid && one.computer == other.computer;
  }

  Row* exact(const ProgramKey& key) {
    for (Row& row : rows_) {
      if (row.key == key) return &row;
    }
    return nullptr;
  }

  Row* meant(const ProgramKey& key) {
    if (key.start_ns != 0) return exact(key);
    for (Row& row : rows_) {
      if (same_pid(row.key, key) && row.saved.latest_of_pid()) return &row;
    }
    return nullptr;
  }

  static bool is_same(const Row& row, const v1::Operation& operation, const PathNormaliser& paths) {
    if (operation.actor().start_ns() != 0) return true;
    if (row.saved.exited()) return false;
    const WindowsPath told = paths.normalise(operation.actor_image());
    const WindowsPath known = paths.normalise(row.saved.process().image());
    return !names_a_file(told) || !names_a_file(known) || told.folded == known.folded;
  }

  static bool same_file(const std::string& one, const std::string& other, const PathNormaliser& paths) {
    return one.empty() == other.empty() &&
           (one.empty() || paths.normalise(one).folded == paths.normalise(other).folded);
  }

  static void take_image(Row& row, const std::string& image, const PathNormaliser& paths) {
    if (row.saved.process().image().empty() && names_a_file(paths.normalise(image))) {
      row.saved.mutable_process()->set_image(image);
    }
  }

  void remove(const Row* gone) {
    rows_.remove_if([&](const Row& row) { return &row == gone; });
  }

  void move_back(const Row* moved) {
    for (auto row = rows_.begin(); row != rows_.end(); ++row) {
      if (&*row == moved) return rows_.splice(rows_.end(), rows_, row);
    }
  }

  void drop(const Row* spared) {
    ++dropped_;
    for (const Row& row : rows_) {
      if (row.saved.exited() && &row != spared) return remove(&row);
    }
    while (true) {
      for (Row& row : rows_) {
        if (row.saved.exited()) continue;
        if (!row.saved.touched() && &row != spared) return remove(&row);
        row.saved.set_touched(false);
        move_back(&row);
        break;
      }
    }
  }

  void shrink(const Row* spared, const PathNormaliser& paths) {
    while (bytes(paths) > bytes_max_ && rows_.size() > 1) drop(spared);
  }

  Row& add(const ProgramKey& key, const std::string& endpoint) {
    if (const Row* known = exact(key)) remove(known);
    while (rows_.size() >= rows_max_) drop(nullptr);
    for (Row& row : rows_) {
      if (same_pid(row.key, key)) row.saved.set_latest_of_pid(false);
    }
    Row& row = rows_.emplace_back();
    row.key = key;
    row.saved.mutable_process()->set_pid(key.pid);
    row.saved.mutable_process()->set_start_ns(key.start_ns);
    row.saved.set_endpoint(endpoint);
    row.saved.set_touched(true);
    row.saved.set_latest_of_pid(key.pid != 0);
    return row;
  }

  std::uint32_t rows_max_;
  std::uint64_t bytes_max_;
  std::uint64_t dropped_ = 0;
  std::list<Row> rows_;  // in the order in which each kind is dropped
};

}  // namespace holdfast::engine
