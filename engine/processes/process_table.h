// What the engine knows of each run of a program: bounded in rows and in bytes, and right when Windows reuses a pid.
//
// A row keeps what decisions ask for. Texts are kept as the sensor gave them and bounded; of the image the text stands
// once for all runs of the file, and its normal form is that of the profile in force (renormalise), so that a table
// that was saved and loaded is the one that went on. Command lines are not kept: no rule looks at them after the start.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/monitoring/event_rules.h"
#include "engine/path/windows_path.h"
#include "engine/processes/flat_index.h"
#include "engine/processes/program_key.h"
#include "engine/schema/error.h"
#include "engine/schema/operation.pb.h"
#include "engine/schema/state.pb.h"

namespace holdfast::engine {

// Whether an image tells which program runs: "\??\" and "C:\" do not.
bool names_a_file(const WindowsPath& image);

// A program file that runs, by the text in which the sensor named it.
struct ProgramFile {
  std::shared_ptr<WindowsPath> path;
  std::uint32_t rows = 0;  // that share it
};
using ProgramFiles = std::map<std::string, ProgramFile, std::less<>>;

// One run of a program. Most events never look at it: what every event needs lies in the index (ProcessTable::kSlot).
struct ProcessRow {
  ProgramKey key;
  ProgramKey parent;
  std::string endpoint;                      // computer it runs on; empty: the agent's own
  Subject subject;                           // for the rules; its image is `image`
  std::shared_ptr<const WindowsPath> image;  // kEmpty: nobody told it
  ProgramFiles::value_type* file = nullptr;  // which holds it; null: nobody told it
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

// Rows are addressed by pointers that stay valid until the next call that adds a row or teaches one something.
//
// Nobody finds no row and makes none: start() and actor() give one that holds what the operation itself tells, until
// the next call.
class ProcessTable {
 public:
  // What a row keeps of a text at most. Longer images are cut where Windows itself could open none, longer users at the
  // end of a character; a signer or a hash that is longer is none, so that nobody is trusted for half a name.
  static constexpr std::size_t kImageBytesMax = 4 * (WindowsPath::kUnitsMax + 1);
  static constexpr std::size_t kUserBytesMax = 2'048;
  static constexpr std::size_t kSignerBytesMax = 4'096;
  static constexpr std::size_t kHashBytesMax = 64;
  // What the bound in bytes counts besides the texts, the same on every machine.
  static constexpr std::uint64_t kRowBytes = 320;
  static constexpr std::uint64_t kFileBytes = 256;
  static constexpr std::uint64_t kBytesMaxDefault = 64ULL << 20U;

  explicit ProcessTable(std::uint32_t rows_max, std::uint64_t bytes_max = kBytesMaxDefault);
  ProcessTable(ProcessTable&&) noexcept = default;
  ProcessTable& operator=(ProcessTable&&) noexcept = default;

  // What `operation` shows of the runs that had its program's key before, which only one without a start time can have
  // had. Ask before start() and actor(), which replace the row: who waits for a person over the old run, and what that
  // person said, is not the new one's. Nobody's runs do not end.
  struct Arrival {
    bool takes_key = false;       // start() or actor() would make a row of it
    ProcessRow* named = nullptr;  // the row has no image yet, and the operation tells one; null: none gets a name
    ProcessRow* ended = nullptr;  // the run whose row would be replaced; null: the table knows of none
  };
  Arrival arrival_of(const v1::Operation& operation, const PathNormaliser& paths);

  // The row of a start. An older row of the same key is replaced; where it is of the same run, seen before its start
  // was, what that has done still counts, and so do its name and its file's signature where the start tells none.
  // `endpoint`: the computer on which it starts, as in Operation.
  ProcessRow& start(const v1::Process& process, const PathNormaliser& paths, std::string_view endpoint = {});

  // The row of the process that acts, made from what the operation tells if its start was never seen. With an unknown
  // start time the latest living process of that pid is meant, unless the image shows that the pid has changed hands.
  ProcessRow& actor(const v1::Operation& operation, const PathNormaliser& paths);

  // The living run that acts, where the table knows it: at a process start the one that creates the program. Null: the
  // table does not, or the image shows that the pid has changed hands.
  const ProcessRow* actor_if_known(const v1::Operation& operation, const PathNormaliser& paths);

  // What `operation` told of its program, where the row does not know it: the run may have been forgotten since, and
  // come back by an event that tells less.
  void remind(ProcessRow& row, const v1::Operation& operation, const PathNormaliser& paths);

  // Takes the signature of the process's own image, if its start did not tell one.
  void learn_signature(const ProgramKey& key, const v1::ImageLoad& load, const PathNormaliser& paths);

  // Null if unknown. With an unknown start time the latest run of that pid.
  ProcessRow* find(const ProgramKey& key);
  // The run that was told of by this very key: what a start that is judged again has as its row. One that has exited
  // is not meant by a key without a start time, as with actor().
  ProcessRow* find_exactly(const ProgramKey& key);

  // Keeps the row for late events of the process, but first in line to be dropped.
  void exit(ProcessRow& row);

  // A new profile is in force: every image gets the normal form that it has now. May drop rows (bytes).
  void renormalise(const PathNormaliser& paths);

  // Rows dropped at a limit since the last call: at that of rows, and at that of bytes. They are no part of the state:
  // ask in the step in which they are dropped.
  bool has_dropped() const { return dropped_ != 0 || dropped_for_bytes_ != 0; }
  std::uint64_t take_dropped();
  std::uint64_t take_dropped_for_bytes();
  std::uint32_t rows_max() const { return rows_max_; }
  std::uint64_t bytes_max() const { return bytes_max_; }
  // Drops rows until the new limit holds. One row is always kept.
  void set_rows_max(std::uint32_t rows_max);
  void set_bytes_max(std::uint64_t bytes_max);

  std::size_t size() const { return by_key_.size(); }
  std::uint64_t bytes() const { return bytes_; }  // as the bound counts them
  void save(v1::EngineState& state) const;
  // Into a new table, of which nothing may be used after a failure. Fails on what no table can have saved:
  // Error.field is "process[17].process.pid".
  Expected<void> load(const v1::EngineState& state, const PathNormaliser& paths);

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
  std::uint32_t& add(const ProgramKey& key, std::string_view endpoint);  // gives the new entry
  std::uint32_t& insert(const ProgramKey& key,
                        std::string_view endpoint);  // the same where there is room and no such row
  void push_back(Queue queue, std::uint32_t slot);
  void unlink(std::uint32_t slot);
  std::uint32_t next_to_drop(std::uint32_t spared);
  void shrink(std::uint32_t spared);
  void forget(std::uint32_t slot);
  void leave_file(ProcessRow& row);
  // The entry of `key`: of the run meant where the start is unknown. Null if there is none.
  std::uint32_t* entry_of(const ProgramKey& key);
  // The entry that the actor's pid means, told without a start time. Null: none, or a run that the pid does not name
  // any more.
  std::uint32_t* acting_of_pid(const v1::Operation& operation, const PathNormaliser& paths);
  ProgramFiles::value_type* file_of(std::string_view image, const PathNormaliser& paths);
  void set_image(std::uint32_t& entry, std::string_view image, const PathNormaliser& paths);
  void set_signature(std::uint32_t& entry, const v1::Signature& signature);
  ProcessRow& nobody(const v1::Process& told, const PathNormaliser& paths, std::string_view endpoint);
  void tell(std::uint32_t& entry, const v1::Process& process, const PathNormaliser& paths);
  std::uint32_t slot_of(const ProcessRow& row) const;

  static constexpr Queue kExited{0};
  static constexpr Queue kLiving{1};
  static constexpr std::uint32_t kNobody = 0;  // no row has a sentinel's slot
  std::uint32_t rows_max_;
  std::uint64_t bytes_max_;
  std::uint64_t bytes_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t dropped_for_bytes_ = 0;
  std::vector<ProcessRow> rows_;     // [0] and [1] are the queues' sentinels
  std::vector<std::uint32_t> free_;  // slots
  ProgramFiles files_;               // of the rows
  FlatIndex by_key_;                 // entries
  FlatIndex latest_by_pid_;          // key with start_ns 0 -> slot
  ProcessRow nobody_;                // of the operation at hand
  WindowsPath scratch_;
};

}  // namespace holdfast::engine
