// One path entry of the exception list, compiled (DOMAIN 6).
//
// Grammar, after environment variables are replaced and '/' is '\':
//   entry  = root { '\' folder } '\' file
//   root   = letter ':'  |  '\\' host                no wildcards
//   folder = '*'                                     one or more levels
//          | part                                    one level; '*' and '?' inside stand for characters
//   file   = part that starts with '*'               at any depth, that is below any number of further folders
//          | part                                    directly there
// In the blocked list folders are plain.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/path/windows_path.h"
#include "engine/schema/error.h"

namespace holdfast::engine {

class PathPattern {
 public:
  enum class Folders : std::uint8_t { kMayHaveWildcards, kPlain };

  // Takes an entry as written. Fails with Error.what quoting it, where and field left to the caller.
  static Expected<PathPattern> parse(std::string_view entry, Folders folders, const PathNormaliser& paths);

  // Whether only one path matches: path().
  bool is_exact() const { return tokens_.size() == 0; }
  const std::string& path() const { return prefix_; }

  // Takes a folded normal form of a local or UNC path.
  bool matches(std::string_view folded_path) const;

  // Whether every path that matches `other` matches this one. Never wrongly true.
  bool covers(const PathPattern& other) const;

  // Texts that stand in every path that matches, separators included; the first is the beginning of the path.
  std::vector<std::string> literals() const;

 private:
  enum class TokenKind : std::uint8_t {
    kName,      // one part, as it is
    kWildcard,  // one part, by a pattern
    kAnyName,   // one part, whatever it is
    kSession,   // one part that is a number; it may be absent
    kAnyDepth,  // any number of parts, none included
  };
  struct Token {
    TokenKind kind;
    std::string text;
  };

  static bool tokens_match(const std::vector<Token>& tokens, std::string_view path);
  static bool token_matches(const Token& token, std::string_view part);
  static bool token_covers(const Token& wide, const Token& narrow);
  static bool tokens_cover(const std::vector<Token>& wide, const std::vector<Token>& narrow);
  void add_folder(std::string_view folded_part);
  void add_file(std::string_view folded_part);
  void add_name(std::string_view folded_part);
  void leave_session_out();

  // What the path begins with: all of it if there are no tokens, else its folders up to the first token and a
  // separator.
  std::string prefix_;
  std::vector<Token> tokens_;           // the rest; the last one is never kAnyDepth
  std::vector<Token> without_session_;  // the same if kSession is absent; empty if there is none
};

}  // namespace holdfast::engine
