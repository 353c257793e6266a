// The long names that 8.3 names stand for.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::engine {

// "C:\DOCUME~1\ADMINI~1" and "C:\Documents and Settings\Administrator", both in normal form.
struct ShortNamePair {
  std::string short_path;
  std::string long_path;
};

class ShortNames {
 public:
  ShortNames() = default;

  // Earlier pairs win over later ones. Left out: pairs on different drives or with different numbers of parts, names
  // that lead in a circle. `users_folder` is where every user's own folder has the short names of a standard
  // installation.
  ShortNames(const std::vector<ShortNamePair>& pairs, std::string_view users_folder);

  // Takes a folded path whose folders are long names already. Gives the long name of its last part, or null. A long
  // name found is never itself a short one.
  const std::string* find(std::string_view folded_path) const;

  // Windows makes short names with a '~', but fsutil can set any: then every part must be looked up.
  bool any_without_tilde() const { return any_without_tilde_; }

 private:
  std::map<std::string, std::string, std::less<>> long_names_;         // by folded path, the last part short
  std::map<std::string, std::string, std::less<>> user_folder_names_;  // by folded short name
  std::string users_folder_;                                           // folded, with a separator
  bool any_without_tilde_ = false;
};

}  // namespace holdfast::engine
