#include "engine/exceptions/path_pattern.h"

#include <algorithm>
#include <utility>

#include "engine/exceptions/exception_list.h"
#include "engine/exceptions/wildcard.h"
#include "engine/path/path_parts.h"
#include "engine/text/ascii.h"
#include "engine/text/quoted.h"
#include "engine/text/utf8.h"

namespace holdfast::engine {
namespace {

std::unexpected<Error> refuse(std::string_view entry, std::string_view what, std::string_view remedy) {
  return std::unexpected(Error{
      .where = "", .field = "", .what = in_quotes(entry) + ": " + std::string(what), .remedy = std::string(remedy)});
}

// The parts of `text`, which begins behind its root. Doubled separators count once.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  SegmentCursor cursor(text);
  std::string_view part;
  while (cursor.next(part)) parts.push_back(part);
  return parts;
}

// What a file name cannot hold, so that it must be a slip: left over by an editor, a list's separator, a quotation
// mark.
Expected<void> check_characters(std::string_view entry) {
  for (std::size_t at = 0; at < entry.size();) {
    const CodePoint point = code_point_at(entry, at);
    const std::string place = " (character " + std::to_string(utf16_units(entry.substr(0, at)) + 1) + ")";
    if (!point.valid) return refuse(entry, "is not UTF-8" + place, "save the list as UTF-8");
    if (point.value < ' ' || point.value == 0x7F) {
      return refuse(entry, "a control character stands in it" + place, "remove it");
    }
    if (point.value < 0x80 &&
        std::string_view("<>\"|").find(static_cast<char>(point.value)) != std::string_view::npos) {
      return refuse(entry, std::string("a file name cannot hold ") + static_cast<char>(point.value) + place,
                    "remove it");
    }
    at += point.bytes;
  }
  return {};
}

Expected<void> check_ends(std::string_view entry) {
  if (entry.front() == ' ') return refuse(entry, "a space stands before it", "remove it");
  if (is_dropped_at_end(entry.back())) {
    return refuse(entry, "ends in a dot or space, which Windows drops from names", "remove it");
  }
  if (entry.back() == ';' || entry.back() == ',') {
    return refuse(entry, std::string("a stray ") + entry.back() + " stands behind it", "one path per entry");
  }
  if (is_separator(entry.back())) {
    return refuse(entry, "names a folder, not a program", "add * for everything in the folder");
  }
  return {};
}

Expected<void> check_part(std::string_view entry, std::string_view part) {
  if (part == Environment::kAnyUser || part == Environment::kAnySession) return {};
  if (part == "." || part == "..")
    return refuse(entry, "is not a full path: it has a . or .. part", "write the path out");
  if (is_dropped_at_end(part.back())) {
    return refuse(entry, "a part ends in a dot or space, which Windows drops from names", "remove it");
  }
  if (part.find(':') != std::string_view::npos) {
    return refuse(entry, "a colon stands behind the drive; alternate streams cannot be listed", "name the file alone");
  }
  return {};
}

// The root of an entry and what follows it.
struct Rooted {
  std::string_view root;  // "C:" or "\\host"
  std::string_view rest;
};

Expected<Rooted> take_root(std::string_view entry, std::string_view expanded) {
  constexpr std::string_view kRemedy = R"(begin with a drive (C:\...) or a network path (\\host\share\...))";
  if (expanded.size() >= 2 && expanded[1] == ':' && has_wildcard(expanded.substr(0, 1))) {
    return refuse(entry, "a wildcard cannot stand for the drive letter (DOMAIN 6)", "name the drive");
  }
  if (expanded.size() >= 3 && ascii::is_letter(expanded[0]) && expanded[1] == ':' && is_separator(expanded[2])) {
    return Rooted{expanded.substr(0, 2), expanded.substr(2)};
  }
  if (expanded.size() < 2 || !is_separator(expanded[0]) || !is_separator(expanded[1])) {
    return refuse(entry, "is not a full local or network path (DOMAIN 6)", kRemedy);
  }
  SegmentCursor cursor(expanded);
  std::string_view host;
  if (!cursor.next(host)) return refuse(entry, "names no host", kRemedy);
  if (host == "." || host == "?" || host == "??") {
    return refuse(entry, "is a device path; programs are listed by drive or network path (DOMAIN 6)", kRemedy);
  }
  if (has_wildcard(host)) {
    return refuse(entry, "a wildcard cannot stand in the host of a network path (DOMAIN 6)", "name the host");
  }
  HOLDFAST_TRY_DO(check_part(entry, host));
  return Rooted{expanded.substr(0, expanded.size() - cursor.rest().size()), cursor.rest()};
}

// As a folded path spells them.
constexpr std::string_view kAnyUser = "<ANY USER>";
constexpr std::string_view kAnySession = "<ANY SESSION>";

constexpr bool is_plain(std::string_view part) {
  return part != kAnyUser && part != kAnySession && !has_wildcard(part);
}

bool is_session(std::string_view part) { return !part.empty() && std::ranges::all_of(part, ascii::is_digit); }

// What of a folded path stands behind its root.
std::string_view below_root(const WindowsPath& path) {
  const bool network = path.kind == WindowsPath::Kind::kUnc;
  const std::size_t end = path.folded.find('\\', network ? 2 : 0);
  return end == std::string::npos ? std::string_view() : std::string_view(path.folded).substr(end);
}

}  // namespace

Expected<PathPattern> PathPattern::parse(std::string_view entry, Folders folders, const PathNormaliser& paths) {
  if (entry.empty()) return refuse(entry, "is empty", "remove the entry");
  HOLDFAST_TRY_DO(check_characters(entry));
  if (utf16_units(entry) > ExceptionList::kPathLengthMax) {
    return refuse(entry, "is longer than " + std::to_string(ExceptionList::kPathLengthMax) + " characters (DOMAIN 6)",
                  "shorten it with a wildcard");
  }
  HOLDFAST_TRY_DO(check_ends(entry));

  const Expected<std::string> expanded = paths.environment().expand_entry(entry);
  if (!expanded) return refuse(entry, expanded.error().what, expanded.error().remedy);
  if (utf16_units(*expanded) > WindowsPath::kUnitsMax) {
    return refuse(entry, "becomes longer than a path can be", "shorten it");
  }
  HOLDFAST_TRY(rooted, take_root(entry, *expanded));
  const std::vector<std::string_view> parts = parts_of(rooted.rest);
  if (parts.empty()) return refuse(entry, "names no program", "add the file's path, or * for every program there");
  for (const std::string_view part : parts) {
    HOLDFAST_TRY_DO(check_part(entry, part));
  }
  const auto folders_end = parts.end() - 1;
  if (folders == Folders::kPlain && std::any_of(parts.begin(), folders_end, has_wildcard)) {
    return refuse(entry, "the blocked list takes no wildcards for folders (DOMAIN 6)", "name the folder");
  }

  // The entry is a path too: short names, junctions and loopback shares in it mean what they do in the paths of
  // programs.
  const WindowsPath whole = paths.normalise(*expanded);
  const std::vector<std::string_view> names = parts_of(below_root(whole));
  const auto first_pattern = std::ranges::find_if_not(names, is_plain);
  PathPattern pattern;
  pattern.prefix_ = whole.folded;
  if (first_pattern == names.end()) return pattern;
  pattern.prefix_.resize(static_cast<std::size_t>(first_pattern->data() - whole.folded.data()));
  for (auto name = first_pattern; name != names.end(); ++name) {
    if (name == names.end() - 1) {
      pattern.add_file(*name);
    } else {
      pattern.add_folder(*name);
    }
  }
  pattern.leave_session_out();
  return pattern;
}

void PathPattern::add_folder(std::string_view folded_part) {
  if (folded_part.find_first_not_of('*') == std::string_view::npos) {
    tokens_.push_back({TokenKind::kAnyName, ""});
    tokens_.push_back({TokenKind::kAnyDepth, ""});
  } else {
    add_name(folded_part);
  }
}

void PathPattern::add_file(std::string_view folded_part) {
  if (folded_part.starts_with('*')) tokens_.push_back({TokenKind::kAnyDepth, ""});
  add_name(folded_part);
}

void PathPattern::add_name(std::string_view folded_part) {
  if (folded_part == kAnyUser || folded_part.find_first_not_of('*') == std::string_view::npos) {
    tokens_.push_back({TokenKind::kAnyName, ""});
  } else if (folded_part == kAnySession) {
    tokens_.push_back({TokenKind::kSession, ""});
  } else {
    tokens_.push_back({has_wildcard(folded_part) ? TokenKind::kWildcard : TokenKind::kName, std::string(folded_part)});
  }
}

void PathPattern::leave_session_out() {
  const auto session = std::ranges::find(tokens_, TokenKind::kSession, &Token::kind);
  if (session == tokens_.end()) return;
  without_session_ = tokens_;
  without_session_.erase(without_session_.begin() + (session - tokens_.begin()));
}

bool PathPattern::token_matches(const Token& token, std::string_view part) {
  switch (token.kind) {
    case TokenKind::kName: return token.text == part;
    case TokenKind::kWildcard: return wildcard_matches(token.text, part);
    case TokenKind::kAnyName: return true;
    case TokenKind::kSession: return is_session(part);
    case TokenKind::kAnyDepth: break;
  }
  return false;
}

bool PathPattern::token_covers(const Token& wide, const Token& narrow) {
  if (narrow.kind == TokenKind::kAnyDepth) return false;
  switch (wide.kind) {
    case TokenKind::kName: return narrow.kind == TokenKind::kName && narrow.text == wide.text;
    case TokenKind::kWildcard:
      return (narrow.kind == TokenKind::kName && wildcard_matches(wide.text, narrow.text)) ||
             (narrow.kind == TokenKind::kWildcard && wildcard_covers(wide.text, narrow.text));
    case TokenKind::kAnyName: return true;
    case TokenKind::kSession:
      return narrow.kind == TokenKind::kSession || (narrow.kind == TokenKind::kName && is_session(narrow.text));
    case TokenKind::kAnyDepth: break;
  }
  return false;
}

bool PathPattern::matches(std::string_view folded_path) const {
  if (is_exact()) return folded_path == prefix_;
  if (!folded_path.starts_with(prefix_) || folded_path.size() == prefix_.size()) return false;
  const std::string_view below = folded_path.substr(prefix_.size());
  return tokens_match(tokens_, below) || (!without_session_.empty() && tokens_match(without_session_, below));
}

// As in wildcard.cc one level down: only the last kAnyDepth ever takes more.
bool PathPattern::tokens_match(const std::vector<Token>& tokens, std::string_view path) {
  constexpr std::size_t kEnd = std::string_view::npos;
  const auto part_end = [&](std::size_t at) { return std::min(path.find('\\', at), path.size()); };
  const auto behind = [&](std::size_t end) { return end == path.size() ? kEnd : end + 1; };
  std::size_t token = 0;
  std::size_t at = 0;
  std::size_t star = kEnd;
  std::size_t star_at = 0;
  for (;;) {
    if (token < tokens.size() && tokens[token].kind == TokenKind::kAnyDepth) {
      star = ++token;
      star_at = at;
      continue;
    }
    if (at == kEnd) return token == tokens.size();
    const std::size_t end = part_end(at);
    if (token < tokens.size() && token_matches(tokens[token], path.substr(at, end - at))) {
      ++token;
      at = behind(end);
      continue;
    }
    if (star == kEnd) return false;
    star_at = behind(part_end(star_at));
    at = star_at;
    token = star;
  }
}

bool PathPattern::covers(const PathPattern& other) const {
  if (is_exact()) return other.is_exact() && other.prefix_ == prefix_;
  if (other.is_exact()) return matches(other.prefix_);
  // Plain folders are covered by the same plain folders or by the tokens behind them.
  if (!other.prefix_.starts_with(prefix_)) return false;
  std::vector<Token> folders;
  SegmentCursor cursor(std::string_view(other.prefix_).substr(prefix_.size()));
  std::string_view folder;
  while (cursor.next(folder)) folders.push_back({TokenKind::kName, std::string(folder)});
  const auto covered = [&](const std::vector<Token>& theirs) {
    std::vector<Token> narrow = folders;
    narrow.insert(narrow.end(), theirs.begin(), theirs.end());
    return tokens_cover(tokens_, narrow) || (!without_session_.empty() && tokens_cover(without_session_, narrow));
  };
  return covered(other.tokens_) && (other.without_session_.empty() || covered(other.without_session_));
}

bool PathPattern::tokens_cover(const std::vector<Token>& wide, const std::vector<Token>& narrow) {
  constexpr std::size_t kNowhere = std::string_view::npos;
  std::size_t w = 0;
  std::size_t n = 0;
  std::size_t star = kNowhere;
  std::size_t star_n = 0;
  for (;;) {
    if (w < wide.size() && wide[w].kind == TokenKind::kAnyDepth) {
      star = ++w;
      star_n = n;
      continue;
    }
    if (n == narrow.size()) return w == wide.size();
    if (w < wide.size() && token_covers(wide[w], narrow[n])) {
      ++w;
      ++n;
      continue;
    }
    if (star == kNowhere) return false;
    n = ++star_n;
    w = star;
  }
}

std::vector<std::string> PathPattern::literals() const {
  std::vector<std::string> literals;
  std::string run = prefix_;
  const auto close_run = [&] {
    if (!run.empty()) literals.push_back(std::exchange(run, ""));
  };
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    const Token& token = tokens_[i];
    for (const char c : token.text) {
      if (c == '*' || c == '?') {
        close_run();
      } else {
        run.push_back(c);
      }
    }
    if (token.text.empty()) close_run();
    // A separator follows every part; behind kAnyDepth, the one before it counts.
    if (i + 1 < tokens_.size() && (run.empty() || run.back() != '\\')) run.push_back('\\');
  }
  close_run();
  return literals;
}

}  // namespace holdfast::engine
