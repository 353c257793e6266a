// Recordings of earlier builds that pin the engine: every output and every state of them is said again, byte for byte.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/replay/verification.h"

namespace holdfast {
namespace {

std::vector<std::string> recordings() {
  std::vector<std::string> found;
  for (const auto& file : std::filesystem::directory_iterator(HOLDFAST_SOURCE_DIR "/fixtures/recordings/engine")) {
    if (file.path().extension() == ".hfr") found.push_back(file.path().string());
  }
  std::ranges::sort(found);
  return found;
}

TEST(PinnedRecordings, AreSaidAgainByteForByte) {
  const auto all = recordings();
  ASSERT_GE(all.size(), 19U);
  for (const std::string& path : all) {
    const auto verified = verify_recording(path, false);
    ASSERT_TRUE(verified) << verified.error().text();
    EXPECT_TRUE(verified->good()) << "holdfast verify " << path;
    EXPECT_EQ(verified->fidelity.equal(), verified->fidelity.compared()) << path;
    EXPECT_GE(verified->fidelity.states, 2U) << path << " has states in its midst";
  }
}

}  // namespace
}  // namespace holdfast
