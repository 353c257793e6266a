// Which program a registered command runs: service image paths and the XML of scheduled tasks.
#pragma once

#include <string>
#include <string_view>

#include "engine/path/windows_path.h"

namespace holdfast::engine {

// The program file of a command as CreateProcess and the service control manager read it: between quotes, or up to the
// first ".exe" or ".sys" that ends a word, or the first word. Not expanded; a view into `command`.
std::string_view program_of_command(std::string_view command);

// What follows the program in the command line of a process: behind the closing quote, or behind the first word.
std::string_view arguments_of(std::string_view command_line);

// The program of a registered command as a path in normal form, with environment variables, \SystemRoot\ and paths
// relative to it resolved.
WindowsPath program_path(std::string_view command, const PathNormaliser& paths);

// True if every program that the command runs is is_system_program(). False for an empty command.
bool command_is_system(std::string_view command, const PathNormaliser& paths);

// The same for every <Command> of a scheduled task's XML. False where it has none: what a COM handler runs is not told.
bool task_is_system(std::string_view xml, const PathNormaliser& paths);

// Calls `found(view)` with the content of every <Command> element of a task's XML, in their order.
template <typename Found>
void for_each_task_command(std::string_view xml, Found&& found) {
  constexpr std::string_view kOpen = "<Command>";
  constexpr std::string_view kClose = "</Command>";
  for (std::size_t open = xml.find(kOpen); open != std::string_view::npos; open = xml.find(kOpen, open)) {
    open += kOpen.size();
    const std::size_t close = xml.find(kClose, open);
    found(xml.substr(open, close == std::string_view::npos ? close : close - open));
  }
}

}  // namespace holdfast::engine
