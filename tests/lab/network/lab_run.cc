// Plays one scenario twice, on the virtual clock and on the network that is really there, and prints both runs for the
// laboratory to compare. It judges nothing.
//
//   network_lab_run SCENARIO --describe                              the scenario as JSON
//   network_lab_run SCENARIO [--ca FILE] [--credentials NAME=USER:PASSWORD]...
//
// Output: the line "begin" when real time begins to count, then one JSON document per line:
//   {"run": "simulated" or "real", "at_ns": N, "input": {...}} or {..., "output": {...}}      messages of engine/schema
//   {"run": ..., "failed": "an expectation or promise that does not hold: what happened"}
//   {"run": "real", "replayed": true or false}      whether its inputs make a new engine say the same, byte for byte
// Exit codes: 0 played twice, 2 bad usage, scenario or network.
#include <google/protobuf/util/json_util.h>

#include <boost/program_options.hpp>
#include <cstdio>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/host/live_clock.h"
#include "sensors/http/http_actuator.h"
#include "sim/scenario/scenario_file.h"
#include "sim/scenario/scenario_run.h"
#include "tests/sim/scenario/said_again.h"

namespace holdfast {
namespace {

namespace options = boost::program_options;

std::string json(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions as_in_the_schema;
  as_in_the_schema.preserve_proto_field_names = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, as_in_the_schema).ok()) {
    throw std::runtime_error("a message cannot be told as JSON");
  }
  return text;
}

std::string in_quotes(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c >= 0 && c < 0x20 ? ' ' : c;
  }
  return quoted + '"';
}

void print(std::string_view name, const ScenarioRun& run) {
  const std::string head = "{\"run\":" + in_quotes(name) + ',';
  for (const Step& step : run.steps) {
    const std::string at = head + "\"at_ns\":" + std::to_string(step.input.at_ns()) + ',';
    std::cout << at << "\"input\":" << json(step.input) << "}\n";
    for (const v1::Output& output : step.outputs) std::cout << at << "\"output\":" << json(output) << "}\n";
  }
  for (const Failure& failure : run.failures) {
    std::cout << head << "\"failed\":" << in_quotes(failure.expected + ": " + failure.actual) << "}\n";
  }
}

int refuse(std::string_view why) {
  std::cerr << "network_lab_run: " << why << '\n';
  return 2;
}

using Secrets = std::map<std::string, HttpActuator::Credentials>;

// "NAME=USER:PASSWORD"
bool add_secret(const std::string& text, Secrets& secrets) {
  const std::size_t equals = text.find('=');
  const std::size_t colon = text.find(':', equals == std::string::npos ? 0 : equals);
  if (equals == std::string::npos || colon == std::string::npos) return false;
  secrets[text.substr(0, equals)] = {.user = text.substr(equals + 1, colon - equals - 1),
                                     .password = text.substr(colon + 1)};
  return true;
}

int play_twice(const ScenarioFile& file, const std::string& ca_file, const Secrets& secrets) {
  const Expected<ScenarioRun> simulated = run_scenario(file.scenario, engine::default_tables(), &file.locations);
  if (!simulated) return refuse(simulated.error().text());
  std::cout << "begin" << std::endl;
  const LiveClock clock;
  HttpActuator http({.clock = clock,
                     .credentials = [&secrets](const std::string& name) -> std::optional<HttpActuator::Credentials> {
                       const auto found = secrets.find(name);
                       if (found == secrets.end()) return std::nullopt;
                       return found->second;
                     },
                     .ca_file = ca_file});
  const Expected<ScenarioRun> real =
      run_scenario_on({.clock = clock, .requests = http, .outcomes = http}, file.scenario, &file.locations);
  if (!real) return refuse(real.error().text());
  print("simulated", *simulated);
  print("real", *real);
  std::cout << R"({"run":"real","replayed":)" << (is_said_again(*real) ? "true" : "false") << "}\n";
  return 0;
}

int run(int argc, char** argv) {
  options::options_description known;
  known.add_options()("scenario", options::value<std::string>()->required())("describe", "")(
      "ca", options::value<std::string>()->default_value(""))("credentials",
                                                              options::value<std::vector<std::string>>());
  options::positional_options_description first;
  first.add("scenario", 1);
  options::variables_map given;
  Secrets secrets;
  try {
    options::store(options::command_line_parser(argc, argv).options(known).positional(first).run(), given);
    options::notify(given);
  } catch (const options::error& error) {
    return refuse(error.what());
  }
  if (given.contains("credentials")) {
    for (const std::string& text : given["credentials"].as<std::vector<std::string>>()) {
      if (!add_secret(text, secrets)) return refuse("--credentials are NAME=USER:PASSWORD");
    }
  }
  const Expected<ScenarioFile> file = load_scenario(given["scenario"].as<std::string>());
  if (!file) return refuse(file.error().text());
  if (!given.contains("describe")) return play_twice(*file, given["ca"].as<std::string>(), secrets);
  std::cout << json(file->scenario) << '\n';
  return 0;
}

}  // namespace
}  // namespace holdfast

int main(int argc, char** argv) { return holdfast::run(argc, argv); }
