// What the engine knows of each run of a program: bounded, and right when Windows reuses a pid.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/flat_index.h"
#include "engine/path/windows_path.h"
#include "engine/schema/operation.pb.h"
#include "engine/schema/state.pb.h"

namespace holdfast::engine {

// One run of a program.
struct ProcessRow {
  FlatIndex::Key key;
  FlatIndex::Key parent;
  WindowsPath image;  // kEmpty if no sensor told it
  std::string command_line;
  std::string user;
  std::string signer;
  std::string sha256;
  std::uint32_t session_id = 0;
  std::uint32_t facts = 0;  // ProcessFact bits
  v1::IntegrityLevel integrity = v1::INTEGRITY_LEVEL_UNSPECIFIED;
  v1::SignatureStatus signature = v1::SIGNATURE_STATUS_UNSPECIFIED;
  bool exited = false;
  bool touched = false;  // acted since the table last considered dropping it
  // Neighbours in the queue of rows to be dropped.
  std::uint32_t previous = 0;
  std::uint32_t next = 0;
};

// Rows are addressed by pointers that stay valid until the next call that adds a row.
class ProcessTable {
 public:
  explicit ProcessTable(std::uint32_t rows_max);

  // The row of a start; an older row of the same key is replaced.
  ProcessRow& start(const v1::Process& process, const PathNormaliser& paths);

  // The row of the process that acts, made from what the operation tells if its start was never seen. With an unknown
  // start time the latest living process of that pid is meant, unless the image shows that the pid has changed hands.
  ProcessRow& actor(const v1::Operation& operation, const PathNormaliser& paths);

  // Null if unknown.
  ProcessRow* find(const v1::ProcessKey& key);

  // Keeps the row for late events of the process, but first in line to be dropped.
  void exit(ProcessRow& row);

  // Rows dropped at the limit since the last call.
  std::uint64_t take_dropped();
  std::uint32_t rows_max() const { return rows_max_; }
  // Drops rows until the new limit holds.
  void set_rows_max(std::uint32_t rows_max);

  std::size_t size() const { return by_key_.size(); }
  void save(v1::EngineState& state) const;
  void load(const v1::EngineState& state, const PathNormaliser& paths);

 private:
  // Ring of slots in the order of dropping; slot numbers are indices into rows_.
  struct Queue {
    std::uint32_t sentinel;
  };
  ProcessRow& add(const FlatIndex::Key& key);
  void push_back(Queue queue, std::uint32_t slot);
  void unlink(std::uint32_t slot);
  void drop_one();
  void forget(std::uint32_t slot);
  std::uint32_t slot_of(const ProcessRow& row) const;

  static constexpr Queue kExited{0};
  static constexpr Queue kLiving{1};
  std::uint32_t rows_max_;
  std::uint64_t dropped_ = 0;
  std::vector<ProcessRow> rows_;        // [0] and [1] are the queues' sentinels
  std::vector<std::uint32_t> free_;     // slots
  FlatIndex by_key_;
  FlatIndex latest_by_pid_;             // key with start_ns 0
  WindowsPath scratch_;
};

}  // namespace holdfast::engine
