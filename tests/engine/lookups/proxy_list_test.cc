#include "engine/lookups/proxy_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ProxyList, IsWhatAScriptReturns) {
  EXPECT_THAT(ways_of_proxy_list("PROXY proxy.example:3128; DIRECT"), ElementsAre("proxy.example:3128", ""));
  EXPECT_THAT(ways_of_proxy_list("DIRECT"), ElementsAre(""));
  EXPECT_THAT(ways_of_proxy_list(" proxy\tone:80 ;HTTP two:81;;direct; "), ElementsAre("one:80", "two:81", ""));
  EXPECT_THAT(ways_of_proxy_list("PROXY one"), ElementsAre("one:80"));
  EXPECT_THAT(ways_of_proxy_list("PROXY [2001:db8::1]:3128; PROXY 192.0.2.1:80"),
              ElementsAre("[2001:db8::1]:3128", "192.0.2.1:80"));
}

TEST(ProxyList, IsWhatWindowsTellsOfSeveral) {
  EXPECT_THAT(ways_of_proxy_list("one:80;two:8080"), ElementsAre("one:80", "two:8080"));
}

TEST(ProxyList, LeavesOutWhatNobodyHereSpeaks) {
  EXPECT_THAT(ways_of_proxy_list("SOCKS5 one:1080; PROXY two:80; HTTPS three:443"), ElementsAre("two:80"));
  for (const char* told : {"SOCKS one:1080; HTTPS two:443", "PROXY ; PROXY", "PROXY a b", "PROXY one:0", "PROXY one:x",
                           "PROXY user@one:80", "https=one:443;", "PROXY one:", ";", " "}) {
    EXPECT_THAT(ways_of_proxy_list(told), IsEmpty()) << told;
  }
}

TEST(ProxyList, HasAnEnd) {
  std::string told;
  for (int i = 0; i < 1'000; ++i) told += "PROXY one:80;";
  EXPECT_EQ(ways_of_proxy_list(told).size(), 16U);
}

TEST(ProxyList, IsToldFromOneHost) {
  for (const char* told : {"PROXY one:80", "one:80;two:80", "DIRECT", "direct", "SOCKS one:80"}) {
    EXPECT_TRUE(is_proxy_list(told)) << told;
  }
  for (const char* told : {"", "one:80", "[::1]:80", "direct:80"}) EXPECT_FALSE(is_proxy_list(told)) << told;
}

TEST(ProxyList, MayBeOneProxy) {
  for (const char* told : {"one:80", "one", "http://one:80", "HTTP://one", " one:80 "}) {
    EXPECT_THAT(ways_of_proxy_list(told), ElementsAre("one:80")) << told;
  }
  EXPECT_THAT(ways_of_proxy_list("[::1]:3128"), ElementsAre("[::1]:3128"));
  for (const char* told :
       {"", "null", "http=one:80", "http=one:80;https=two:80", "https://one:80", "http://", "one:x"}) {
    EXPECT_THAT(ways_of_proxy_list(told), IsEmpty()) << told;
  }
}

}  // namespace
}  // namespace holdfast::engine
