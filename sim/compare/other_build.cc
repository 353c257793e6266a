#include "sim/compare/other_build.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reports/wording.h"
#include "sim/compare/child_process.h"
#include "sim/text/text_file.h"

namespace holdfast {
namespace {

constexpr std::uint64_t kVersionTimeoutNs = 10'000'000'000;
constexpr std::uint64_t kVersionBytesMax = 64 * 1024;

// The first line, without what a terminal must not see.
std::string first_line(const std::string& text) { return printable(text.substr(0, text.find_first_of("\r\n"))); }

}  // namespace

OtherBuild::OtherBuild(std::string program, std::string version, std::uint64_t timeout_ns)
    : program_(std::move(program)), version_(std::move(version)), timeout_ns_(timeout_ns) {}

Expected<OtherBuild> OtherBuild::find(const std::string& program, std::uint64_t timeout_ns) {
  HOLDFAST_TRY(folder, PrivateFolder::make());
  HOLDFAST_TRY(told,
               run_program(program, {"--version"}, folder,
                           {.timeout_ns = std::min(timeout_ns, kVersionTimeoutNs), .bytes_max = kVersionBytesMax}));
  std::string version = first_line(told.out);
  if (told.exit_code == 0 && version.starts_with("holdfast ")) {
    return OtherBuild(program, std::move(version), timeout_ns);
  }
  return failure(program, fmt::format("is no holdfast: to --version it says \"{}\"", shortened(version, 60)),
                 "name the program of another build");
}

Expected<DecisionList> OtherBuild::decide(const std::string& recording) const {
  HOLDFAST_TRY(folder, PrivateFolder::make());
  // A name that begins like an option is none.
  const std::string named = recording.starts_with('-') ? "./" + recording : recording;
  const std::string log_path = folder.file("decisions.log");
  HOLDFAST_TRY(ended, run_program(program_, {"replay", named, "--log", log_path}, folder,
                                  {.timeout_ns = timeout_ns_, .bytes_max = DecisionList::kBytesMax}));
  if (ended.exit_code != 0) {
    return failure(
        program_,
        fmt::format("refuses {} with exit code {}: {}", printable(recording), ended.exit_code, first_line(ended.err)),
        {});
  }
  auto log = read_text_file(log_path, DecisionList::kBytesMax);
  if (!log) return failure(program_, fmt::format("wrote no decision log about {}", printable(recording)), {});
  return DecisionList::parse("what " + program_ + " logs", std::move(*log));
}

}  // namespace holdfast
