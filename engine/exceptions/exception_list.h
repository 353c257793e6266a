// The user's exception list: programs that pass Behavior Monitoring and programs that never start (DOMAIN 6).
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

class ExceptionList {
 public:
  static constexpr int kEntriesMax = 1024;     // approved and blocked together (11 SP1)
  static constexpr int kPathLengthMax = 1024;  // characters of one entry [D]

  enum class List : std::uint8_t { kNone, kApproved, kBlocked };

  // What a program is looked up by. Empty members are unknown.
  struct Program {
    const WindowsPath* path = nullptr;
    std::string_view sha256;         // 32 bytes
    std::string_view trusted_signer; // subject of a *valid* signature
  };

  struct Hit {
    List list = List::kNone;
    int line = 0;            // in its list, from 1
    std::string_view entry;  // as written; lives as long as the list
  };

  // Takes the whole list or refuses it whole: Error.field is "exceptions.approved[3].path".
  static Expected<ExceptionList> create(const v1::ExceptionList& entries, const PathNormaliser& paths);

  ExceptionList();  // no entries
  ~ExceptionList();
  ExceptionList(ExceptionList&&) noexcept;
  ExceptionList& operator=(ExceptionList&&) noexcept;

  // Blocked wins over approved (DOMAIN 6 precedence). Cost does not grow with the number of entries without wildcards.
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
// Entries shadowed by others, standing twice, or contradicting the other list.
std::vector<ExceptionRemark> lint(const v1::ExceptionList& entries, const PathNormaliser& paths);

}  // namespace holdfast::engine
