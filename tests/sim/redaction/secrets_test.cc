#include "sim/redaction/secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace holdfast {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

struct SecretCase {
  std::string text;
  std::string secret;
};

TEST(Secrets, AreFoundBehindTheirSwitches) {
  const std::vector<SecretCase> cases{
      {R"(psexec \\srv -u CORP\bob -p Hunter2! cmd)", "Hunter2!"},
      {R"(New-User -Password "two words" -Force)", "two words"},
      {"tool.exe /password:abc123 /quiet", "abc123"},
      {"tool --access-token=eyJhb.G-c", "eyJhb.G-c"},
      {"tool /p:abc123", "abc123"},
      {"plink -pw abc123 host", "abc123"},
      {R"(schtasks /create /tn x /ru CORP\bob /rp abc123)", "abc123"},
      {R"(net use z: \\srv\share abc123 /user:bob)", "abc123"},
      {R"("C:\Windows\System32\net.exe" user bob abc123 /add)", "abc123"},
      {"curl -s -u bob:abc123 https://x.example/", "abc123"},
      {"https://bob:abc123@x.example/a", "abc123"},
      {"https://x.example/a?token=abc123&b=c", "abc123"},
      {R"({"secret": "abc123"})", "abc123"},
      {"Server=x;Uid=bob;Pwd=abc123;", "abc123"},
      {"powershell -nop -enc SQBFAFgAIAAoAE4AZQB3AA==", "SQBFAFgAIAAoAE4AZQB3AA=="},
      {"mysql -uroot -pabc123 -e x", "abc123"},
      {R"("C:\Program Files\7-Zip\7z.exe" a -pabc123 out.7z in)", "abc123"},
      {"rar a -hpabc123 out.rar in", "abc123"},
      {"openssl enc -aes-256-cbc -k abc123 -in x", "abc123"},
      {"ConvertTo-SecureString 'abc 123' -AsPlainText -Force", "abc 123"},
      {"curl -H 'Authorization: Bearer abc.def-123'", "abc.def-123"},
  };
  for (const SecretCase& one : cases)
    EXPECT_THAT(find_confidential(one.text).secrets, Contains(one.secret)) << one.text;
}

TEST(Secrets, AreNotWhatOnlySaysWhereTheyComeFrom) {
  for (const char* text :
       {"net use * \\\\srv\\share * /user:bob", "New-User -Password $password", "tool /password:%PW%", "mkdir -p dir",
        "server -p 8080", "mysql -P 3306 -h srv -p", "7z x -y out.7z", "tool -Password -Force",
        "C:\\Windows\\System32\\cmd.exe /c dir C:\\keys"}) {
    EXPECT_THAT(find_confidential(text).secrets, IsEmpty()) << text;
  }
}

TEST(Accounts, AreFoundBehindTheirSwitches) {
  const std::vector<SecretCase> cases{
      {R"(net use \\srv\share x /user:CORP\bob)", R"(CORP\bob)"},
      {"schtasks /create /ru bob", "bob"},
      {"net user bob abc123 /add", "bob"},
      {"<Author>CORP\\bob</Author>", "CORP\\bob"},
      {"https://bob:abc123@x.example/a", "bob"},
  };
  for (const SecretCase& one : cases)
    EXPECT_THAT(find_confidential(one.text).accounts, Contains(one.secret)) << one.text;
}

TEST(Hosts, AreFoundBehindTheirSwitches) {
  const std::vector<SecretCase> cases{
      {"wmic /node:srv01 process list", "srv01"},
      {R"(wmic /node:"srv01" os get)", "srv01"},
      {R"(sqlcmd -S srv01\x -U bob)", "srv01"},
      {"sqlcmd.exe -S tcp:srv01,1433 -s ;", "srv01"},
  };
  for (const SecretCase& one : cases) EXPECT_THAT(find_confidential(one.text).hosts, Contains(one.secret)) << one.text;
  EXPECT_THAT(find_confidential("sqlcmd -s ; -Q x").hosts, IsEmpty()) << "a small s separates columns";
}

}  // namespace
}  // namespace holdfast
