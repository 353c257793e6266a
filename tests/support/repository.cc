#include "tests/support/repository.h"

namespace holdfast {

std::string in_repository(const std::string& path) { return HOLDFAST_SOURCE_DIR "/" + path; }

}  // namespace holdfast
