// What in a command line, a URL or a script is a secret, and what names an account or a machine: by the switches that
// go before.
#pragma once

#include <string_view>
#include <vector>

namespace holdfast {

struct Confidential {
  std::vector<std::string_view> secrets;   // passwords, tokens, encoded commands, as they stand
  std::vector<std::string_view> accounts;  // "CORP\alice", "alice"
  std::vector<std::string_view> hosts;     // "srv01", "srv01.corp.example"
};

// Views into `text`. What only names a place where a secret comes from ("$password", "%PW%", "*") is none.
Confidential find_confidential(std::string_view text);

}  // namespace holdfast
