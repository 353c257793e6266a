#include "sensors/http/media_type.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(MediaType, IsLowerCaseAndWithoutParameters) {
  EXPECT_EQ(media_type("application/json"), "application/json");
  EXPECT_EQ(media_type("Application/JSON; charset=utf-8"), "application/json");
  EXPECT_EQ(media_type(" \ttext/html\t ;charset=utf-8"), "text/html");
  EXPECT_EQ(media_type("application/problem+json"), "application/problem+json");
}

TEST(MediaType, IsEmptyWhereItIsNone) {
  EXPECT_EQ(media_type(""), "");
  EXPECT_EQ(media_type(";"), "");
  EXPECT_EQ(media_type("json"), "");
  EXPECT_EQ(media_type("/json"), "");
  EXPECT_EQ(media_type("application/"), "");
  EXPECT_EQ(media_type("a/b/c"), "");
  EXPECT_EQ(media_type("application / json"), "");
  EXPECT_EQ(media_type("text/html, application/json"), "") << "two headers folded into one";
}

// What stands in an outcome is text; a header may hold any byte.
TEST(MediaType, TakesNoBytesThatAreNoText) {
  EXPECT_EQ(media_type("application/\xff\xfe"), "");
  EXPECT_EQ(media_type(std::string_view("application/j\0son", 17)), "");
  EXPECT_EQ(media_type("application/j\x01son"), "");
}

TEST(MediaType, IsBounded) {
  EXPECT_EQ(media_type("a/" + std::string(253, 'b')).size(), 255U);
  EXPECT_EQ(media_type("a/" + std::string(254, 'b')), "");
}

}  // namespace
}  // namespace holdfast
