// Any bytes as an exception list and a path: each entry on a line of its own, lines with a leading '!' are blocked, the
// last line is the path. No crash; what the index finds is what each entry alone finds, the first one first.
// Links: holdfast_exceptions
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/exceptions/exception_list.h"
#include "engine/exceptions/path_pattern.h"
#include "engine/path/windows_path.h"

namespace {

using holdfast::engine::ExceptionList;
using holdfast::engine::PathNormaliser;
using holdfast::engine::PathPattern;
using holdfast::engine::WindowsPath;
namespace v1 = holdfast::v1;

void require(bool holds) {
  if (!holds) std::abort();
}

std::vector<std::string_view> lines_of(std::string_view text) {
  constexpr std::size_t kLinesMax = 64;
  std::vector<std::string_view> lines;
  while (lines.size() < kLinesMax) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const PathNormaliser paths{v1::AgentProfile()};
  std::vector<std::string_view> lines = lines_of({reinterpret_cast<const char*>(bytes), size});
  const WindowsPath path = paths.normalise(lines.back());
  lines.pop_back();

  // Lines that are refused one by one are left out, so that the rest makes a list.
  v1::ExceptionList list;
  v1::ExceptionList everything;
  std::vector<PathPattern> approved;
  std::vector<PathPattern> blocked;
  for (std::string_view line : lines) {
    const bool block = line.starts_with('!');
    if (block) line.remove_prefix(1);
    (block ? everything.add_blocked() : everything.add_approved())->set_path(std::string(line));
    auto pattern =
        PathPattern::parse(line, block ? PathPattern::Folders::kPlain : PathPattern::Folders::kMayHaveWildcards, paths);
    if (!pattern) {
      require(!pattern.error().what.empty());
      continue;
    }
    (block ? list.add_blocked() : list.add_approved())->set_path(std::string(line));
    (block ? blocked : approved).push_back(*std::move(pattern));
  }
  const auto whole = ExceptionList::create(everything, paths);
  require(whole.has_value() || !whole.error().field.empty());
  for (const auto& remark : holdfast::engine::lint(everything, paths)) require(!remark.what.empty());

  const auto created = ExceptionList::create(list, paths);
  require(created.has_value());
  const ExceptionList::Hit hit = created->find({.path = &path, .sha256 = {}, .trusted_signer = {}});

  const bool full = path.kind == WindowsPath::Kind::kLocal || path.kind == WindowsPath::Kind::kUnc;
  const auto first_match = [&](const std::vector<PathPattern>& patterns) {
    for (std::size_t i = 0; full && i < patterns.size(); ++i) {
      if (patterns[i].matches(path.folded)) return static_cast<int>(i) + 1;
    }
    return 0;
  };
  const int blocked_line = first_match(blocked);
  const bool may_approve = path.stream.empty() && !path.lookalike;
  const int approved_line = may_approve ? first_match(approved) : 0;
  if (blocked_line != 0) {
    require(hit.list == ExceptionList::List::kBlocked && hit.line == blocked_line);
  } else if (approved_line != 0) {
    require(hit.list == ExceptionList::List::kApproved && hit.line == approved_line);
  } else {
    require(hit.list == ExceptionList::List::kNone);
  }
  return 0;
}
