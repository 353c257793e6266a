#include "sensors/import/event_folder.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "sensors/native_path.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

// On Windows the library gives one for every file.
constexpr bool kCountsLinks = fs::path::preferred_separator == '/';

class FolderWalk {
 public:
  FolderWalk(FolderFiles& found, std::size_t files_max) : found_(found), files_max_(files_max) {}

  Expected<void> walk(const std::string& folder) {
    waiting_.push_back(folder);
    while (!waiting_.empty()) {
      const std::string path = std::move(waiting_.back());
      waiting_.pop_back();
      std::error_code failed;
      fs::directory_iterator entries(native_path_of(path), failed);
      for (; !failed && entries != fs::directory_iterator(); entries.increment(failed)) {
        if (++entries_ > files_max_) {
          return failure(folder, "holds more than " + std::to_string(files_max_) + " files and folders",
                         "name those that hold event logs");
        }
        add(path, *entries);
      }
      if (failed && path == folder) return failure(path, "cannot be read: " + failed.message());
      if (failed) found_.left_out.push_back({path, "cannot be read: " + failed.message()});
    }
    return {};
  }

 private:
  void add(const std::string& folder, const fs::directory_entry& entry) {
    std::string path;
    try {
      path = portable_path_of(entry.path());
    } catch (const std::system_error&) {  // a name of half characters, as Windows allows
      found_.left_out.push_back({folder, "holds a file whose name is no text"});
      return;
    }
    std::error_code failed;
    const bool link = fs::is_symlink(entry.symlink_status(failed));
    const fs::file_status status = entry.status(failed);
    if (link && status.type() == fs::file_type::directory) {
      found_.left_out.push_back({path, "is a link to a folder, which is not followed"});
    } else if (status.type() == fs::file_type::directory) {
      waiting_.push_back(path);
    } else if (status.type() == fs::file_type::regular) {
      found_.files.push_back(path);
    } else if (status.type() == fs::file_type::not_found) {
      found_.left_out.push_back({path, "is a link that leads nowhere"});
    } else if (status.type() == fs::file_type::none || failed) {
      found_.left_out.push_back({path, "cannot be read: " + failed.message()});
    } else {
      ++found_.unused;
    }
  }

  FolderFiles& found_;
  std::size_t files_max_;
  std::size_t entries_ = 0;
  std::vector<std::string> waiting_;
};

}  // namespace

Expected<FolderFiles> files_of_folder(const std::string& path, std::size_t files_max) {
  FolderFiles found;
  HOLDFAST_TRY_DO(FolderWalk(found, files_max).walk(path));
  return found;
}

bool is_event_folder(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(native_path_of(path), ignored);
}

std::string plain_path(const std::string& path) { return portable_path_of(native_path_of(path).lexically_normal()); }

std::string OwnNames::of(const std::string& path, std::uint64_t size) {
  std::error_code failed;
  const fs::path real = fs::canonical(native_path_of(path), failed);
  if (failed) return plain_path(path);  // reading it will tell
  std::string name = portable_path_of(real);
  if (kCountsLinks && fs::hard_link_count(real, failed) < 2) return name;
  const std::int64_t changed = fs::last_write_time(real, failed).time_since_epoch().count();
  if (failed) return name;
  std::vector<std::string>& others = alike_[{size, changed}];
  for (const std::string& other : others) {
    if (fs::equivalent(native_path_of(other), real, failed)) return other;
  }
  others.push_back(name);
  return name;
}

}  // namespace holdfast
