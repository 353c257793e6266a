// What a table writes into a state, and how it takes it back: never from a state that no table can have written.
#include <string>
#include <utility>

#include "engine/processes/process_table.h"
#include "engine/text/bounded_text.h"
#include "engine/text/check.h"

namespace holdfast::engine {
namespace {

// What no table can have kept of a run, or empty: the field and what is wrong with it.
struct Fault {
  std::string_view field = {};
  std::string_view what = {};
};

Fault fault_of(const v1::ProcessState& saved) {
  constexpr std::string_view kTooLong = "is longer than what is kept of such a text, or no UTF-8";
  const v1::Process& process = saved.process();
  const bool good_image =
      is_bounded_text(process.image(), ProcessTable::kImageBytesMax) && !process.image().contains('\0');
  if (!good_image) return {"process.image", kTooLong};
  if (!is_bounded_text(process.user(), ProcessTable::kUserBytesMax)) return {"process.user", kTooLong};
  if (!is_bounded_text(process.signature().signer(), ProcessTable::kSignerBytesMax)) {
    return {"process.signature.signer", kTooLong};
  }
  if (!is_bounded_text(saved.endpoint(), kEndpointBytesMax)) return {"endpoint", kTooLong};
  if (process.sha256().size() > ProcessTable::kHashBytesMax) return {"process.sha256", "is longer than any hash"};
  if (!v1::SignatureStatus_IsValid(process.signature().status())) {
    return {"process.signature.status", "is a value that this engine does not know"};
  }
  if (!v1::IntegrityLevel_IsValid(process.integrity())) {
    return {"process.integrity", "is a value that this engine does not know"};
  }
  if ((saved.facts() & ~kProcessFacts) != 0) return {"facts", "has bits that this engine does not know"};
  return {};
}

}  // namespace

void ProcessTable::save(v1::EngineState& state) const {
  for (const Queue queue : {kExited, kLiving}) {
    for (std::uint32_t slot = rows_[queue.sentinel].next; slot != queue.sentinel; slot = rows_[slot].next) {
      const ProcessRow& row = rows_[slot];
      v1::ProcessState& saved = *state.add_process();
      v1::Process& process = *saved.mutable_process();
      process.set_pid(row.key.pid);
      process.set_start_ns(row.key.start_ns);
      if (!is_nobody(row.parent)) *process.mutable_parent() = to_proto(row.parent);
      if (row.file != nullptr) process.set_image(row.file->first);
      process.set_user(row.user);
      process.set_session_id(row.session_id);
      process.set_integrity(row.integrity);
      if (row.signature != v1::SIGNATURE_STATUS_UNSPECIFIED) process.mutable_signature()->set_status(row.signature);
      if (!row.signer.empty()) process.mutable_signature()->set_signer(row.signer);
      process.set_sha256(row.sha256);
      saved.set_exited(row.exited);
      saved.set_touched((*by_key_.find(row.key) & kTouched) != 0);
      saved.set_facts(row.subject.facts);
      const std::uint32_t* latest = latest_by_pid_.find(FlatIndex::any_start(row.key));
      saved.set_latest_of_pid(latest != nullptr && *latest == slot);
      saved.set_endpoint(row.endpoint);
    }
  }
}

Expected<void> ProcessTable::load(const v1::EngineState& state, const PathNormaliser& paths) {
  check(by_key_.size() == 0, "a state is loaded into a new table");
  const auto refuse = [](std::string field, std::string_view what) {
    return std::unexpected(Error{.where = {}, .field = std::move(field), .what = std::string(what), .remedy = {}});
  };
  if (static_cast<std::size_t>(state.process_size()) > rows_max_) {
    return refuse("process", "has " + std::to_string(state.process_size()) + " rows, and limits.processes_max is " +
                                 std::to_string(rows_max_));
  }
  bool any_living = false;
  for (int i = 0; i < state.process_size(); ++i) {
    const v1::ProcessState& saved = state.process(i);
    const v1::Process& process = saved.process();
    const std::string row_name = "process[" + std::to_string(i) + "].";
    if (const Fault fault = fault_of(saved); !fault.what.empty()) {
      return refuse(row_name + std::string(fault.field), fault.what);
    }
    const ProgramKey key{
        .start_ns = process.start_ns(), .pid = process.pid(), .computer = computer_of(saved.endpoint())};
    if (is_nobody(key)) continue;  // an engine before this one kept a row for nobody
    if (by_key_.find(key) != nullptr) return refuse(row_name + "process.pid", "stands twice with this start");
    if (saved.exited() && any_living) return refuse(row_name + "exited", "stands behind one that lives");
    any_living = any_living || !saved.exited();
    std::uint32_t& entry = insert(key, saved.endpoint());
    const std::uint32_t slot = entry & kSlot;
    tell(entry, process, paths);
    if (bytes_ > bytes_max_ && by_key_.size() > 1) {
      return refuse("process",
                    "takes more than the " + std::to_string(bytes_max_) + " bytes of limits.process_bytes_max");
    }
    if (rows_[slot].file == nullptr && !process.image().empty()) {
      return refuse(row_name + "process.image", "names no file");
    }
    if (!saved.touched()) entry &= ~kTouched;
    rows_[slot].subject.facts = saved.facts();
    if (saved.exited()) exit(rows_[slot]);
    // Of two runs with one pid the later need not be in the table any more: the flags alone say who is meant.
    if (!saved.latest_of_pid() || key.pid == 0) continue;
    if (latest_by_pid_.find(FlatIndex::any_start(key)) != nullptr) {
      return refuse(row_name + "latest_of_pid", "is set for two runs of one pid");
    }
    latest_by_pid_.put(FlatIndex::any_start(key), slot);
  }
  return {};
}

}  // namespace holdfast::engine
