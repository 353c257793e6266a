// What the engine knows of each run of a program: bounded, and right when Windows reuses a pid.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/monitoring/event_rules.h"
#include "engine/path/windows_path.h"
#include "engine/processes/flat_index.h"
#include "engine/schema/operation.pb.h"
#include "engine/schema/state.pb.h"

namespace holdfast::engine {

// One run of a program. Most events never look at it: what every event needs lies in the index (ProcessTable::kSlot).
struct ProcessRow {
  FlatIndex::Key key;
  FlatIndex::Key parent;
  Subject subject;                           // for the rules; its image is `image`
  std::shared_ptr<const WindowsPath> image;  // shared by all runs of the file; kEmpty: nobody told it
  std::string command_line;
  std::string user;
  std::string signer;
  std::string sha256;
  std::uint32_t session_id = 0;
  v1::IntegrityLevel integrity = v1::INTEGRITY_LEVEL_UNSPECIFIED;
  v1::SignatureStatus signature = v1::SIGNATURE_STATUS_UNSPECIFIED;
  bool exited = false;
  // Neighbours in the queue of rows to be dropped.
  std::uint32_t previous = 0;
  std::uint32_t next = 0;

  ProcessRow();
  void set_image(std::shared_ptr<const WindowsPath> path);
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

  // Takes the signature of the process's own image, if its start did not tell one.
  void learn_signature(const v1::ProcessKey& key, const v1::ImageLoad& load, const PathNormaliser& paths);

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
  // What every event needs, packed into one value of the index: the slot of the row, and
  static constexpr std::uint32_t kTouched = 1U << 31U;  // it acted since the table last considered dropping it
  static constexpr std::uint32_t kImageKnown = 1U << 30U;
  static constexpr std::uint32_t kSignatureKnown = 1U << 29U;
  static constexpr std::uint32_t kSlot = kSignatureKnown - 1;

  // Ring of slots in the order of dropping; slot numbers are indices into rows_.
  struct Queue {
    std::uint32_t sentinel;
  };
  std::uint32_t& add(const FlatIndex::Key& key);  // gives the new entry
  void push_back(Queue queue, std::uint32_t slot);
  void unlink(std::uint32_t slot);
  void drop_one();
  void forget(std::uint32_t slot);
  // The entry of `key`: of the run meant where the start is unknown. Null if there is none.
  std::uint32_t* entry_of(const FlatIndex::Key& key);
  void set_image(std::uint32_t& entry, std::string_view path, const PathNormaliser& paths);
  void set_signature(std::uint32_t& entry, const v1::Signature& signature);
  std::uint32_t slot_of(const ProcessRow& row) const;

  static constexpr Queue kExited{0};
  static constexpr Queue kLiving{1};
  std::uint32_t rows_max_;
  std::uint64_t dropped_ = 0;
  std::vector<ProcessRow> rows_;                                                // [0] and [1] are the queues' sentinels
  std::vector<std::uint32_t> free_;                                             // slots
  std::unordered_map<std::string, std::shared_ptr<const WindowsPath>> images_;  // of the rows, by text and stream
  FlatIndex by_key_;                                                            // entries
  FlatIndex latest_by_pid_;                                                     // key with start_ns 0 -> slot
  WindowsPath scratch_;
};

}  // namespace holdfast::engine
