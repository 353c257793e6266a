#include "engine/monitoring/pattern.h"

#include <cstddef>

namespace holdfast::engine {
namespace {

constexpr std::string_view kSystemRoot = "%SYSTEMROOT%";
constexpr std::string_view kSystemDrive = "%SYSTEMDRIVE%";

// Takes the first part off `path`; `more` says whether a separator followed it.
std::string_view take_part(std::string_view& path, bool& more) {
  const std::size_t end = path.find('\\');
  more = end != std::string_view::npos;
  const std::string_view part = path.substr(0, end);
  path = more ? path.substr(end + 1) : std::string_view();
  return part;
}

}  // namespace

std::vector<std::string> pattern_alternatives(std::string_view pattern) {
  std::vector<std::string> done{std::string()};
  while (!pattern.empty()) {
    const std::size_t open = pattern.find('[');
    for (std::string& text : done) text += pattern.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = pattern.find(']', open);
    std::string_view choices = pattern.substr(open + 1, close - open - 1);
    std::vector<std::string> next;
    for (const std::string& text : done) {
      for (std::string_view left = choices;;) {
        const std::size_t bar = left.find('|');
        next.push_back(text + std::string(left.substr(0, bar)));
        if (bar == std::string_view::npos) break;
        left = left.substr(bar + 1);
      }
    }
    done = std::move(next);
    if (close == std::string_view::npos) break;
    pattern = pattern.substr(close + 1);
  }
  return done;
}

std::string place_pattern(std::string_view pattern, std::string_view system_root) {
  if (pattern.starts_with(kSystemRoot)) {
    return std::string(system_root) + std::string(pattern.substr(kSystemRoot.size()));
  }
  if (pattern.starts_with(kSystemDrive)) {
    return std::string(system_root.substr(0, system_root.find('\\'))) +
           std::string(pattern.substr(kSystemDrive.size()));
  }
  return std::string(pattern);
}

bool glob_matches(std::string_view glob, std::string_view text) {
  // The latest '*' may take one character more whenever what follows it does not fit: linear times the stars.
  std::size_t at = 0;
  std::size_t in = 0;
  std::size_t star = std::string_view::npos;
  std::size_t taken = 0;
  while (in < text.size()) {
    if (at < glob.size() && glob[at] == '*') {
      star = at++;
      taken = in;
    } else if (at < glob.size() && glob[at] == text[in]) {
      ++at;
      ++in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++taken;
    } else {
      return false;
    }
  }
  while (at < glob.size() && glob[at] == '*') ++at;
  return at == glob.size();
}

bool path_matches(std::string_view pattern, std::string_view path) {
  bool pattern_more = true;
  bool path_more = true;
  while (pattern_more) {
    const std::string_view part = take_part(pattern, pattern_more);
    if (part == "**") {
      if (!pattern_more) return true;
      for (;;) {
        if (path_matches(pattern, path)) return true;
        if (!path_more) return false;
        take_part(path, path_more);
        if (!path_more) return false;
      }
    }
    if (!path_more) return false;
    const std::string_view name = take_part(path, path_more);
    if (part != "*" && !glob_matches(part, name)) return false;
    // "A\**" is also A itself: the rest of the pattern may stand for no part at all.
    if (!path_more && pattern_more) return pattern == "**";
  }
  return !path_more;
}

std::string pattern_problem(std::string_view pattern) {
  bool open = false;
  for (const char c : pattern) {
    if (c == '[' && open) return "a '[' inside another";
    if (c == ']' && !open) return "a ']' without its '['";
    if (c == '[') open = true;
    if (c == ']') open = false;
    if (c >= 'a' && c <= 'z') return "a lower-case letter: patterns are folded";
  }
  if (open) return "a '[' without its ']'";
  for (const std::string& alternative : pattern_alternatives(pattern)) {
    int inner = 0;
    bool more = true;
    for (std::string_view left = alternative; more;) {
      const std::string_view part = take_part(left, more);
      if (part == "**" && more) ++inner;
      if (part != "**" && part.find("**") != std::string_view::npos) return "'**' beside other text in a part";
    }
    // Two would make the search grow with the square of the path's depth.
    if (inner > 1) return "more than one '**' before the last part";
  }
  return {};
}

}  // namespace holdfast::engine
