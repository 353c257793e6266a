#include "engine/processes/process_table.h"

#include <utility>

#include "engine/text/bounded_text.h"

namespace holdfast::engine {
namespace {

// The last part of a path in any form, for a comparison that must not cost a normalisation.
std::string_view raw_file_name(std::string_view path) {
  const std::size_t slash = path.find_last_of("\\/");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::uint64_t bytes_of(const ProgramFiles::value_type& file) {
  const WindowsPath& path = *file.second.path;
  return ProcessTable::kFileBytes + file.first.size() + path.text.size() + path.folded.size() + path.stream.size();
}

std::string short_or_none(const std::string& text, std::size_t bytes_max) {
  return text.size() <= bytes_max ? bounded_text(text, bytes_max) : std::string();
}

// A NUL ends a path.
std::string kept_image(std::string_view image) {
  return bounded_text(image.substr(0, image.find('\0')), ProcessTable::kImageBytesMax);
}

std::uint64_t bytes_of_texts(const ProcessRow& row) {
  return row.endpoint.size() + row.user.size() + row.signer.size() + row.sha256.size();
}

void describe_signature(ProcessRow& row, const v1::Signature& signature) {
  row.signature =
      v1::SignatureStatus_IsValid(signature.status()) ? signature.status() : v1::SIGNATURE_STATUS_UNSPECIFIED;
  row.signer = short_or_none(signature.signer(), ProcessTable::kSignerBytesMax);
}

// All that a start tells but the image.
void describe(ProcessRow& row, const v1::Process& process) {
  describe_signature(row, process.signature());
  row.parent = {.start_ns = process.parent().start_ns(), .pid = process.parent().pid(), .computer = row.key.computer};
  row.user = bounded_text(process.user(), ProcessTable::kUserBytesMax);
  row.session_id = process.session_id();
  row.integrity =
      v1::IntegrityLevel_IsValid(process.integrity()) ? process.integrity() : v1::INTEGRITY_LEVEL_UNSPECIFIED;
  row.sha256 = process.sha256().size() <= ProcessTable::kHashBytesMax ? process.sha256() : std::string();
}

v1::Signature signature_of(const ProcessRow& row) {
  v1::Signature signature;
  signature.set_status(row.signature);
  signature.set_signer(row.signer);
  return signature;
}

// The same where only an actor is told.
v1::Process told_of_actor(const v1::Operation& operation) {
  v1::Process process;
  process.set_image(operation.actor_image());
  process.set_user(operation.actor_user());
  return process;
}

}  // namespace

bool names_a_file(const WindowsPath& image) { return !image.file_name().empty() && image.folded != R"(\\.)"; }

ProcessRow::ProcessRow() {
  static const auto unknown = std::make_shared<const WindowsPath>();
  set_image(unknown);
}

void ProcessRow::set_image(std::shared_ptr<const WindowsPath> path) {
  image = std::move(path);
  subject.image = image.get();
}

ProcessTable::ProcessTable(std::uint32_t rows_max, std::uint64_t bytes_max)
    : rows_max_(rows_max), bytes_max_(bytes_max), rows_(2) {
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

// ---------------------------------------------------------------- what comes and goes

void ProcessTable::forget(std::uint32_t slot) {
  unlink(slot);
  ProcessRow& row = rows_[slot];
  by_key_.erase(row.key);
  const std::uint32_t* latest = latest_by_pid_.find(FlatIndex::any_start(row.key));
  if (latest != nullptr && *latest == slot) latest_by_pid_.erase(FlatIndex::any_start(row.key));
  leave_file(row);
  bytes_ -= kRowBytes + bytes_of_texts(row);
  row = ProcessRow{};
  free_.push_back(slot);
}

// The last row of a file takes the file with it.
void ProcessTable::leave_file(ProcessRow& row) {
  ProgramFiles::value_type* const file = std::exchange(row.file, nullptr);
  if (file == nullptr) return;
  bytes_ -= file->first.size();
  if (--file->second.rows != 0) return;
  bytes_ -= bytes_of(*file);
  files_.erase(files_.find(file->first));
}

// The exited first, the oldest of them first; then the living. Second chance: a living row that acted since it was last
// considered goes to the end of the queue once. `spared` is passed over: another row must be there.
std::uint32_t ProcessTable::next_to_drop(std::uint32_t spared) {
  std::uint32_t exited = rows_[kExited.sentinel].next;
  if (exited == spared) exited = rows_[exited].next;
  if (exited != kExited.sentinel) return exited;
  while (true) {
    const std::uint32_t slot = rows_[kLiving.sentinel].next;
    std::uint32_t& entry = *by_key_.find(rows_[slot].key);
    if ((entry & kTouched) == 0 && slot != spared) return slot;
    entry &= ~kTouched;
    unlink(slot);
    push_back(kLiving, slot);
  }
}

void ProcessTable::shrink(std::uint32_t spared) {
  for (; bytes_ > bytes_max_ && by_key_.size() > 1; ++dropped_for_bytes_) forget(next_to_drop(spared));
}

std::uint32_t& ProcessTable::add(const ProgramKey& key, std::string_view endpoint) {
  if (const std::uint32_t* known = by_key_.find(key)) forget(*known & kSlot);
  for (; by_key_.size() >= rows_max_; ++dropped_) forget(next_to_drop(kNobody));
  std::uint32_t& entry = insert(key, endpoint);
  if (key.pid != 0) latest_by_pid_.put(FlatIndex::any_start(key), entry & kSlot);
  return entry;
}

std::uint32_t& ProcessTable::insert(const ProgramKey& key, std::string_view endpoint) {
  std::uint32_t slot = 0;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(rows_.size());
    rows_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  rows_[slot].key = key;
  rows_[slot].endpoint = kept_endpoint(endpoint);
  bytes_ += kRowBytes + bytes_of_texts(rows_[slot]);
  by_key_.put(key, slot | kTouched);
  push_back(kLiving, slot);
  return *by_key_.find(key);
}

std::uint32_t* ProcessTable::entry_of(const ProgramKey& key) {
  if (key.start_ns != 0) return by_key_.find(key);
  const std::uint32_t* slot = latest_by_pid_.find(key);
  return slot == nullptr ? nullptr : by_key_.find(rows_[*slot].key);
}

// ---------------------------------------------------------------- what a row learns

// The file that `image` names; null where it names none, as "\??\" does. The caller's row is one more that shares it.
ProgramFiles::value_type* ProcessTable::file_of(std::string_view image, const PathNormaliser& paths) {
  auto file = files_.find(image);
  if (file == files_.end()) {
    std::string kept = kept_image(image);
    file = files_.find(kept);
    if (file == files_.end()) {
      paths.normalise(kept, scratch_);
      if (!names_a_file(scratch_)) return nullptr;
      file = files_.emplace(std::move(kept), ProgramFile{.path = std::make_shared<WindowsPath>(scratch_), .rows = 0})
                 .first;
      bytes_ += bytes_of(*file);
    }
  }
  ++file->second.rows;
  bytes_ += file->first.size();  // a state names it once for each row
  return &*file;
}

void ProcessTable::set_image(std::uint32_t& entry, std::string_view image, const PathNormaliser& paths) {
  if (image.empty()) return;
  ProgramFiles::value_type* const file = file_of(image, paths);
  if (file == nullptr) return;
  ProcessRow& row = rows_[entry & kSlot];
  row.file = file;
  row.set_image(file->second.path);
  entry |= kImageKnown;
}

void ProcessTable::set_signature(std::uint32_t& entry, const v1::Signature& signature) {
  ProcessRow& row = rows_[entry & kSlot];
  bytes_ -= bytes_of_texts(row);
  describe_signature(row, signature);
  bytes_ += bytes_of_texts(row);
  if (row.signature != v1::SIGNATURE_STATUS_UNSPECIFIED) entry |= kSignatureKnown;
}

void ProcessTable::learn_signature(const ProgramKey& key, const v1::ImageLoad& load, const PathNormaliser& paths) {
  std::uint32_t* entry = entry_of(key);
  if (entry == nullptr || (*entry & kSignatureKnown) != 0) return;
  if (load.signature().status() == v1::SIGNATURE_STATUS_UNSPECIFIED) return;
  const ProcessRow& row = rows_[*entry & kSlot];
  // Most loads are of libraries: their length tells them apart at no cost.
  if (raw_file_name(load.path()).size() != row.image->file_name().size()) return;
  paths.normalise(load.path(), scratch_);
  if (scratch_.folded != row.image->folded) return;
  set_signature(*entry, load.signature());
  shrink(*entry & kSlot);
}

void ProcessTable::tell(std::uint32_t& entry, const v1::Process& process, const PathNormaliser& paths) {
  set_image(entry, process.image(), paths);
  ProcessRow& row = rows_[entry & kSlot];
  bytes_ -= bytes_of_texts(row);
  describe(row, process);
  bytes_ += bytes_of_texts(row);
  if (row.signature != v1::SIGNATURE_STATUS_UNSPECIFIED) entry |= kSignatureKnown;
}

ProcessRow& ProcessTable::nobody(const v1::Process& told, const PathNormaliser& paths, std::string_view endpoint) {
  nobody_ = ProcessRow{};
  nobody_.key.computer = computer_of(endpoint);
  nobody_.endpoint = kept_endpoint(endpoint);
  describe(nobody_, told);
  paths.normalise(kept_image(told.image()), scratch_);
  if (names_a_file(scratch_)) nobody_.set_image(std::make_shared<WindowsPath>(scratch_));
  return nobody_;
}

std::uint32_t* ProcessTable::acting_of_pid(const v1::Operation& operation, const PathNormaliser& paths) {
  std::uint32_t* const entry = entry_of(FlatIndex::any_start(key_of(operation.actor(), operation.endpoint())));
  if (entry == nullptr) return nullptr;
  const ProcessRow& row = rows_[*entry & kSlot];
  if (row.exited) return nullptr;
  const std::string& image = operation.actor_image();
  if (row.file == nullptr || image.empty() || image == row.file->first) return entry;
  paths.normalise(image, scratch_);
  return !names_a_file(scratch_) || scratch_.folded == row.image->folded ? entry : nullptr;
}

ProcessTable::Arrival ProcessTable::arrival_of(const v1::Operation& operation, const PathNormaliser& paths) {
  if (!names_pid_only(operation)) return {};
  const bool starts = operation.what_case() == v1::Operation::kProcessStart;
  const ProgramKey key = key_of_program(operation);
  if (is_nobody(key)) return {};
  if (const std::uint32_t* acting = starts ? nullptr : acting_of_pid(operation, paths)) {
    ProcessRow& row = rows_[*acting & kSlot];
    return {.named = row.file == nullptr && !operation.actor_image().empty() ? &row : nullptr};
  }
  const std::uint32_t* known = by_key_.find(key);
  return {.takes_key = true, .ended = known == nullptr ? nullptr : &rows_[*known & kSlot]};
}

ProcessRow& ProcessTable::start(const v1::Process& process, const PathNormaliser& paths, std::string_view endpoint) {
  const ProgramKey key{.start_ns = process.start_ns(), .pid = process.pid(), .computer = computer_of(endpoint)};
  if (is_nobody(key)) return nobody(process, paths, endpoint);
  const std::uint32_t* const known = key.start_ns == 0 ? nullptr : by_key_.find(key);
  const ProcessRow* const same_run =
      known == nullptr || rows_[*known & kSlot].exited ? nullptr : &rows_[*known & kSlot];
  const std::uint32_t facts = same_run == nullptr ? 0 : same_run->subject.facts;
  const std::string name = same_run == nullptr || same_run->file == nullptr ? std::string() : same_run->file->first;
  const v1::Signature signature = same_run == nullptr ? v1::Signature() : signature_of(*same_run);
  const std::shared_ptr<const WindowsPath> signed_file = same_run == nullptr ? nullptr : same_run->image;
  std::uint32_t& entry = add(key, endpoint);
  tell(entry, process, paths);
  const std::uint32_t slot = entry & kSlot;
  rows_[slot].subject.facts = facts;
  if (rows_[slot].file == nullptr) set_image(entry, name, paths);
  const bool tells_none = (entry & kSignatureKnown) == 0;
  if (tells_none && signature.status() != v1::SIGNATURE_STATUS_UNSPECIFIED &&
      rows_[slot].image->folded == signed_file->folded) {
    set_signature(entry, signature);
  }
  shrink(slot);
  return rows_[slot];
}

ProcessRow& ProcessTable::actor(const v1::Operation& operation, const PathNormaliser& paths) {
  const ProgramKey key = key_of(operation.actor(), operation.endpoint());
  if (std::uint32_t* entry = key.start_ns != 0 ? by_key_.find(key) : acting_of_pid(operation, paths)) {
    const std::uint32_t slot = *entry & kSlot;
    *entry |= kTouched;
    if ((*entry & kImageKnown) == 0 && !operation.actor_image().empty()) {
      set_image(*entry, operation.actor_image(), paths);
      shrink(slot);
    }
    return rows_[slot];
  }
  if (is_nobody(key)) return nobody(told_of_actor(operation), paths, operation.endpoint());
  std::uint32_t& entry = add(key, operation.endpoint());
  tell(entry, told_of_actor(operation), paths);
  const std::uint32_t slot = entry & kSlot;
  shrink(slot);
  return rows_[slot];
}

const ProcessRow* ProcessTable::actor_if_known(const v1::Operation& operation, const PathNormaliser& paths) {
  const ProgramKey key = key_of(operation.actor(), operation.endpoint());
  const std::uint32_t* entry = key.start_ns != 0 ? by_key_.find(key) : acting_of_pid(operation, paths);
  return entry == nullptr ? nullptr : &rows_[*entry & kSlot];
}

void ProcessTable::remind(ProcessRow& row, const v1::Operation& operation, const PathNormaliser& paths) {
  std::uint32_t& entry = *by_key_.find(row.key);
  if ((entry & kImageKnown) != 0) return;
  if (operation.has_process_start()) {
    tell(entry, operation.process_start(), paths);
  } else {
    set_image(entry, operation.actor_image(), paths);
  }
  shrink(entry & kSlot);
}

ProcessRow* ProcessTable::find(const ProgramKey& key) {
  const std::uint32_t* entry = entry_of(key);
  return entry == nullptr ? nullptr : &rows_[*entry & kSlot];
}

ProcessRow* ProcessTable::find_exactly(const ProgramKey& key) {
  const std::uint32_t* entry = by_key_.find(key);
  if (entry == nullptr) return nullptr;
  ProcessRow& row = rows_[*entry & kSlot];
  return key.start_ns == 0 && row.exited ? nullptr : &row;
}

void ProcessTable::exit(ProcessRow& row) {
  if (row.exited || is_nobody(row.key)) return;
  row.exited = true;
  const std::uint32_t slot = slot_of(row);
  unlink(slot);
  push_back(kExited, slot);
}

void ProcessTable::renormalise(const PathNormaliser& paths) {
  bool any_nameless = false;
  for (auto& file : files_) {
    bytes_ -= bytes_of(file);
    paths.normalise(file.first, *file.second.path);
    bytes_ += bytes_of(file);
    any_nameless = any_nameless || !names_a_file(*file.second.path);
  }
  // What names no file under this profile is not known, as in a table that is loaded under it.
  for (std::size_t slot = 2; any_nameless && slot < rows_.size(); ++slot) {
    ProcessRow& row = rows_[slot];
    if (row.file == nullptr || names_a_file(*row.image)) continue;
    leave_file(row);
    row.set_image(ProcessRow().image);
    *by_key_.find(row.key) &= ~kImageKnown;
  }
  shrink(kNobody);
}

std::uint64_t ProcessTable::take_dropped() { return std::exchange(dropped_, 0); }
std::uint64_t ProcessTable::take_dropped_for_bytes() { return std::exchange(dropped_for_bytes_, 0); }

void ProcessTable::set_rows_max(std::uint32_t rows_max) {
  rows_max_ = rows_max;
  for (; by_key_.size() > rows_max_; ++dropped_) forget(next_to_drop(kNobody));
}

void ProcessTable::set_bytes_max(std::uint64_t bytes_max) {
  bytes_max_ = bytes_max;
  shrink(kNobody);
}

}  // namespace holdfast::engine
