// Environment variables as an endpoint's agent sees them: the profile's over those of a standard installation.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/schema/error.h"
#include "engine/schema/settings.pb.h"

namespace holdfast::engine {

class Environment {
 public:
  // Stands for "the folder of some user" in what expand_entry() gives. No file can bear this name.
  static constexpr std::string_view kAnyUser = "<any user>";
  // Stands for "nothing, or the folder of some session": a terminal server gives each one below the user's own for
  // temporary files, named by its number.
  static constexpr std::string_view kAnySession = "<any session>";

  explicit Environment(const v1::AgentProfile& profile);

  // Value of a variable, its name in any case; null if the endpoint has none of that name.
  const std::string* find(std::string_view name) const;

  // As ExpandEnvironmentStrings: unknown names stay as they are.
  std::string expand(std::string_view text) const;

  // For a list that goes to many endpoints and all their users, so differently from expand():
  // - USERPROFILE, APPDATA, LOCALAPPDATA, TEMP and TMP are those of any user, never the service's own, whatever the
  //   profile says: "%TEMP%" is C:\Users\<any user>\AppData\Local\Temp\<any session>;
  // - variables that only other Windows versions have ("%ProgramFiles(x86)%" on 32 bits) stand for their nearest here,
  //   because one foreign entry must not make the whole list useless.
  // Fails on a variable that neither the profile nor any standard installation has: Error.what names it.
  Expected<std::string> expand_entry(std::string_view text) const;

  // Folder of the users' profiles, "C:\Users".
  const std::string& users_folder() const { return users_folder_; }
  const std::string& system_root() const { return system_root_; }

 private:
  using Values = std::map<std::string, std::string, std::less<>>;  // by folded name

  Values values_;       // what the endpoint has
  Values foreign_;      // what other Windows versions have
  Values of_any_user_;  // what differs from user to user
  std::string system_root_;
  std::string users_folder_;
};

// Names and values of the variables of every standard installation.
std::vector<std::string_view> environment_literals();

// What of a platform decides where a standard installation puts things.
bool is_64_bit(v1::Platform platform);
bool is_before_vista(v1::Platform platform);

}  // namespace holdfast::engine
