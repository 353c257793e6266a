#include "commands/frame/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <charconv>
#include <utility>

#include "reports/wording.h"

namespace holdfast {
namespace po = boost::program_options;
namespace {

constexpr const char* kPositional = "positional";

}  // namespace

std::string Arguments::text(const std::string& option) const {
  const auto found = values_.find(option);
  return found == values_.end() || found->second.empty() ? std::string() : found->second.back();
}

std::vector<std::string> Arguments::texts(const std::string& option) const {
  const auto found = values_.find(option);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

Expected<std::uint64_t> Arguments::number(const std::string& option, std::uint64_t otherwise,
                                          std::uint64_t most) const {
  if (!has(option)) return otherwise;
  const std::string given = text(option);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
  if (error == std::errc() && end == given.data() + given.size() && value <= most) return value;
  return std::unexpected(Error{.where = command_,
                               .field = "--" + option,
                               .what = fmt::format("\"{}\" is no whole number from 0 to {}", given, grouped(most)),
                               .remedy = fmt::format("see {} {} --help", program_, command_)});
}

CommandLine::CommandLine(std::string name, std::string positional, std::size_t positional_min,
                         std::size_t positional_max)
    : name_(std::move(name)),
      positional_(std::move(positional)),
      positional_min_(positional_min),
      positional_max_(positional_max) {}

CommandLine& CommandLine::flag(std::string name, std::string help) {
  return option(std::move(name), "", std::move(help));
}

CommandLine& CommandLine::option(std::string name, std::string placeholder, std::string help) {
  options_.push_back({std::move(name), std::move(placeholder), std::move(help)});
  return *this;
}

CommandLine& CommandLine::list(std::string name, std::string placeholder, std::string help) {
  option(std::move(name), std::move(placeholder), std::move(help));
  options_.back().is_list = true;
  return *this;
}

CommandLine& CommandLine::purpose(std::string text) {
  purpose_ = std::move(text);
  return *this;
}

CommandLine& CommandLine::example(std::string command, std::string says) {
  examples_.push_back({std::move(command), std::move(says)});
  return *this;
}

Error CommandLine::usage_error(std::string_view program, std::string what) const {
  return Error{
      .where = name_, .field = {}, .what = std::move(what), .remedy = fmt::format("see {} {} --help", program, name_)};
}

Expected<Arguments> CommandLine::parse(std::string_view program, const std::vector<std::string>& arguments) const {
  if (arguments.size() > kArgumentsMax) {
    return std::unexpected(usage_error(program, fmt::format("more than {} arguments", grouped(kArgumentsMax))));
  }
  po::options_description all;
  for (const Option& option : options_) {
    if (option.placeholder.empty()) {
      all.add_options()(option.name.c_str(), option.help.c_str());
    } else {
      all.add_options()(option.name.c_str(), po::value<std::vector<std::string>>(), option.help.c_str());
    }
  }
  all.add_options()("json", "")("help,h", "")(kPositional, po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add(kPositional, -1);
  // No guessing of abbreviated options: a script that relies on it breaks when an option is added.
  constexpr int kStyle = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  Arguments given;
  given.program_ = program;
  given.command_ = name_;
  try {
    for (const po::option& option :
         po::command_line_parser(arguments).options(all).positional(positional).style(kStyle).run().options) {
      if (option.string_key == kPositional) {
        given.positional_.insert(given.positional_.end(), option.value.begin(), option.value.end());
      } else {
        auto& values = given.values_[option.string_key];
        values.insert(values.end(), option.value.begin(), option.value.end());
      }
    }
  } catch (const po::error& error) {
    return std::unexpected(usage_error(program, error.what()));
  }
  if (given.has("help")) return given;
  for (const auto& [option, values] : given.values_) {
    const bool is_list = std::any_of(options_.begin(), options_.end(), [&](const Option& declared) {
      return declared.is_list && declared.name.substr(0, declared.name.find(',')) == option;
    });
    if (values.size() > 1 && !is_list)
      return std::unexpected(usage_error(program, fmt::format("option '--{}' is given twice", option)));
  }
  const std::size_t count = given.positional_.size();
  if (count < positional_min_) return std::unexpected(usage_error(program, fmt::format("{} is missing", positional_)));
  if (count > positional_max_) {
    return std::unexpected(
        usage_error(program, fmt::format("\"{}\" is one too many", given.positional_[positional_max_])));
  }
  return given;
}

std::string CommandLine::help(std::string_view program) const {
  std::string text = fmt::format("{} {}: {}\n\nusage: {} {} {} [options]\n\noptions:\n", program, name_, purpose_,
                                 program, name_, positional_);
  std::vector<Option> options = options_;
  options.push_back({"json", "", "print the result as one JSON document, for machines"});
  options.push_back({"help,h", "", "print this"});
  for (const Option& option : options) {
    const std::size_t comma = option.name.find(',');
    std::string left = "--" + option.name.substr(0, comma);
    if (comma != std::string::npos) left = fmt::format("-{}, {}", option.name.substr(comma + 1), left);
    if (!option.placeholder.empty()) left.append(" ").append(option.placeholder);
    text += "  " + padded(left, 24) + "  " + option.help + '\n';
  }
  if (!examples_.empty()) text += "\nexamples:\n";
  for (const Example& example : examples_) text += "  " + example.command + "\n      " + example.says + '\n';
  return text;
}

}  // namespace holdfast
