// The user's exception list: programs that pass Behavior Monitoring and programs that never start (DOMAIN 6).
//
//   Expected<ExceptionList> list = ExceptionList::create(settings.exceptions(), paths);
//   if (!list) return refuse(list.error());   // "exceptions.approved[3].path: "\\srv*\x.exe": a wildcard cannot stand
//   ..." ExceptionList::Hit hit = list->find({.path = &image, .sha256 = process.sha256()});
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/path/windows_path.h"
#include "engine/schema/error.h"
#include "engine/schema/settings.pb.h"

namespace holdfast::engine {

// Entries by path mean (engine/exceptions/path_pattern.h has the grammar):
//   C:\Tools\x.exe   this file            C:\Sam*e??.exe    files directly in C:\ (a part that starts with text is
//   anchored) C:\*.exe         at any depth         C:\*\x.exe        one or more folders deep %ProgramFiles%\x.exe the
//   endpoint's own folder %TEMP%\x.exe     C:\Users\<one folder>\AppData\Local\Temp\x.exe: variables that differ from
//   user to user mean any
//                    user's, never the service's own, and also in the blocked list, which takes no wildcards for
//                    folders
class ExceptionList {
 public:
  static constexpr int kEntriesMax = 1024;       // approved and blocked together (11 SP1)
  static constexpr int kPathLengthMax = 1024;    // characters of one entry [D]
  static constexpr int kSignerLengthMax = 1024;  // characters; X.520 names are far shorter

  enum class List : std::uint8_t { kNone, kApproved, kBlocked };

  // What a program is looked up by. Empty members are unknown.
  struct Program {
    const WindowsPath* path = nullptr;
    std::string_view sha256;          // 32 bytes
    std::string_view trusted_signer;  // subject of a *valid* signature
  };

  struct Hit {
    List list = List::kNone;
    int line = 0;            // in its list, from 1
    std::string_view entry;  // as written (a hash as lower-case hex); lives as long as the list
  };

  // Takes the whole list or refuses it whole: Error.field is "exceptions.approved[3].path", counted from 0 as in the
  // schema; Error.what quotes the entry.
  static Expected<ExceptionList> create(const v1::ExceptionList& entries, const PathNormaliser& paths);

  ExceptionList();  // no entries
  ~ExceptionList();
  ExceptionList(ExceptionList&&) noexcept;
  ExceptionList& operator=(ExceptionList&&) noexcept;

  // The first matching entry in reading order; blocked wins over approved (DOMAIN 6 precedence). A path that is no full
  // local or UNC path matches nothing. A program that runs from an alternate stream, or whose path only looks like
  // another (WindowsPath::lookalike), can be blocked by path but not approved by it. Cost does not grow with the number
  // of entries.
  Hit find(const Program& program) const;

  int size() const;

 private:
  struct Index;
  std::unique_ptr<const Index> index_;
};

// A remark about a list that is valid but surely not what its author means.
struct ExceptionRemark {
  std::string field;  // "exceptions.approved[3]"
  std::string what;   // "never looked at: exceptions.approved[1] \"C:\*\" covers it"
};
// Entries shadowed by others, standing twice, or contradicting the other list, in reading order, one remark per entry
// at most. An entry that create() would refuse gets its error as the remark.
std::vector<ExceptionRemark> lint(const v1::ExceptionList& entries, const PathNormaliser& paths);

}  // namespace holdfast::engine
