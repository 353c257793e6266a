// Our table of upper-case units beside that of the Windows (or Wine) the test runs on.
#include <gtest/gtest.h>
#include <windows.h>

#include <cstdint>
#include <ios>

#include "engine/path/case_folding.h"

namespace holdfast::engine {
namespace {

// Windows' table grows with its version, so older ones lack some of ours, and four units of Vista's run the other way.
// Wine lacks the final sigma alone. Anything else is a fault of the table.
TEST(CaseFolding, AgreesWithWindows) {
  using Upcase = WCHAR(NTAPI*)(WCHAR);
  const auto upcase = reinterpret_cast<Upcase>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlUpcaseUnicodeChar")));
  ASSERT_NE(upcase, nullptr);
  int missing_there = 0;
  for (std::uint32_t unit = 0; unit < 0x10000; ++unit) {
    const char16_t ours = upper_case(static_cast<char16_t>(unit));
    const auto theirs = static_cast<char16_t>(upcase(static_cast<WCHAR>(unit)));
    if (ours == theirs) continue;
    if (theirs == unit) {  // newer than this Windows
      ++missing_there;
      continue;
    }
    // U+1FCC and U+1FFC become lower case, U+023A and U+023E upper case of what is theirs, on Vista and later.
    const bool known = unit == 0x1FCC || unit == 0x1FFC || unit == 0x023A || unit == 0x023E;
    EXPECT_TRUE(known) << std::hex << "U+" << unit << ": ours U+" << static_cast<unsigned>(ours) << ", Windows U+"
                       << static_cast<unsigned>(theirs);
  }
  // Letters that Unicode gained between Vista's version (5.0) and ours: some 270.
  constexpr int kMissingMax = 300;
  EXPECT_LE(missing_there, kMissingMax);
  EXPECT_EQ(upcase(0x131), 0x131);
  EXPECT_EQ(upcase(L'a'), L'A');
}

}  // namespace
}  // namespace holdfast::engine
