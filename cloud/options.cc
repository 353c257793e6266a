#include "cloud/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/variables_map.hpp>
#include <optional>
#include <utility>

namespace holdfast::cloud {
namespace po = boost::program_options;
namespace {

constexpr std::string_view kListenDefault = "127.0.0.1:8080";
constexpr std::uint64_t kGenerateMax = 1'000'000'000;

po::options_description all_options() {
  po::options_description options;
  const auto text = [] { return po::value<std::string>(); };
  const auto number = [](std::uint64_t otherwise) { return po::value<std::uint64_t>()->default_value(otherwise); };
  options.add_options()("data", text())("listen", po::value<std::vector<std::string>>())("certificate", text())(
      "key", text())("rate-limit", number(0))("threads", number(1))("connections", number(1'024))(
      "request-bytes", number(8'192))("csv", text())("nsrl", text())("count", number(0))("help,h", "")("command",
                                                                                                       text());
  return options;
}

std::unexpected<Error> refuse(std::string field, std::string what, std::string remedy = "see holdfast-cloud --help") {
  return std::unexpected(
      Error{.where = "", .field = std::move(field), .what = std::move(what), .remedy = std::move(remedy)});
}

struct Bound {
  const char* option;
  std::uint64_t min;
  std::uint64_t max;
};
constexpr std::array kBounds = {
    Bound{"rate-limit", 0, 1'000'000},     Bound{"threads", 1, 64},         Bound{"connections", 1, 100'000},
    Bound{"request-bytes", 1'024, 65'536}, Bound{"count", 0, kGenerateMax},
};

std::string text_of(const po::variables_map& given, const char* option) {
  return given.contains(option) ? given[option].as<std::string>() : std::string();
}

Expected<Task> task_of(const po::variables_map& given) {
  const std::string command = text_of(given, "command");
  if (given.contains("help") || command == "help" || command.empty()) return Task::kHelp;
  if (command == "serve") return Task::kServe;
  if (command == "status") return Task::kStatus;
  if (command == "generate") {
    if (given["count"].as<std::uint64_t>() == 0) return refuse("--count", "say how many programs to make up");
    return Task::kGenerate;
  }
  if (command != "import") return refuse("", fmt::format("\"{}\" is no command", command));
  if (given.contains("csv") == given.contains("nsrl")) return refuse("--csv", "give either --csv FILE or --nsrl FILE");
  return given.contains("csv") ? Task::kImportCsv : Task::kImportNsrl;
}

}  // namespace

Expected<CommandLine> parse_command_line(const std::vector<std::string>& arguments) {
  po::variables_map given;
  try {
    const po::options_description options = all_options();
    po::positional_options_description positional;
    positional.add("command", 1);
    po::store(po::command_line_parser(arguments).options(options).positional(positional).run(), given);
  } catch (const po::error& error) {
    return refuse("", error.what());
  }
  for (const Bound& bound : kBounds) {
    const auto value = given[bound.option].as<std::uint64_t>();
    if (value >= bound.min && value <= bound.max) continue;
    return refuse(std::string("--") + bound.option, fmt::format("{} is not {} to {}", value, bound.min, bound.max));
  }
  const auto task = task_of(given);
  if (!task) return std::unexpected(task.error());
  CommandLine line{.task = *task, .serve = {}, .file = {}, .count = given["count"].as<std::uint64_t>()};
  line.serve.data = text_of(given, "data");
  if (line.task != Task::kHelp && line.serve.data.empty()) {
    return refuse("--data", "name the file with the service's data", "add --data reputation.sqlite");
  }
  if (given.contains("listen")) line.serve.listen = given["listen"].as<std::vector<std::string>>();
  if (line.serve.listen.empty()) line.serve.listen.emplace_back(kListenDefault);
  line.serve.certificate = text_of(given, "certificate");
  line.serve.key = text_of(given, "key");
  line.serve.rate_limit = given["rate-limit"].as<std::uint64_t>();
  line.serve.threads = static_cast<unsigned>(given["threads"].as<std::uint64_t>());
  line.serve.connections_max = static_cast<unsigned>(given["connections"].as<std::uint64_t>());
  line.serve.request_bytes_max = static_cast<unsigned>(given["request-bytes"].as<std::uint64_t>());
  line.file = text_of(given, line.task == Task::kImportNsrl ? "nsrl" : "csv");
  return line;
}

std::string help_text() {
  return "holdfast-cloud: answers whether programs are certified safe, and how prevalent they are "
         "(docs/openapi.yaml)\n\n"
         "usage: holdfast-cloud COMMAND --data FILE [options]\n\n"
         "commands:\n"
         "  serve                    answer requests until SIGINT or SIGTERM\n"
         "    --listen ADDRESS:PORT    may be given several times (default 127.0.0.1:8080); port 0: any free one\n"
         "    --certificate FILE       PEM; with --key FILE: HTTPS\n"
         "    --rate-limit N           requests per client and second (default 0: no limit)\n"
         "    --threads N              per address (default 1)\n"
         "    --connections N          at the same time (default 1024)\n"
         "    --request-bytes N        of a request's line and headers (default 8192)\n"
         "  import --csv FILE        an allow-list: columns sha256, verdict, detections, age_days or first_seen\n"
         "  import --nsrl FILE       the NSRL's reference data set of version 3 (SQLite): all of it safe\n"
         "  generate --count N       made-up programs, for load tests\n"
         "  status                   how many programs are known\n\n"
         "exit codes: 0 done, 2 bad usage or input, 3 an internal fault\n";
}

}  // namespace holdfast::cloud
