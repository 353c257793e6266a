// Names that only this test program knows: it stands in for the system's resolver, so that no name server is asked.
// Where it cannot (Windows, whose resolver is linked otherwise), kNamesAreOurs is false and tests of names are skipped.
//
//   ipv4.test, ipv6.test, both.test   the loopback addresses of that family, or of both
//   unanswered.test                   the name server is silent while a SilentNameServer lives
//   anything else                     unknown; numbers are taken as they are
#pragma once

namespace holdfast {

#ifdef _WIN32
inline constexpr bool kNamesAreOurs = false;
#else
inline constexpr bool kNamesAreOurs = true;
#endif

// While it lives, unanswered.test hangs; its end lets all who wait go on.
class SilentNameServer {
 public:
  SilentNameServer();
  ~SilentNameServer();
  SilentNameServer(const SilentNameServer&) = delete;
  SilentNameServer& operator=(const SilentNameServer&) = delete;
};

}  // namespace holdfast
