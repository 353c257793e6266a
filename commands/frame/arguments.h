// Options and help of one subcommand: what it takes, with examples, and errors that name the option.
//
//   CommandLine line("replay", "RECORDING", 1, 1);
//   line.option("settings", "FILE", "settings to decide by").flag("all", "list every decision");
//   auto given = line.parse("holdfast", arguments);
//   given->text("settings");
//   given->has("all");
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/schema/error.h"

namespace holdfast {

class Arguments {
 public:
  bool has(const std::string& option) const { return values_.contains(option); }
  // Empty if not given.
  std::string text(const std::string& option) const;
  std::vector<std::string> texts(const std::string& option) const;
  // A decimal number of at most `most`; `otherwise` if not given.
  Expected<std::uint64_t> number(const std::string& option, std::uint64_t otherwise, std::uint64_t most) const;
  const std::vector<std::string>& positional() const { return positional_; }

 private:
  friend class CommandLine;
  std::string program_;
  std::string command_;
  std::map<std::string, std::vector<std::string>> values_;
  std::vector<std::string> positional_;
};

class CommandLine {
 public:
  static constexpr std::size_t kArgumentsMax = 10'000;

  // `positional`: as the usage line names them, "RECORDING"; at least `positional_min`, at most `positional_max`.
  CommandLine(std::string name, std::string positional, std::size_t positional_min, std::size_t positional_max);

  CommandLine& flag(std::string name, std::string help);
  // `placeholder`: "FILE". A name "output,o" has the short form -o.
  CommandLine& option(std::string name, std::string placeholder, std::string help);
  // The same, but it may be given several times: Arguments::texts has all values, in order.
  CommandLine& list(std::string name, std::string placeholder, std::string help);
  CommandLine& purpose(std::string text);
  CommandLine& example(std::string command, std::string says);

  // Every command takes --help and --json besides its own.
  // `program`: by whose name a person calls it.
  Expected<Arguments> parse(std::string_view program, const std::vector<std::string>& arguments) const;
  std::string help(std::string_view program) const;

 private:
  struct Option {
    std::string name;         // "output,o"
    std::string placeholder;  // empty: a flag
    std::string help;
    bool is_list = false;  // may be given several times
  };
  struct Example {
    std::string command;
    std::string says;
  };
  Error usage_error(std::string_view program, std::string what) const;

  std::string name_;
  std::string positional_;
  std::size_t positional_min_;
  std::size_t positional_max_;
  std::string purpose_;
  std::vector<Option> options_;
  std::vector<Example> examples_;
};

}  // namespace holdfast
