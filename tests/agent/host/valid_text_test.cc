#include "agent/host/valid_text.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/schema/input.pb.h"

namespace holdfast {
namespace {

TEST(ValidText, PutsAReplacementCharacterForWhatIsNoUtf8AtAnyDepth) {
  v1::Input input;
  v1::Download& download = *input.mutable_operation()->mutable_download();
  download.set_path("C:\\caf\xe9.txt");
  download.set_url("http://example.net/\xC3\xA4");
  download.set_sha256(std::string(32, '\xff'));
  download.add_member()->set_name("\xED\xA0\x80");
  EXPECT_TRUE(make_text_valid(input));
  EXPECT_EQ(download.path(), "C:\\caf\xEF\xBF\xBD.txt");
  EXPECT_EQ(download.url(), "http://example.net/\xC3\xA4");
  EXPECT_EQ(download.sha256(), std::string(32, '\xff')) << "bytes are no text";
  EXPECT_NE(download.member(0).name(), "\xED\xA0\x80");
  std::string bytes;
  ASSERT_TRUE(input.SerializeToString(&bytes));
  v1::Input read;
  EXPECT_TRUE(read.ParseFromString(bytes)) << "which refuses text that is not UTF-8";
  EXPECT_FALSE(make_text_valid(input)) << "there is nothing left to do";
}

TEST(ValidText, LeavesAnEmptyInputEmpty) {
  v1::Input input;
  EXPECT_FALSE(make_text_valid(input));
  EXPECT_EQ(input.ByteSizeLong(), 0U);
}

}  // namespace
}  // namespace holdfast
