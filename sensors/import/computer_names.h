// One name for each computer: logs call it "PC1" and "PC1.example.com".
//
//   names.learn("PC1.example.com");  // of each event, in whatever order they lie
//   *names.whole("pc1");             // "PC1.example.com", once all that are there were learnt
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace holdfast {

class ComputerNames {
 public:
  static constexpr std::size_t kHostsMax = 65'536;  // names of more are left as they are

  // False: whole() would now give another name than it gave before.
  bool learn(std::string_view name);
  // The name with its domain, of a name without, where exactly one computer of the name has one. Null: it stays as it
  // is.
  const std::string* whole(std::string_view name);

 private:
  struct Host {
    std::string whole;        // the first that was learnt; empty: none
    bool is_several = false;  // in several domains
    bool was_given = false;   // a name without a domain was asked for
  };
  std::string last_;                                // learnt: most events name the computer of the one before
  std::map<std::string, Host, std::less<>> hosts_;  // by name without a domain, in small letters
};

}  // namespace holdfast
