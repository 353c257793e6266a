// Finds the names that a redaction replaces, field by field: users, machines, what lies below a profile, secrets.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/path/windows_path.h"
#include "engine/schema/error.h"
#include "engine/schema/settings.pb.h"
#include "sim/redaction/field_classes.h"
#include "sim/redaction/names.h"

namespace holdfast {

class Collector {
 public:
  // `names` must outlive the collector.
  explicit Collector(Names& names);

  // The endpoint that what follows happened on: where its profiles lie, and how it spells paths.
  void on_endpoint(const v1::AgentProfile& profile);
  // Adds the names that `text` of this class holds. Fails with what names cannot take, and on a user or a machine whose
  // name is nothing but words that cannot be replaced.
  Expected<void> take(FieldClass type, std::string_view text);

  // Whether an entry of an exception list means the same after the mapping; call it when all names are known. A
  // wildcard that touches a replaced word, or any word below a profile, cannot be kept.
  Expected<void> check_entry(std::string_view entry) const;

 private:
  // What leads into a profile: "\USERS\", behind which its owner's name follows, or "%USERPROFILE%\".
  struct Root {
    std::string folded;
    bool owner_follows = false;
  };
  enum class Extent : std::uint8_t { kWholeText, kInside };

  Expected<void> take_paths(std::string_view folded, Extent extent, bool is_folder);
  Expected<void> take_path_below(std::string_view path, bool owner_follows, bool is_folder);
  Expected<void> take_file(std::string_view text, bool is_folder);
  Expected<void> take_text(std::string_view text);
  Expected<void> take_confidential(std::string_view text);
  Expected<void> take_account(std::string_view account, bool must);
  Expected<void> take_machine(std::string_view machine);
  Expected<void> take_host(std::string_view host);
  Expected<void> take_hosts_of_shares(std::string_view folded);
  Expected<void> take_sids(std::string_view folded);
  Expected<void> take_addresses(std::string_view folded);
  Expected<void> identity(std::string_view name, bool must);

  Names& names_;
  std::vector<Root> roots_;
  std::unique_ptr<engine::PathNormaliser> paths_;
  engine::WindowsPath path_;
};

}  // namespace holdfast
