#include "tests/support/simulated_disk.h"

#include <algorithm>
#include <utility>

namespace holdfast {
namespace {

constexpr std::uint64_t kSectorBytes = 512;

std::unexpected<Error> refused(const std::string& path, std::string what) {
  return std::unexpected(Error{.where = path, .field = {}, .what = std::move(what), .remedy = {}});
}

std::string_view folder_of(std::string_view path) { return path.substr(0, path.rfind('/')); }

// A page of which the medium has all, a part or nothing.
void tear(std::span<char> page, Random& random) {
  std::uint64_t kept = 0;
  switch (random.below(4)) {
    case 0: break;
    case 1: kept = page.size(); break;
    case 2: kept = random.below(page.size() + 1); break;
    default: kept = std::min<std::uint64_t>(page.size(), kSectorBytes * random.below(page.size() / kSectorBytes + 1));
  }
  std::ranges::fill(page.subspan(kept), '\0');
}

}  // namespace

class SimulatedDisk::OpenFile final : public DiskFile {
 public:
  OpenFile(SimulatedDisk& disk, std::string path, std::shared_ptr<File> file)
      : disk_(disk), path_(std::move(path)), file_(std::move(file)) {}

  Expected<void> append(std::span<const std::uint8_t> bytes) override {
    const std::uint64_t fits = std::min<std::uint64_t>(bytes.size(), disk_.free_bytes_);
    disk_.append(*file_, bytes.first(fits));
    if (fits == bytes.size()) return {};
    return refused(path_, "cannot be written: no space left");
  }
  std::uint64_t size_bytes() const override { return file_->bytes.size(); }
  Expected<void> close() override { return {}; }

 private:
  SimulatedDisk& disk_;
  std::string path_;
  std::shared_ptr<File> file_;
};

// ---------------------------------------------------------------- the disk that programs see

void SimulatedDisk::append(File& file, std::span<const std::uint8_t> bytes) {
  file.bytes.append(bytes.begin(), bytes.end());
  appended_bytes_ += bytes.size();
  if (free_bytes_ != UINT64_MAX) free_bytes_ -= bytes.size();
}

void SimulatedDisk::apply(Change change) {
  for (const auto& [name, file] : change) {
    if (file) names_[name] = file;
    if (!file) names_.erase(name);
  }
  unstored_.push_back(std::move(change));
}

Expected<void> SimulatedDisk::make_folder(const std::string&) { return {}; }

Expected<std::vector<Disk::Entry>> SimulatedDisk::list(const std::string& folder) {
  std::vector<Entry> entries;
  for (const auto& [path, file] : names_) {
    if (folder_of(path) == folder) entries.push_back({path.substr(folder.size() + 1), file->bytes.size()});
  }
  return entries;
}

Expected<BinaryReader> SimulatedDisk::open(const std::string& path) {
  const auto found = names_.find(path);
  if (found == names_.end()) return refused(path, "cannot be opened: there is no such file");
  const std::string& bytes = found->second->bytes;
  return BinaryReader::of(path, {bytes.begin(), bytes.end()});
}

Expected<std::unique_ptr<DiskFile>> SimulatedDisk::create(const std::string& path, const std::string&) {
  auto file = std::make_shared<File>();
  apply({{path, file}});
  return std::make_unique<OpenFile>(*this, path, std::move(file));
}

Expected<void> SimulatedDisk::rename(const std::string& from, const std::string& to) {
  const auto found = names_.find(from);
  if (found == names_.end()) return refused(from, "cannot be renamed: there is no such file");
  apply({{to, found->second}, {from, nullptr}});
  return {};
}

Expected<void> SimulatedDisk::remove(const std::string& path) {
  const auto found = names_.find(path);
  if (found == names_.end()) return {};
  if (holds_files_) return refused(path, "cannot be removed: another program holds it");
  if (free_bytes_ != UINT64_MAX) free_bytes_ += found->second->bytes.size();
  apply({{path, nullptr}});
  return {};
}

// ---------------------------------------------------------------- storing

void SimulatedDisk::advance_to(std::uint64_t now_ns) {
  now_ns_ = now_ns;
  for (auto& [path, file] : names_) {
    if (file->storing_until_ns <= now_ns) file->stored = std::max(file->stored, file->storing);
  }
  if (storing_names_ == 0 || storing_names_until_ns_ > now_ns) return;
  for (std::size_t i = 0; i < storing_names_; ++i) {
    for (const auto& [name, file] : unstored_[i]) {
      if (file) stored_names_[name] = file;
      if (!file) stored_names_.erase(name);
    }
  }
  unstored_.erase(unstored_.begin(), unstored_.begin() + static_cast<std::ptrdiff_t>(storing_names_));
  storing_names_ = 0;
}

std::uint64_t SimulatedDisk::begin_sync() {
  ++syncs_;
  return idle_at_ns_ = std::max(now_ns_, idle_at_ns_) + sync_ns_;
}

Expected<void> SimulatedDisk::sync_file(const std::string& path) {
  const auto found = names_.find(path);
  if (found == names_.end()) return refused(path, "cannot be stored: there is no such file");
  found->second->storing = found->second->bytes.size();
  found->second->storing_until_ns = begin_sync();
  return {};
}

Expected<void> SimulatedDisk::sync_folder(const std::string&) {
  storing_names_ = unstored_.size();
  storing_names_until_ns_ = begin_sync();
  return {};
}

// ---------------------------------------------------------------- the power cut

std::string SimulatedDisk::bytes_after(const File& file, PowerCut kind, Random& random) const {
  const std::uint64_t size = file.stored + random.below(file.bytes.size() - file.stored + 1);
  std::string bytes = file.bytes.substr(0, size);
  if (kind == PowerCut::kTorn) return bytes;
  for (std::uint64_t at = file.stored; at < size;) {
    const std::uint64_t end = std::min(size, (at / page_bytes_ + 1) * page_bytes_);
    tear(std::span(bytes).subspan(at, end - at), random);
    at = end;
  }
  return bytes;
}

SimulatedDisk::Names SimulatedDisk::names_after(PowerCut kind, Random& random) const {
  Names names = stored_names_;
  std::uint64_t in_order = random.below(unstored_.size() + 1);
  for (const Change& change : unstored_) {
    const bool kept = kind == PowerCut::kTorn ? in_order-- > 0 : random.percent_chance(50);
    if (kind == PowerCut::kTorn && !kept) break;
    for (const auto& [name, file] : kept ? change : Change{}) {
      if (file) names[name] = file;
      if (!file) names.erase(name);
    }
  }
  return names;
}

SimulatedDisk SimulatedDisk::after_power_cut(PowerCut kind, Random& random) const {
  SimulatedDisk after(page_bytes_);
  after.now_ns_ = after.idle_at_ns_ = now_ns_;
  after.appended_bytes_ = appended_bytes_;
  after.names_ = names_after(kind, random);
  for (auto& [name, file] : after.names_) {
    if (file->stored == file->bytes.size()) continue;
    auto left = std::make_shared<File>();
    left->bytes = bytes_after(*file, kind, random);
    left->stored = left->bytes.size();
    file = std::move(left);
  }
  after.stored_names_ = after.names_;
  return after;
}

}  // namespace holdfast
