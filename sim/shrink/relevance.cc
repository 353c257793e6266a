#include "sim/shrink/relevance.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "engine/text/ascii.h"
#include "reports/wording.h"

namespace holdfast {
namespace {

// The last part of a path, in lower case, without an alternate stream. Paths of one file can be written in many ways;
// its name stays.
std::string name_of(std::string_view path) {
  const std::string name(file_name(path));
  return ascii::lower_case(name.substr(0, name.find(':')));
}

// Names of the files that an entry speaks of.
std::vector<std::string> files_of(const v1::At& at) {
  switch (at.what_case()) {
    case v1::At::kFileCreate: return {name_of(at.file_create().path())};
    case v1::At::kFileWrite: return {name_of(at.file_write().path())};
    case v1::At::kFileDelete: return {name_of(at.file_delete().path())};
    case v1::At::kFileRename: return {name_of(at.file_rename().path()), name_of(at.file_rename().new_path())};
    case v1::At::kFileTimeChange: return {name_of(at.file_time_change().path())};
    case v1::At::kFileStreamCreate: return {name_of(at.file_stream_create().path())};
    case v1::At::kDownload: return {name_of(at.download().path())};
    default: return {};
  }
}

class Past {
 public:
  Past(const v1::Scenario& scenario, std::size_t decisive, Reach reach) : scenario_(scenario), reach_(reach) {
    const v1::At& at = entry(decisive);
    add(at);
    if (at.has_registry_set()) add_text(at.registry_set().data());
    if (at.has_service_install()) add_text(at.service_install().image_path());
    if (at.has_process_access()) pids_.insert(at.process_access().target().pid());
    if (at.has_remote_thread()) pids_.insert(at.remote_thread().target().pid());
  }

  // Entries have to be asked about backwards.
  bool led_here(std::size_t index) {
    const v1::At& at = entry(index);
    if (at.what_case() >= v1::At::kSettingsChanged) return true;
    const bool starts_one = at.has_process_start() && pids_.contains(at.process_start().pid());
    const bool acts = reach_ == Reach::kBehaviour && at.by() != 0 && pids_.contains(at.by());
    if (!starts_one && !acts && !touches_known_file(at)) return false;
    add(at);
    return true;
  }

 private:
  const v1::At& entry(std::size_t index) const { return scenario_.at(static_cast<int>(index)); }

  void add(const v1::At& at) {
    if (at.by() != 0) pids_.insert(at.by());
    for (std::string& name : files_of(at)) names_.insert(std::move(name));
    add_text(at.script());
    names_.insert(name_of(at.actor_image()));
    if (!at.has_process_start()) return;
    names_.insert(name_of(at.process_start().image()));
    add_text(at.process_start().command_line());
    if (at.process_start().has_parent()) pids_.insert(at.process_start().parent().pid());
  }

  // A command line or script: names of files stand in it.
  void add_text(std::string_view text) {
    if (!text.empty()) texts_.insert(ascii::lower_case(std::string(text)));
  }

  bool touches_known_file(const v1::At& at) const {
    constexpr std::size_t kTellingLength = 5;  // "a.exe"
    return std::ranges::any_of(files_of(at), [&](const std::string& name) {
      if (name.size() < kTellingLength) return false;
      return names_.contains(name) ||
             std::ranges::any_of(texts_, [&](const std::string& text) { return text.find(name) != std::string::npos; });
    });
  }

  const v1::Scenario& scenario_;
  Reach reach_;
  std::set<std::uint32_t> pids_;
  std::set<std::string> names_;
  std::set<std::string> texts_;
};

}  // namespace

std::vector<std::size_t> related_entries(const v1::Scenario& scenario, std::size_t decisive, Reach reach) {
  const auto entries = static_cast<std::size_t>(scenario.at_size());
  std::vector<std::size_t> related;
  Past past(scenario, decisive, reach);
  // Behind the decision only what can have ended a wait.
  const std::uint32_t actor = scenario.at(static_cast<int>(decisive)).by();
  for (std::size_t i = entries; i-- > 0;) {
    const v1::At& at = scenario.at(static_cast<int>(i));
    const bool later = at.what_case() >= v1::At::kSettingsChanged || (at.has_process_exit() && at.by() == actor);
    const bool belongs = i > decisive ? later : i == decisive || past.led_here(i);
    if (belongs || reach == Reach::kEverything) related.push_back(i);
  }
  std::ranges::reverse(related);
  return related;
}

}  // namespace holdfast
