// Recordings of earlier builds that pin the engine: every output and every state of them is said again, byte for byte.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "sim/replay/verification.h"
#include "tests/support/repository.h"

namespace holdfast {
namespace {

std::vector<std::string> recordings() {
  std::vector<std::string> found;
  for (const auto& file : std::filesystem::directory_iterator(in_repository("fixtures/recordings/engine"))) {
    if (file.path().extension() == ".hfr") found.push_back(file.path().string());
  }
  std::ranges::sort(found);
  return found;
}

// A state that the earlier build saved otherwise, since a fault of it was mended.
struct Owed {
  std::string_view file;
  std::array<std::string_view, 2> fields;
  std::string_view reason;
};
constexpr Owed kOwed[] = {
    {"several-operations-one-prompt.hfr",
     {"prompt[0].pending[1].ends_at_ns", "prompt[0].pending[2].ends_at_ns"},
     "who joins a prompt has its own bound"},
};

const Owed* owed_of(const std::string& path) {
  const auto* const row = std::ranges::find_if(kOwed, [&](const Owed& owed) { return path.ends_with(owed.file); });
  return row == std::end(kOwed) ? nullptr : row;
}

TEST(PinnedRecordings, AreSaidAgainByteForByte) {
  const auto all = recordings();
  ASSERT_GE(all.size(), 19U);
  for (const std::string& path : all) {
    const auto verified = verify_recording(path, false);
    ASSERT_TRUE(verified) << verified.error().text();
    if (const Owed* owed = owed_of(path)) {
      ASSERT_TRUE(verified->first) << path << " differs no more: " << owed->reason;
      EXPECT_EQ(verified->fidelity.equal() + 1, verified->fidelity.compared()) << path;
      EXPECT_TRUE(std::ranges::equal(verified->first->fields, owed->fields)) << path;
    } else {
      EXPECT_TRUE(verified->good()) << "holdfast verify " << path;
      EXPECT_EQ(verified->fidelity.equal(), verified->fidelity.compared()) << path;
    }
    EXPECT_GE(verified->fidelity.states, 2U) << path << " has states in its midst";
  }
}

}  // namespace
}  // namespace holdfast
