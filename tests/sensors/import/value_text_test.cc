#include "sensors/import/value_text.h"

#include <gtest/gtest.h>

#include <string>

namespace holdfast {
namespace {

TEST(Numbers, AreDecimalOrHexadecimalAndFitIn64Bits) {
  EXPECT_EQ(parse_number("4711"), 4711U);
  EXPECT_EQ(parse_number("0x1B0"), 0x1B0U);
  EXPECT_EQ(parse_number("18446744073709551615"), 18'446'744'073'709'551'615U);
  EXPECT_EQ(parse_number("0xffffffffffffffff"), 18'446'744'073'709'551'615U);
  for (const char* bad :
       {"", "-1", "1.5", "0x", "12a", "18446744073709551616", "0x10000000000000000", " 1", "99999999999999999999999"}) {
    EXPECT_FALSE(parse_number(bad)) << bad;
  }
}

TEST(ProcessGuids, HoldTheSecondsOfTheStart) {
  const auto start = start_of_process_guid("{d273d0f0-8065-5f67-ca06-000000000800}");
  ASSERT_TRUE(start);
  EXPECT_EQ(*start / 1'000'000'000, 0x5f678065U);
  EXPECT_LT(*start % 1'000'000'000, 1U << 29);
  EXPECT_EQ(start_of_process_guid("D273D0F0-8065-5F67-CA06-000000000800"), start);
}

TEST(ProcessGuids, DifferForComputersAndForProcessesOfOneSecond) {
  const auto start = start_of_process_guid("{d273d0f0-8065-5f67-ca06-000000000800}");
  EXPECT_NE(start_of_process_guid("{d273d0f1-8065-5f67-ca06-000000000800}"), start);
  EXPECT_NE(start_of_process_guid("{d273d0f0-8065-5f67-cb06-000000000800}"), start);
  EXPECT_NE(start_of_process_guid("{d273d0f0-8065-5f67-ca06-000000000900}"), start);
}

// A recording's keys must never change: the fingerprint is part of the format.
TEST(ProcessGuids, KeepTheirFingerprint) {
  EXPECT_EQ(start_of_process_guid("{d273d0f0-8065-5f67-ca06-000000000800}"), 1'600'618'597'248'753'229U);
}

TEST(ProcessGuids, OfNothingAreZeroAndOthersAreNone) {
  EXPECT_EQ(start_of_process_guid("{00000000-0000-0000-0000-000000000000}"), 0U);
  for (const char* bad : {"", "{}", "x", "{d273d0f0-8065-5f67-ca06-00000000080}",
                          "{d273d0f0-8065-5f67-ca06-00000000080g}", "d273d0f0_8065-5f67-ca06-000000000800"}) {
    EXPECT_FALSE(start_of_process_guid(bad)) << bad;
  }
}

TEST(Hashes, GiveTheSha256) {
  const std::string digits = "912D217D9F34121BC6150A2D7F22B49D2C876942653348C671F358FF58AF0EBA";
  const std::string bytes =
      sha256_of_hashes("SHA1=74F28DD9B0DA310D85F1931DB2749A26A9A8AB02,MD5=AD99,SHA256=" + digits + ",IMPHASH=00")
          .value_or("");
  ASSERT_EQ(bytes.size(), 32U);
  EXPECT_EQ(static_cast<unsigned char>(bytes[0]), 0x91);
  EXPECT_EQ(static_cast<unsigned char>(bytes[31]), 0xBA);
  EXPECT_EQ(sha256_of_hashes("SHA256=" + std::string(64, '0')), "") << "Sysmon could not read the file";
}

TEST(Hashes, AreKnownInTheSpellingsOfCollectors) {
  const std::string sha256(64, 'a');
  const std::string bytes(32, '\xAA');
  const std::string md5 = "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";
  const std::string sha1 = "0123456789012345678901234567890123456789";
  for (const std::string& hashes :
       {"sha256=" + sha256, "md5=" + md5 + ",sha256=" + sha256, sha256, "SHA256: " + sha256,
        "Sha-256:" + sha256 + "; MD5:" + md5, "MD5=" + md5 + " SHA256=" + sha256, md5 + "," + sha1 + "," + sha256,
        "SHA512=" + sha256 + sha256 + ",SHA256=" + sha256}) {
    EXPECT_EQ(sha256_of_hashes(hashes), bytes) << hashes;
  }
  for (const std::string& hashes : {"MD5=" + md5, "sha1: " + sha1, md5, "IMPHASH=" + md5 + ",SHA1=" + sha1,
                                    std::string("Unknown"), std::string("SHA256=")}) {
    EXPECT_EQ(sha256_of_hashes(hashes), "") << hashes << " tells no SHA-256";
  }
  for (const std::string& hashes : {std::string("MD5=AD99"), std::string("SHA256=12"), "SHA256=" + std::string(64, 'x'),
                                    "SHA256=" + md5, "MD5=" + sha256, "md6=" + md5 + md5 + md5, std::string("x")}) {
    EXPECT_FALSE(sha256_of_hashes(hashes).has_value()) << hashes << " is not understood";
  }
}

TEST(Numbers, OfWindowsWordsMeanTheWords) {
  EXPECT_EQ(parse_registry_type("REG_DWORD"), parse_registry_type("%%1876"));
  EXPECT_EQ(parse_registry_type("REG_QWORD"), v1::REGISTRY_TYPE_QWORD);
  EXPECT_EQ(parse_integrity(R"(Mandatory Label\High Mandatory Level)"), v1::INTEGRITY_LEVEL_HIGH);
  EXPECT_EQ(parse_integrity(R"(Mandatory Label\Medium Plus Mandatory Level)"), v1::INTEGRITY_LEVEL_MEDIUM);
  EXPECT_EQ(dns_status_called("DNS_ERROR_RCODE_NAME_ERROR"), 9003U);
  EXPECT_EQ(dns_status_called("SUCCESS"), 0U);
  EXPECT_EQ(dns_status_called("WSAETIMEDOUT"), 10060U);
  EXPECT_FALSE(dns_status_called("9003").has_value());
}

TEST(Addresses, AreWrittenAsRfc5952Wants) {
  EXPECT_EQ(canonical_ip("fe80:0:0:0:e142:5666:31a1:94c3"), "fe80::e142:5666:31a1:94c3");
  EXPECT_EQ(canonical_ip("2001:DB8:0:1:0:0:0:1"), "2001:db8:0:1::1");
  EXPECT_EQ(canonical_ip("0:0:0:0:0:0:0:1"), "::1");
  EXPECT_EQ(canonical_ip("0:0:0:0:0:0:0:0"), "::");
  EXPECT_EQ(canonical_ip("::"), "::");
  EXPECT_EQ(canonical_ip("1::"), "1::");
  EXPECT_EQ(canonical_ip("2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(canonical_ip("1:0:2:0:3:0:4:0"), "1:0:2:0:3:0:4:0") << "one group is not shortened";
  EXPECT_EQ(canonical_ip("::ffff:172.18.39.5"), "172.18.39.5");
  EXPECT_EQ(canonical_ip("0:0:0:0:0:ffff:ac12:2705"), "172.18.39.5");
  EXPECT_EQ(canonical_ip("172.18.39.5"), "172.18.39.5");
  for (const char* other : {"", "-", "LOCAL", "1:2:3", ":::", "1::2::3", "1:2:3:4:5:6:7:8:9", "12345::", "fe80::1%4"})
    EXPECT_EQ(canonical_ip(other), other);
}

TEST(RegistryPaths, SplitAtTheLastBackslash) {
  const RegistryPath run = split_registry_path(R"(HKLM\Software\Run\Updater)");
  EXPECT_EQ(run.key, R"(HKLM\Software\Run)");
  EXPECT_EQ(run.value, "Updater");
  EXPECT_EQ(split_registry_path(R"(HKLM\Software\(Default))").value, "");
  EXPECT_EQ(split_registry_path(R"(HKLM\Software\(Default))").key, R"(HKLM\Software)");
  EXPECT_EQ(split_registry_path("HKLM").key, "HKLM");
}

TEST(RegistryPaths, KeepPathsAsNamesWhole) {
  const RegistryPath exclusion =
      split_registry_path(R"(HKLM\SOFTWARE\Microsoft\Windows Defender\Exclusions\Paths\C:\Users\x)");
  EXPECT_EQ(exclusion.key, R"(HKLM\SOFTWARE\Microsoft\Windows Defender\Exclusions\Paths)");
  EXPECT_EQ(exclusion.value, R"(C:\Users\x)");
}

TEST(RegistryData, IsWrittenAsTheSchemaWants) {
  struct Case {
    const char* details;
    const char* data;
    v1::RegistryType type;
  };
  constexpr Case kCases[] = {
      {"DWORD (0x00000001)", "1", v1::REGISTRY_TYPE_DWORD},
      {"DWORD (0xffffffff)", "4294967295", v1::REGISTRY_TYPE_DWORD},
      {"QWORD (0x00000001-0x00000000)", "4294967296", v1::REGISTRY_TYPE_QWORD},
      {"QWORD (0x01d68281-0x5e5a0a00)", "132436731199359488", v1::REGISTRY_TYPE_QWORD},
      {"Binary Data", "", v1::REGISTRY_TYPE_BINARY},
      {"(Empty)", "", v1::REGISTRY_TYPE_UNSPECIFIED},
      {"C:\\x.exe -a", "C:\\x.exe -a", v1::REGISTRY_TYPE_UNSPECIFIED},
      {"DWORD (12", "DWORD (12", v1::REGISTRY_TYPE_UNSPECIFIED},
      {"DWORD (", "DWORD (", v1::REGISTRY_TYPE_UNSPECIFIED},
      {"QWORD (0x1)", "QWORD (0x1)", v1::REGISTRY_TYPE_UNSPECIFIED},
  };
  for (const Case& expected : kCases) {
    v1::RegistrySet set;
    set_registry_data(expected.details, set);
    EXPECT_EQ(set.data(), expected.data) << expected.details;
    EXPECT_EQ(set.type(), expected.type) << expected.details;
  }
}

TEST(Signatures, ComeFromSysmonsTwoFields) {
  EXPECT_EQ(parse_signature_status("true", "Valid"), v1::SIGNATURE_STATUS_VALID);
  EXPECT_EQ(parse_signature_status("true", "Expired"), v1::SIGNATURE_STATUS_EXPIRED);
  EXPECT_EQ(parse_signature_status("true", "Revoked"), v1::SIGNATURE_STATUS_REVOKED);
  EXPECT_EQ(parse_signature_status("true", "errorChaining"), v1::SIGNATURE_STATUS_UNTRUSTED_ROOT);
  EXPECT_EQ(parse_signature_status("true", "something new"), v1::SIGNATURE_STATUS_INVALID);
  EXPECT_EQ(parse_signature_status("false", "Unavailable"), v1::SIGNATURE_STATUS_NONE);
  EXPECT_EQ(parse_signature_status("", ""), v1::SIGNATURE_STATUS_UNSPECIFIED);
}

TEST(IntegrityLevels, ComeAsWordsOrSids) {
  EXPECT_EQ(parse_integrity("High"), v1::INTEGRITY_LEVEL_HIGH);
  EXPECT_EQ(parse_integrity("AppContainer"), v1::INTEGRITY_LEVEL_LOW);
  EXPECT_EQ(parse_integrity("S-1-16-16384"), v1::INTEGRITY_LEVEL_SYSTEM);
  EXPECT_EQ(parse_integrity("?"), v1::INTEGRITY_LEVEL_UNSPECIFIED);
}

}  // namespace
}  // namespace holdfast
