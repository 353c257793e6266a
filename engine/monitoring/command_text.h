// Which program a registered command runs: service image paths and the XML of scheduled tasks.
#pragma once

#include <span>
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

// The same for everything that a scheduled task's XML executes, with bare names looked for in System32, and of sc.exe
// the start of a service, which is registered already. False where it executes nothing, and where it has a COM handler
// that is none of system_task_handlers(): what others run is not told.
bool task_is_system(std::string_view xml, const PathNormaliser& paths);
std::span<const std::string_view> system_task_handlers();  // their classes

// The content of the first element of this name, or nothing.
std::string_view content_of(std::string_view xml, std::string_view element);

// Calls `found(command, arguments)` with what each <Command> of a task's XML holds, and the <Arguments> of the same
// <Exec>, in their order.
template <typename Found>
void for_each_task_command(std::string_view xml, Found&& found) {
  constexpr std::string_view kCommand = "<Command>";
  constexpr std::string_view kEnd = "</Exec>";
  for (std::size_t at = xml.find(kCommand); at != std::string_view::npos; at = xml.find(kCommand, at + 1)) {
    const std::string_view before = xml.substr(0, at);
    const std::size_t begin = before.rfind("<Exec");
    const std::string_view exec = begin == std::string_view::npos ? xml.substr(at, xml.find(kEnd, at) - at)
                                                                  : xml.substr(begin, xml.find(kEnd, at) - begin);
    found(content_of(xml.substr(at), "Command"), content_of(exec, "Arguments"));
  }
}

}  // namespace holdfast::engine
