#include "sensors/late_library.h"

#include <curl/curl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace holdfast {
namespace {

HOLDFAST_LATE(curl_version);

TEST(LateLibrary, IsThereWithItsFirstCall) {
  EXPECT_TRUE(HOLDFAST_LOAD_LATE());
  EXPECT_THAT(std::string(curl_version()), testing::StartsWith("libcurl/"));
}

#ifdef HOLDFAST_LATE_LIBRARY
TEST(LateLibrary, IsTheOneOfTheSystemThatTheBuildFound) {
  EXPECT_THAT(std::string(HOLDFAST_LATE_LIBRARY), testing::StartsWith("libcurl.so."));
}

TEST(LateLibrary, ThatTheSystemLacksIsNamed) {
  const Expected<void> loaded = load_library("libnothing-of-the-kind.so.1");
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().text(), testing::HasSubstr("libnothing-of-the-kind.so.1"));
}
#endif

}  // namespace
}  // namespace holdfast
