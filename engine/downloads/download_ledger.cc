#include "engine/downloads/download_ledger.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <iterator>
#include <utility>

#include "engine/text/ascii.h"
#include "engine/text/bounded_text.h"
#include "engine/text/computer_name.h"

namespace holdfast::engine {
namespace {

constexpr std::string_view kStream = ":zone.identifier";
constexpr std::size_t kSha256Bytes = 32;

// Part of an archive member's name after its last separator, of either kind, folded.
std::string folded_name(std::string_view name) {
  const std::size_t separator = name.find_last_of("/\\");
  return folded(separator == std::string_view::npos ? name : name.substr(separator + 1));
}

std::string key_of(char kind, std::uint64_t computer, std::string_view text) {
  return kind + (computer == 0 ? std::string() : std::to_string(computer) + '|') + std::string(text);
}
std::string path_key(std::uint64_t computer, std::string_view path) { return key_of('p', computer, path); }
std::string name_key(std::uint64_t computer, std::string_view name) { return key_of('n', computer, name); }
std::string hash_key(std::uint64_t computer, std::string_view sha256) { return key_of('h', computer, sha256); }

std::string hash_or_none(const std::string& sha256) {
  return sha256.size() <= DownloadLedger::kHashBytesMax ? sha256 : std::string();
}

std::uint64_t bytes_of(const v1::ArchiveMember& member) {
  return DownloadLedger::kMemberBytes + member.name().size() + member.sha256().size();
}

// What is kept of a download.
v1::Download bounded(const v1::Download& download) {
  using Ledger = DownloadLedger;
  v1::Download kept;
  if (v1::Download::Channel_IsValid(download.channel())) kept.set_channel(download.channel());
  kept.set_url(bounded_text(download.url(), Ledger::kUrlBytesMax));
  kept.set_port(download.port());
  kept.set_path(bounded_text(download.path(), Ledger::kPathBytesMax));
  kept.set_sha256(hash_or_none(download.sha256()));
  kept.set_size_bytes(download.size_bytes());
  std::uint64_t members_bytes = 0;
  for (const v1::ArchiveMember& member : download.member()) {
    v1::ArchiveMember some;
    some.set_name(bounded_text(member.name(), Ledger::kMemberNameBytesMax));
    some.set_encrypted(member.encrypted());
    some.set_sha256(hash_or_none(member.sha256()));
    members_bytes += bytes_of(some);
    if (members_bytes > Ledger::kMembersBytesMax) break;
    *kept.add_member() = std::move(some);
  }
  kept.set_encrypted_listing(download.encrypted_listing());
  kept.set_zone_id(download.zone_id());
  kept.set_referrer(bounded_text(download.referrer(), Ledger::kUrlBytesMax));
  return kept;
}

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
                          const PathNormaliser& paths, std::string_view endpoint) {
  const auto file = marked_file(path);
  const std::uint32_t zone = zone_of_mark(contents);
  if (!file || zone == 0) return false;
  v1::Download download;
  download.set_channel(v1::Download::CHANNEL_OTHER);
  download.set_path(std::string(*file));
  download.set_zone_id(zone);
  unmark(path, paths, endpoint);
  return add(download, at_ns, paths, endpoint);
}

void DownloadLedger::unmark(std::string_view path, const PathNormaliser& paths, std::string_view endpoint) {
  const auto file = marked_file(path);
  if (!file) return;
  const auto found = numbers_.find(path_key(computer_of(endpoint), paths.normalise(*file).folded));
  if (found == numbers_.end()) return;
  for (const std::uint64_t number : std::vector<std::uint64_t>(found->second)) {
    if (entries_.at(number).kept.download().channel() == v1::Download::CHANNEL_OTHER) erase(number);
  }
}

bool DownloadLedger::add(const v1::Download& download, std::uint64_t at_ns, const PathNormaliser& paths,
                         std::string_view endpoint) {
  v1::DownloadState kept;
  *kept.mutable_download() = bounded(download);
  kept.set_at_ns(at_ns);
  kept.set_endpoint(kept_endpoint(endpoint));
  members_left_out_ += static_cast<std::uint64_t>(download.member_size() - kept.download().member_size());
  insert(std::move(kept), paths);
  return shrink();
}

void DownloadLedger::insert(v1::DownloadState kept, const PathNormaliser& paths) {
  const std::uint64_t number = next_number_++;
  Entry& entry = entries_[number];
  entry.kept = std::move(kept);
  index(number, entry, paths);
}

// Under what the entry is found; what it takes with that.
void DownloadLedger::index(std::uint64_t number, Entry& entry, const PathNormaliser& paths) {
  const v1::Download& download = entry.kept.download();
  const bool by_name = download.channel() == v1::Download::CHANNEL_EMAIL;
  const std::uint64_t computer = computer_of(entry.kept.endpoint());
  const WindowsPath path = paths.normalise(download.path());
  entry.path = path.folded;
  entry.keys.clear();
  if (!path.empty()) entry.keys.push_back(path_key(computer, path.folded));
  if (!path.empty() && by_name) entry.keys.push_back(name_key(computer, path.file_name()));
  if (download.sha256().size() == kSha256Bytes) entry.keys.push_back(hash_key(computer, download.sha256()));
  entry.bytes = kEntryBytes + download.url().size() + download.path().size() + entry.path.size() +
                download.sha256().size() + download.referrer().size() + entry.kept.endpoint().size();
  for (const v1::ArchiveMember& member : download.member()) {
    if (by_name) entry.keys.push_back(name_key(computer, folded_name(member.name())));
    if (member.sha256().size() == kSha256Bytes) entry.keys.push_back(hash_key(computer, member.sha256()));
    entry.bytes += bytes_of(member);
  }
  std::ranges::sort(entry.keys);
  entry.keys.erase(std::unique(entry.keys.begin(), entry.keys.end()), entry.keys.end());
  for (const std::string& key : entry.keys) {
    numbers_[key].push_back(number);
    entry.bytes += kKeyBytes + key.size();
  }
  bytes_ += entry.bytes;
}

void DownloadLedger::erase(std::uint64_t number) {
  const auto entry = entries_.find(number);
  for (const std::string& key : entry->second.keys) {
    const auto found = numbers_.find(key);
    std::erase(found->second, number);
    if (found->second.empty()) numbers_.erase(found);
  }
  bytes_ -= entry->second.bytes;
  entries_.erase(entry);
}

bool DownloadLedger::shrink() {
  const std::size_t before = entries_.size();
  while (entries_.size() > downloads_max_) erase(entries_.begin()->first);
  const bool forgot = entries_.size() < before;
  for (; bytes_ > bytes_max_ && entries_.size() > 1; ++dropped_for_bytes_) erase(entries_.begin()->first);
  return forgot;
}

bool DownloadLedger::set_downloads_max(std::uint32_t downloads_max) {
  downloads_max_ = downloads_max;
  return shrink();
}

bool DownloadLedger::set_bytes_max(std::uint64_t bytes_max) {
  bytes_max_ = bytes_max;
  const std::size_t before = entries_.size();
  shrink();
  return entries_.size() < before;
}

void DownloadLedger::renormalise(const PathNormaliser& paths) {
  numbers_.clear();
  bytes_ = 0;
  for (auto& [number, entry] : entries_) index(number, entry, paths);
  shrink();
}

std::uint64_t DownloadLedger::take_dropped_for_bytes() { return std::exchange(dropped_for_bytes_, 0); }
std::uint64_t DownloadLedger::take_members_left_out() { return std::exchange(members_left_out_, 0); }

std::vector<std::uint64_t> DownloadLedger::numbers_of(const std::string& key) const {
  const auto found = numbers_.find(key);
  if (found == numbers_.end()) return {};
  return {found->second.rbegin(), found->second.rend()};
}

// A mark of the web tells more of the file that lies there; a download takes its place.
std::vector<std::uint64_t> DownloadLedger::numbers_at(const WindowsPath& path, std::uint64_t computer) const {
  std::vector<std::uint64_t> numbers = numbers_of(path_key(computer, path.folded));
  const auto is_download = [&](std::uint64_t number) {
    return entries_.at(number).kept.download().channel() != v1::Download::CHANNEL_OTHER;
  };
  const auto last = std::ranges::find_if(numbers, is_download);
  if (last != numbers.end()) numbers.erase(std::next(last), numbers.end());
  return numbers;
}

std::vector<Arrival> DownloadLedger::find(const WindowsPath& path, std::string_view sha256, bool by_name,
                                          std::string_view endpoint) const {
  if (entries_.empty() || path.empty()) return {};
  const std::uint64_t computer = computer_of(endpoint);
  std::vector<std::uint64_t> likely = numbers_at(path, computer);
  if (sha256.size() == kSha256Bytes) {
    const std::vector<std::uint64_t> same_content = numbers_of(hash_key(computer, sha256));
    likely.insert(likely.end(), same_content.begin(), same_content.end());
  }
  std::ranges::sort(likely, std::greater());
  likely.erase(std::unique(likely.begin(), likely.end()), likely.end());
  std::vector<Arrival> found;
  for (const std::uint64_t number : likely) found.push_back(arrival_of(number, path, sha256));
  if (!by_name) return found;
  for (const std::uint64_t number : numbers_of(name_key(computer, path.file_name()))) {
    if (!std::ranges::binary_search(likely, number, std::greater())) found.push_back(arrival_of(number, path, sha256));
  }
  return found;
}

Arrival DownloadLedger::arrival_of(std::uint64_t number, const WindowsPath& path, std::string_view sha256) const {
  const Entry& entry = entries_.at(number);
  const v1::Download& download = entry.kept.download();
  const bool same_content = !sha256.empty() && download.sha256() == sha256;
  Arrival arrival{.download = &download, .same_name = folded_name(entry.path) == path.file_name(), .number = number};
  if (entry.path == path.folded || same_content) {
    arrival.same_file = true;
    return arrival;
  }
  for (const v1::ArchiveMember& member : download.member()) {
    const bool name = folded_name(member.name()) == path.file_name();
    const bool content = !sha256.empty() && member.sha256() == sha256;
    if (!name && !content) continue;
    return {.download = &download, .member = &member, .same_file = content, .same_name = name, .number = number};
  }
  return arrival;
}

void DownloadLedger::save(v1::EngineState& state) const {
  for (const auto& [number, entry] : entries_) *state.add_download() = entry.kept;
}

namespace {

// The field that no ledger can have kept; nothing if there is none.
std::optional<std::string> faulty_field(const v1::Download& download) {
  const v1::Download kept = bounded(download);
  if (kept.channel() != download.channel()) return "channel";
  if (kept.url() != download.url()) return "url";
  if (kept.path() != download.path()) return "path";
  if (kept.sha256() != download.sha256()) return "sha256";
  if (kept.referrer() != download.referrer()) return "referrer";
  if (kept.member_size() != download.member_size()) return "member";
  for (int i = 0; i < kept.member_size(); ++i) {
    const std::string member = "member[" + std::to_string(i) + "].";
    if (kept.member(i).name() != download.member(i).name()) return member + "name";
    if (kept.member(i).sha256() != download.member(i).sha256()) return member + "sha256";
  }
  return std::nullopt;
}

}  // namespace

Expected<void> DownloadLedger::load(const v1::EngineState& state, const PathNormaliser& paths) {
  const auto refuse = [](std::string field, std::string what) {
    return std::unexpected(Error{.where = {}, .field = std::move(field), .what = std::move(what), .remedy = {}});
  };
  entries_.clear();
  numbers_.clear();
  next_number_ = 1;
  bytes_ = 0;
  if (static_cast<std::size_t>(state.download_size()) > downloads_max_) {
    return refuse("download", "has " + std::to_string(state.download_size()) + " rows, and limits.downloads_max is " +
                                  std::to_string(downloads_max_));
  }
  std::uint64_t last_at_ns = 0;
  for (int i = 0; i < state.download_size(); ++i) {
    const v1::DownloadState& kept = state.download(i);
    const std::string row = "download[" + std::to_string(i) + "].";
    if (const auto field = faulty_field(kept.download())) {
      return refuse(row + "download." + *field, "is not what is kept of a download: too long, no UTF-8 or unknown");
    }
    if (!is_bounded_text(kept.endpoint(), kEndpointBytesMax)) {
      return refuse(row + "endpoint", "is longer than what is kept of a computer's name, or no UTF-8");
    }
    if (kept.at_ns() < last_at_ns) return refuse(row + "at_ns", "lies before the one that stands before it");
    last_at_ns = kept.at_ns();
    insert(kept, paths);
    if (bytes_ <= bytes_max_ || entries_.size() == 1) continue;
    return refuse("download",
                  "takes more than the " + std::to_string(bytes_max_) + " bytes of limits.download_bytes_max");
  }
  return {};
}

}  // namespace holdfast::engine
