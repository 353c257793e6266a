// What a system refuses, brought about on purpose: rights that are missing, disks that are full. The superuser is
// refused nothing, so tests that run as one lay their rights down for a while.
#pragma once

#ifndef _WIN32
#define HOLDFAST_CAN_BE_REFUSED 1  // Wine enforces no permissions, and Windows has no limit of a file's size

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

namespace holdfast {

// While it lives this process is nobody, where it was the superuser.
//   const WithoutPrivileges nobody;
//   ASSERT_TRUE(nobody.holds());
class WithoutPrivileges {
 public:
  WithoutPrivileges() : holds_(geteuid() != 0 || seteuid(kNobody) == 0) {}
  ~WithoutPrivileges() {
    if (geteuid() != before_ && seteuid(before_) != 0) std::abort();
  }
  WithoutPrivileges(const WithoutPrivileges&) = delete;
  WithoutPrivileges& operator=(const WithoutPrivileges&) = delete;
  bool holds() const { return holds_; }

 private:
  static constexpr uid_t kNobody = 65534;
  uid_t before_ = geteuid();
  bool holds_;
};

// Lets no file of this process, or of one that it starts, grow beyond `bytes`, as a full disk would.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    holds_ = setrlimit(RLIMIT_FSIZE, &limit) == 0;
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  bool holds() const { return holds_; }

 private:
  rlimit before_{};
  bool holds_ = false;
};

}  // namespace holdfast

#endif  // _WIN32
