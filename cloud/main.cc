// holdfast-cloud: the reference safe-software and prevalence service (docs/reputation-service.md).
#include <fmt/format.h>
#include <signal.h>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "cloud/import.h"
#include "cloud/options.h"
#include "cloud/server.h"
#include "cloud/store.h"

namespace holdfast::cloud {
namespace {

constexpr int kDone = 0;
constexpr int kBadInput = 2;
constexpr int kInternalFault = 3;

int complain(const Error& error) {
  std::fprintf(stderr, "holdfast-cloud: %s\n", error.text().c_str());
  return kBadInput;
}

int say(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  return std::fflush(stdout) == 0 ? kDone : kBadInput;
}

// Until somebody asks it to end. The signals are blocked before the first thread begins, so that all wait for them
// here.
int serve(const ServeOptions& options) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  const auto server = Server::start(options);
  if (!server) return complain(server.error());
  for (const std::string& url : server->urls()) {
    if (say("listening on " + url + '\n') != kDone) return kBadInput;
  }
  int signal = 0;
  sigwait(&ends, &signal);
  return say("ended\n");
}

int put_in(const CommandLine& line) {
  auto store = Store::create(line.serve.data);
  if (!store) return complain(store.error());
  const auto programs = line.task == Task::kGenerate     ? generate(line.count, today(), *store)
                        : line.task == Task::kImportNsrl ? import_nsrl(line.file, *store)
                                                         : import_csv(line.file, today(), *store);
  if (!programs) return complain(programs.error());
  return say(fmt::format("{} programs put into {}\n", *programs, line.serve.data));
}

int status(const std::string& data) {
  auto store = Store::open(data);
  if (!store) return complain(store.error());
  const auto counts = store->counts();
  if (!counts) return complain(counts.error());
  return say(fmt::format("{} programs: {} safe, {} malicious, {} with a prevalence\n", counts->programs, counts->safe,
                         counts->malicious, counts->with_prevalence));
}

int run(const std::vector<std::string>& arguments) {
  const auto line = parse_command_line(arguments);
  if (!line) return complain(line.error());
  switch (line->task) {
    case Task::kHelp: return say(help_text());
    case Task::kServe: return serve(line->serve);
    case Task::kStatus: return status(line->serve.data);
    default: return put_in(*line);
  }
}

}  // namespace
}  // namespace holdfast::cloud

int main(int argc, char** argv) {
  try {
    return holdfast::cloud::run(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "holdfast-cloud: internal fault: %s\n", fault.what());
    return holdfast::cloud::kInternalFault;
  }
}
