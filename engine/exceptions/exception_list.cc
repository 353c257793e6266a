#include "engine/exceptions/exception_list.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <unordered_map>
#include <utility>

#include "engine/exceptions/exception_entry.h"
#include "engine/exceptions/literal_index.h"
#include "engine/path/case_folding.h"

namespace holdfast::engine {
namespace {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
// Only ever looked up, never walked through: the order of hashes shows nowhere.
using ByText = std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>>;

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

std::size_t look_up(const ByText& index, std::string_view text) {
  if (index.empty()) return kNone;
  const auto found = index.find(text);
  return found == index.end() ? kNone : found->second;
}

}  // namespace

struct ExceptionList::Index {
  // Blocked entries first, each list in its order: the lowest number that matches is the answer.
  std::vector<std::string> written;
  std::size_t blocked = 0;
  ByText by_path;
  ByText by_sha256;
  ByText by_signer;
  std::vector<PathPattern> patterns;
  std::vector<std::size_t> entry_of_pattern;
  LiteralIndex literals;

  void add(CompiledEntry entry);
  std::size_t find_path(const WindowsPath& path) const;
};

void ExceptionList::Index::add(CompiledEntry entry) {
  const std::size_t number = written.size();
  written.push_back(std::move(entry.written));
  if (!entry.sha256.empty()) {
    by_sha256.try_emplace(std::move(entry.sha256), number);
  } else if (!entry.signer.empty()) {
    by_signer.try_emplace(std::move(entry.signer), number);
  } else if (entry.path->is_exact()) {
    by_path.try_emplace(entry.path->path(), number);
  } else {
    patterns.push_back(std::move(*entry.path));
    entry_of_pattern.push_back(number);
  }
}

std::size_t ExceptionList::Index::find_path(const WindowsPath& path) const {
  if (path.kind != WindowsPath::Kind::kLocal && path.kind != WindowsPath::Kind::kUnc) return kNone;
  std::size_t best = look_up(by_path, path.folded);
  literals.for_each_candidate(path.folded, [&](std::size_t pattern) {
    if (entry_of_pattern[pattern] < best && patterns[pattern].matches(path.folded)) best = entry_of_pattern[pattern];
  });
  const bool may_approve = path.stream.empty() && !path.lookalike;
  return best < blocked || may_approve ? best : kNone;
}

Expected<ExceptionList> ExceptionList::create(const v1::ExceptionList& entries, const PathNormaliser& paths) {
  const int count = entries.approved_size() + entries.blocked_size();
  if (count > kEntriesMax) {
    return std::unexpected(Error{.where = "",
                                 .field = "exceptions",
                                 .what = std::to_string(count) + " entries; both lists together take at most " +
                                         std::to_string(kEntriesMax) + " (DOMAIN 6)",
                                 .remedy = "join entries with wildcards"});
  }
  auto index = std::make_unique<Index>();
  for (const bool blocked : {true, false}) {
    const auto& list = blocked ? entries.blocked() : entries.approved();
    const auto folders = blocked ? PathPattern::Folders::kPlain : PathPattern::Folders::kMayHaveWildcards;
    for (int i = 0; i < list.size(); ++i) {
      Expected<CompiledEntry> entry = compile_entry(list[i], folders, entry_field(blocked, i), paths);
      if (!entry) return std::unexpected(std::move(entry.error()));
      index->add(std::move(*entry));
    }
    if (blocked) index->blocked = index->written.size();
  }
  std::vector<std::vector<std::string>> literals;
  literals.reserve(index->patterns.size());
  for (const PathPattern& pattern : index->patterns) literals.push_back(pattern.literals());
  index->literals = LiteralIndex(literals);

  ExceptionList list;
  list.index_ = std::move(index);
  return list;
}

ExceptionList::ExceptionList() : index_(std::make_unique<const Index>()) {}
ExceptionList::~ExceptionList() = default;
ExceptionList::ExceptionList(ExceptionList&&) noexcept = default;
ExceptionList& ExceptionList::operator=(ExceptionList&&) noexcept = default;

ExceptionList::Hit ExceptionList::find(const Program& program) const {
  std::size_t best = look_up(index_->by_sha256, program.sha256);
  if (!index_->by_signer.empty() && !program.trusted_signer.empty()) {
    best = std::min(best, look_up(index_->by_signer, folded(program.trusted_signer)));
  }
  if (program.path != nullptr) best = std::min(best, index_->find_path(*program.path));
  if (best == kNone) return {};
  const bool blocked = best < index_->blocked;
  return {.list = blocked ? List::kBlocked : List::kApproved,
          .line = static_cast<int>(blocked ? best : best - index_->blocked) + 1,
          .entry = index_->written[best]};
}

int ExceptionList::size() const { return static_cast<int>(index_->written.size()); }

}  // namespace holdfast::engine
