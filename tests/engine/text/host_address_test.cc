#include "engine/text/host_address.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/random.h"

namespace holdfast {
namespace {

TEST(HostAddress, IsWrittenInManyWays) {
  const auto address = address_of_host("192.168.0.1");
  ASSERT_TRUE(address);
  EXPECT_FALSE(address->ipv6);
  for (const char* spelling : {"192.168.1", "192.11010049", "3232235521", "0xc0a80001", "0XC0.0xA8.0.0x1",
                               "0300.0250.0.01", "192.0xa80001", "192.168.0x1"}) {
    EXPECT_EQ(address_of_host(spelling), address) << spelling;
  }
  const auto six = address_of_host("[2001:db8::1]");
  ASSERT_TRUE(six);
  EXPECT_TRUE(six->ipv6);
  for (const char* spelling : {"2001:db8::1", "[2001:0DB8:0:0:0:0:0:1]", "[2001:db8::0.0.0.1]", "[2001:db8::1%eth0]",
                               "[2001:db8:0:0:0:0:0.0.0.1]"}) {
    EXPECT_EQ(address_of_host(spelling), six) << spelling;
  }
  EXPECT_TRUE(address_of_host("[::]"));
  EXPECT_TRUE(address_of_host("[1:2:3:4:5:6:7::]"));
}

TEST(HostAddress, IsNoName) {
  for (const char* name : {"",
                           "csss.example",
                           "localhost",
                           "1.2.3.4.5",
                           "256.1.1.1",
                           "1.2.3.256",
                           "1..2",
                           "1.2.3.4.",
                           ".1",
                           "08.1.1.1",
                           "0x",
                           "0xg",
                           "4294967296",
                           "1.16777216",
                           "-1",
                           "+1",
                           " 1",
                           "1.2.3.4a",
                           "[]",
                           "[1.2.3.4]",
                           "[1:2:3:4:5:6:7]",
                           "[1:2:3:4:5:6:7:8:9]",
                           "[1::2::3]",
                           "[:1]",
                           "[1:]",
                           "[12345::]",
                           "[g::]",
                           "[1:2:3:4:5:6:7:8::]",
                           "[1:2:3:4:5:6:7:1.2.3.4]",
                           "[1.2.3.4::]",
                           "[::1.2.3.4:5]",
                           "[::1"}) {
    EXPECT_FALSE(address_of_host(name)) << name;
  }
}

TEST(HostAddress, SaysOverWhatItsPacketsGo) {
  EXPECT_TRUE(address_of_host("10.0.0.1")->over_ipv4());
  EXPECT_TRUE(address_of_host("[::ffff:10.0.0.1]")->over_ipv4());
  EXPECT_TRUE(address_of_host("[::ffff:10.0.0.1]")->ipv6);
  EXPECT_FALSE(address_of_host("[2001:db8::1]")->over_ipv4());
  EXPECT_FALSE(address_of_host("[::10.0.0.1]")->over_ipv4());
}

TEST(LoopbackHost, IsThisMachineInEverySpelling) {
  for (const char* host : {"127.0.0.1",
                           "127.255.255.254",
                           "127.1",
                           "2130706433",
                           "0x7f000001",
                           "0x7F.1",
                           "017700000001",
                           "0177.0.0.1",
                           "[::1]",
                           "::1",
                           "[0:0:0:0:0:0:0:1]",
                           "[::0001]",
                           "[::ffff:127.0.0.1]",
                           "[::ffff:7f00:1]",
                           "[::ffff:7f12:3456]",
                           "[::0.0.0.1]",
                           "localhost",
                           "LocalHost",
                           "localhost.",
                           "service.localhost",
                           "service.LOCALHOST."}) {
    EXPECT_TRUE(is_loopback_host(host)) << host;
  }
}

TEST(LoopbackHost, IsNothingThatOnlyLooksLikeIt) {
  for (const char* host : {"", ".", "128.0.0.1", "126.1", "2147483648", "127.0.0.1.evil.example", "localhost.example",
                           "notlocalhost", "localhost..", "[::2]", "[::1:1]", "[1::1]", "[::127.0.0.1]",
                           "[::ffff:128.0.0.1]", "0.0.0.0", "[::]", "csss.example"}) {
    EXPECT_FALSE(is_loopback_host(host)) << host;
  }
}

TEST(HostAddress, StandsInUrlsAndBeforePorts) {
  EXPECT_EQ(host_of_url("https://csss.example"), "csss.example");
  EXPECT_EQ(host_of_url("https://csss.example:8443/a:b/c"), "csss.example");
  EXPECT_EQ(host_of_url("http://[2001:db8::1]:80/x"), "[2001:db8::1]");
  EXPECT_EQ(host_of_url("http://[::1]"), "[::1]");
  EXPECT_EQ(host_of_authority("proxy.example:3128"), "proxy.example");
  EXPECT_EQ(host_of_authority("[::1]:3128"), "[::1]");
  EXPECT_EQ(host_of_authority("proxy"), "proxy");
  EXPECT_EQ(host_of_authority(""), "");
}

// Written by a plain hand in a random way, read back.
TEST(HostAddress, ReadsWhatAnyoneWrites) {
  Random random(77);
  const auto number = [&](std::uint32_t value) {
    constexpr const char* kDigits = "0123456789abcdef";
    const std::uint32_t base = random.below(3) == 0 ? 8 : random.below(2) == 0 ? 10 : 16;
    std::string digits;
    for (std::uint32_t left = value; left != 0 || digits.empty(); left /= base) {
      digits.insert(digits.begin(), kDigits[left % base]);
    }
    return (base == 8 ? "0" : base == 16 ? "0x" : "") + digits;
  };
  for (int i = 0; i < 20'000; ++i) {
    const auto value = static_cast<std::uint32_t>(random.below(std::uint64_t{1} << 32U));
    const std::uint64_t parts = 1 + random.below(4);
    std::string text;
    std::uint32_t left = value;
    for (std::uint64_t part = 1; part < parts; ++part) {
      text += number(left >> 24U) + '.';
      left <<= 8U;
    }
    text += number(left >> (8 * (parts - 1)));
    HostAddress expected;
    expected.bytes[10] = expected.bytes[11] = 0xff;
    for (std::size_t byte = 0; byte < 4; ++byte) {
      expected.bytes[12 + byte] = static_cast<std::uint8_t>(value >> (24 - 8 * byte));
    }
    ASSERT_EQ(address_of_host(text), expected) << text;
  }
}

}  // namespace
}  // namespace holdfast
