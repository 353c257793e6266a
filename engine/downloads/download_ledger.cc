#include "engine/downloads/download_ledger.h"

#include <algorithm>
#include <charconv>

#include "engine/text/ascii.h"

namespace holdfast::engine {
namespace {

constexpr std::string_view kStream = ":zone.identifier";
constexpr std::size_t kSha256Bytes = 32;

// Part of an archive member's name after its last separator, of either kind, folded.
std::string folded_name(std::string_view name) {
  const std::size_t separator = name.find_last_of("/\\");
  return folded(separator == std::string_view::npos ? name : name.substr(separator + 1));
}

std::string key_of(char kind, std::string_view text) { return kind + std::string(text); }
std::string path_key(std::string_view path) { return key_of('p', path); }
std::string name_key(std::string_view name) { return key_of('n', name); }
std::string hash_key(std::string_view sha256) { return key_of('h', sha256); }

}  // namespace

std::optional<std::string_view> marked_file(std::string_view path) {
  // The stream's full name may carry its type: "x.exe:Zone.Identifier:$DATA".
  constexpr std::string_view kType = ":$DATA";
  if (path.size() > kType.size() && ascii::equal_without_case(path.substr(path.size() - kType.size()), kType)) {
    path.remove_suffix(kType.size());
  }
  if (path.size() <= kStream.size()) return std::nullopt;
  if (!ascii::equal_without_case(path.substr(path.size() - kStream.size()), kStream)) return std::nullopt;
  return path.substr(0, path.size() - kStream.size());
}

std::uint32_t zone_of_mark(std::string_view contents) {
  constexpr std::string_view kField = "ZoneId=";
  const std::size_t at = contents.find(kField);
  if (at == std::string_view::npos) return 0;
  const std::string_view digits = contents.substr(at + kField.size());
  std::uint32_t zone = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), zone);
  return error == std::errc() && zone < 1'000 ? zone + 1 : 0;
}

bool DownloadLedger::mark(std::string_view path, std::string_view contents, std::uint64_t at_ns,
                          const PathNormaliser& paths) {
  const auto file = marked_file(path);
  const std::uint32_t zone = zone_of_mark(contents);
  if (!file || zone == 0) return false;
  v1::Download download;
  download.set_channel(v1::Download::CHANNEL_OTHER);
  download.set_path(std::string(*file));
  download.set_zone_id(zone);
  unmark(path, paths);
  return add(download, at_ns, paths);
}

void DownloadLedger::unmark(std::string_view path, const PathNormaliser& paths) {
  const auto file = marked_file(path);
  if (!file) return;
  const auto found = numbers_.find(path_key(paths.normalise(*file).folded));
  if (found == numbers_.end()) return;
  for (const std::uint64_t number : std::vector<std::uint64_t>(found->second)) {
    if (entries_.at(number).kept.download().channel() == v1::Download::CHANNEL_OTHER) erase(number);
  }
}

bool DownloadLedger::add(const v1::Download& download, std::uint64_t at_ns, const PathNormaliser& paths) {
  const std::uint64_t number = next_number_++;
  Entry& entry = entries_[number];
  *entry.kept.mutable_download() = download;
  entry.kept.set_at_ns(at_ns);
  const WindowsPath path = paths.normalise(download.path());
  entry.path = path.folded;
  if (!path.empty()) entry.keys.push_back(path_key(path.folded));
  if (!path.empty() && download.channel() == v1::Download::CHANNEL_EMAIL)
    entry.keys.push_back(name_key(path.file_name()));
  if (download.sha256().size() == kSha256Bytes) entry.keys.push_back(hash_key(download.sha256()));
  for (const v1::ArchiveMember& member : download.member()) {
    if (download.channel() == v1::Download::CHANNEL_EMAIL) entry.keys.push_back(name_key(folded_name(member.name())));
    if (member.sha256().size() == kSha256Bytes) entry.keys.push_back(hash_key(member.sha256()));
  }
  std::ranges::sort(entry.keys);
  entry.keys.erase(std::unique(entry.keys.begin(), entry.keys.end()), entry.keys.end());
  for (const std::string& key : entry.keys) numbers_[key].push_back(number);
  return shrink();
}

void DownloadLedger::erase(std::uint64_t number) {
  const auto entry = entries_.find(number);
  for (const std::string& key : entry->second.keys) {
    const auto found = numbers_.find(key);
    std::erase(found->second, number);
    if (found->second.empty()) numbers_.erase(found);
  }
  entries_.erase(entry);
}

bool DownloadLedger::shrink() {
  bool forgot = false;
  while (entries_.size() > downloads_max_) {
    erase(entries_.begin()->first);
    forgot = true;
  }
  return forgot;
}

bool DownloadLedger::set_downloads_max(std::uint32_t downloads_max) {
  downloads_max_ = downloads_max;
  return shrink();
}

std::uint64_t DownloadLedger::number_of(const std::string& key) const {
  const auto found = numbers_.find(key);
  return found == numbers_.end() ? 0 : found->second.back();
}

std::optional<Arrival> DownloadLedger::find(const WindowsPath& path, std::string_view sha256, bool by_name) const {
  if (entries_.empty() || path.empty()) return std::nullopt;
  std::uint64_t number = number_of(path_key(path.folded));
  if (sha256.size() == kSha256Bytes) number = std::max(number, number_of(hash_key(sha256)));
  if (by_name) number = std::max(number, number_of(name_key(path.file_name())));
  if (number == 0) return std::nullopt;

  const Entry& entry = entries_.at(number);
  const v1::Download& download = entry.kept.download();
  const bool same_content = !sha256.empty() && download.sha256() == sha256;
  const bool own_name = folded_name(entry.path) == path.file_name();
  Arrival arrival{.download = &download, .member = nullptr, .same_file = false, .same_name = own_name};
  if (entry.path == path.folded || same_content) {
    arrival.same_file = true;
    return arrival;
  }
  for (const v1::ArchiveMember& member : download.member()) {
    const bool name = folded_name(member.name()) == path.file_name();
    const bool content = !sha256.empty() && member.sha256() == sha256;
    if (!name && !content) continue;
    return Arrival{.download = &download, .member = &member, .same_file = content, .same_name = name};
  }
  return arrival;
}

void DownloadLedger::save(v1::EngineState& state) const {
  for (const auto& [number, entry] : entries_) *state.add_download() = entry.kept;
}

void DownloadLedger::load(const v1::EngineState& state, const PathNormaliser& paths) {
  entries_.clear();
  numbers_.clear();
  next_number_ = 1;
  for (const v1::DownloadState& kept : state.download()) add(kept.download(), kept.at_ns(), paths);
}

}  // namespace holdfast::engine
