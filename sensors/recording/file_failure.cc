#include "sensors/recording/file_failure.h"

#include <cerrno>
#include <system_error>
#include <utility>

namespace holdfast {
namespace {

std::string remedy_for(int code) {
  switch (code) {
    case ENOENT: return "check the path";
    case EACCES:
    case EPERM:
    case EROFS: return "choose a place where you may read and write, or change the permissions";
    case ENOSPC:
    case EFBIG: return "free some space or choose another disk";
    default: return "";
  }
}

}  // namespace

std::unexpected<Error> file_failure(std::string where, const std::string& action, int code) {
  return std::unexpected(Error{.where = std::move(where),
                               .field = {},
                               .what = action + ": " + std::generic_category().message(code),
                               .remedy = remedy_for(code)});
}

std::string at_offset(const std::string& path, std::uint64_t offset) {
  return path + ":offset " + std::to_string(offset);
}

}  // namespace holdfast
