#include "engine/monitoring/command_text.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/monitoring/event_rules.h"
#include "engine/monitoring/system_files.h"
#include "engine/text/ascii.h"

namespace holdfast::engine {
namespace {

constexpr std::array<std::string_view, 2> kProgramEndings{".exe", ".sys"};

// Windows' own, whose tasks it registers anew all day: timers of software protection and of the service for settings.
constexpr std::array<std::string_view, 2> kSystemHandlers{"{B1AEBB5D-EAD9-4476-B375-9C3ED9F32AFC}",
                                                          "{E07647F7-AED2-48D9-9720-939BC24A8A3C}"};

bool ends_here(std::string_view text, std::size_t at, std::string_view ending) {
  if (!ascii::equal_without_case(text.substr(at, ending.size()), ending)) return false;
  const std::size_t after = at + ending.size();
  return after == text.size() || text[after] == ' ' || text[after] == '\t';
}

// The element holds a file and nothing else (arguments have their own): what follows a ".exe" belongs to its name. The
// scheduler runs in System32, where Windows looks first for a name without a folder.
WindowsPath task_program(std::string_view command, const PathNormaliser& paths) {
  while (command.starts_with(' ') || command.starts_with('"')) command.remove_prefix(1);
  while (command.ends_with(' ') || command.ends_with('"')) command.remove_suffix(1);
  const std::string expanded = paths.expand(command);
  if (expanded.find_first_of(R"(\/:)") != std::string::npos) return paths.normalise(expanded);
  const bool with_extension = expanded.find('.') != std::string::npos;
  return paths.normalise(paths.system_root() + R"(\SYSTEM32\)" + expanded + (with_extension ? "" : ".EXE"));
}

std::size_t times(std::string_view text, std::string_view words) {
  std::size_t count = 0;
  for (std::size_t at = text.find(words); at != std::string_view::npos; at = text.find(words, at + 1)) ++count;
  return count;
}

// No element of this name stands there in another way than the scheduler writes it ("<Command >", "<t:Command>").
bool is_written_plainly(std::string_view xml, const std::string& element) {
  return times(xml, '<' + element) + times(xml, ':' + element) == times(xml, '<' + element + '>');
}

// `element` is what a <ComHandler> holds.
bool is_system_handler(std::string_view element) {
  const std::string_view handler = content_of(element, "ClassId");
  return times(element, "ClassId") == 2 && std::ranges::any_of(kSystemHandlers, [handler](std::string_view known) {
           return ascii::equal_without_case(handler, known);
         });
}

// "start NAME": no other verb, and not on another machine.
bool starts_service(const WindowsPath& program, std::string_view arguments, const PathNormaliser& paths) {
  constexpr std::string_view kVerb = "start ";
  const SystemFile* file = find_system_file(program.file_name());
  while (arguments.starts_with(' ')) arguments.remove_prefix(1);
  return file != nullptr && file->name == "SC.EXE" && is_genuine(*file, program, paths.system_root()) &&
         ascii::equal_without_case(arguments.substr(0, kVerb.size()), kVerb);
}

}  // namespace

std::string_view program_of_command(std::string_view command) {
  const std::size_t begin = command.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  command = command.substr(begin);
  while (command.ends_with(' ') || command.ends_with('\n') || command.ends_with('\r')) command.remove_suffix(1);
  if (command.starts_with('"')) return command.substr(1, command.find('"', 1) - 1);
  for (std::size_t at = 0; at < command.size(); ++at) {
    for (const std::string_view ending : kProgramEndings) {
      if (ends_here(command, at, ending)) return command.substr(0, at + ending.size());
    }
  }
  return command.substr(0, command.find_first_of(" \t"));
}

std::string_view arguments_of(std::string_view command_line) {
  const bool quoted = command_line.starts_with('"');
  const std::size_t end = quoted ? command_line.find('"', 1) : command_line.find_first_of(" \t");
  return end == std::string_view::npos ? std::string_view() : command_line.substr(end + 1);
}

WindowsPath program_path(std::string_view command, const PathNormaliser& paths) {
  WindowsPath path = paths.normalise(paths.expand(program_of_command(command)));
  // Drivers are registered relative to the system root: "System32\drivers\x.sys".
  if (path.kind == WindowsPath::Kind::kRelative && path.folded.starts_with("SYSTEM32\\")) {
    return paths.normalise(paths.system_root() + '\\' + path.text);
  }
  return path;
}

bool command_is_system(std::string_view command, const PathNormaliser& paths) {
  const WindowsPath path = program_path(command, paths);
  return path.kind == WindowsPath::Kind::kLocal && is_system_program(path, paths);
}

std::span<const std::string_view> system_task_handlers() { return kSystemHandlers; }

std::string_view content_of(std::string_view xml, std::string_view element) {
  const std::string open = "<" + std::string(element) + ">";
  const std::string close = "</" + std::string(element) + ">";
  const std::size_t begin = xml.find(open);
  if (begin == std::string_view::npos) return {};
  xml.remove_prefix(begin + open.size());
  return xml.substr(0, xml.find(close));
}

bool task_is_system(std::string_view xml, const PathNormaliser& paths) {
  constexpr std::string_view kHandler = "<ComHandler>";
  bool any = false;
  bool all = is_written_plainly(xml, "Command") && is_written_plainly(xml, "ComHandler");
  for (std::size_t at = xml.find(kHandler); at != std::string_view::npos; at = xml.find(kHandler, at + 1)) {
    any = true;
    all = all && is_system_handler(content_of(xml.substr(at), "ComHandler"));
  }
  for_each_task_command(xml, [&](std::string_view command, std::string_view arguments) {
    any = true;
    const WindowsPath path = task_program(command, paths);
    all = all && path.kind == WindowsPath::Kind::kLocal &&
          (is_system_program(path, paths) || starts_service(path, arguments, paths));
  });
  return any && all;
}

}  // namespace holdfast::engine
