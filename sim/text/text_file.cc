#include "sim/text/text_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "engine/text/utf8.h"
#include "sensors/native_path.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

}  // namespace

std::string portable_path(const std::string& path) { return portable_path_of(native_path_of(path)); }

bool is_same_file(const std::string& one, const std::string& other) {
  std::error_code failed;
  return fs::equivalent(native_path_of(one), native_path_of(other), failed);
}

bool is_file_of_folder(const std::string& file, const std::string& folder) {
  std::error_code failed;
  const fs::path inner = fs::canonical(native_path_of(file), failed);
  if (failed || !fs::is_regular_file(inner, failed)) return false;
  const fs::path outer = fs::canonical(native_path_of(folder), failed);
  return !failed && fs::is_directory(outer, failed) && std::ranges::mismatch(outer, inner).in1 == outer.end();
}

bool is_folder(const std::string& path) {
  std::error_code failed;
  return fs::is_directory(native_path_of(path), failed);
}

Expected<std::string> read_text_file(const std::string& path, std::size_t bytes_max) {
  std::error_code failed;
  const fs::path file = native_path_of(path);
  const fs::file_status status = fs::status(file, failed);
  if (!fs::exists(status)) return failure(path, "there is no such file");
  if (fs::is_directory(status)) return failure(path, "this is a folder, not a file");
  // A pipe whose other end nobody holds would be waited for, for ever.
  if (!fs::is_regular_file(status)) return failure(path, "is not a regular file", "save it to a file first");
  std::ifstream in(file, std::ios::binary);
  if (!in) return failure(path, "the file cannot be opened", "check its permissions");
  // Read instead of asked for its size: files of the system have none.
  std::string text;
  constexpr std::size_t kBlock = std::size_t{64} * 1024;
  while (in && text.size() <= bytes_max) {
    const std::size_t before = text.size();
    text.resize(before + kBlock);
    in.read(text.data() + before, static_cast<std::streamsize>(kBlock));
    text.resize(before + static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) return failure(path, "the file cannot be read to its end");
  if (text.size() > bytes_max) return failure(path, fmt::format("the file is larger than {} bytes", bytes_max));
  return text;
}

Expected<void> replace_text_file(const std::string& path, std::string_view text) {
  const fs::path target = native_path_of(path);
  const fs::path partial = native_path_of(path + ".partial");
  std::error_code failed;
  // A file would take the place of a device or a pipe, for everybody.
  const fs::file_status there = fs::status(target, failed);
  if (fs::exists(there) && !fs::is_regular_file(there)) {
    return failure(path, fs::is_directory(there) ? "is a folder, not a file" : "is not a regular file", "name a file");
  }
  {
    std::ofstream out(partial, std::ios::binary | std::ios::trunc);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.flush();
    if (!out) {
      out.close();
      fs::remove(partial, failed);
      return failure(path, "the new content cannot be written",
                     "check permissions and free space; the file is as it was");
    }
  }
  fs::rename(partial, target, failed);
  if (failed) {
    const std::string reason = failed.message();
    fs::remove(partial, failed);
    return failure(path, "the new content cannot take the file's place: " + reason);
  }
  return {};
}

Expected<std::vector<std::string>> find_text_files(const std::string& path, std::string_view suffix,
                                                   std::size_t files_max) {
  std::error_code failed;
  const fs::path root = native_path_of(path);
  if (!fs::exists(root, failed)) return failure(path, "there is no such file or folder");
  std::vector<std::string> found;
  if (!fs::is_directory(root, failed)) {
    found.push_back(path);
    return found;
  }
  fs::recursive_directory_iterator walk(root, failed);
  if (failed) return failure(path, "the folder cannot be read: " + failed.message());
  for (; walk != fs::recursive_directory_iterator(); walk.increment(failed)) {
    if (failed) return failure(path, "a folder below cannot be read: " + failed.message());
    std::error_code unknown;
    const bool folder = walk->is_directory(unknown);
    std::string name = portable_path_of(walk->path());
    if (folder || !name.ends_with(suffix)) continue;
    if (found.size() == files_max) return failure(path, fmt::format("there are more than {} files below", files_max));
    found.push_back(std::move(name));
  }
  if (failed) return failure(path, "a folder below cannot be read: " + failed.message());
  std::sort(found.begin(), found.end());
  return found;
}

int first_line_not_utf8(std::string_view text) {
  int line = 1;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if (!point.valid) return line;
    if (point.value == U'\n') ++line;
    at += point.bytes;
  }
  return 0;
}

}  // namespace holdfast
