// Plain TCP on the loopback interface for tests, the same on Linux and Windows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

// One end of a connection, or a port that listens. Closed with it. Waits are bounded; a peer that is gone is the end of
// the stream.
class Loopback {
 public:
  enum class Family : std::uint8_t { kIPv4, kIPv6 };

  Loopback() = default;
  // A free port. Nothing where the machine lacks the family.
  static std::optional<Loopback> listen(Family family = Family::kIPv4, int backlog = 16);
  // Begins to connect to the IPv4 `port` and does not wait for it.
  static Loopback connecting(std::uint16_t port);

  Loopback(Loopback&& other) noexcept;
  Loopback& operator=(Loopback&& other) noexcept;
  ~Loopback() { close(); }

  std::uint16_t port() const;
  std::intptr_t handle() const { return handle_; }

  // Nothing within `wait_ms`.
  std::optional<Loopback> accept(int wait_ms) const;
  // True when there is something to read, or the end, within `wait_ms`.
  bool readable(int wait_ms) const;
  // What there is, at most 16 kB; empty at the end.
  std::string receive() const;
  // False when the peer is gone.
  bool send(std::string_view bytes) const;
  void close();
  // Closes with a reset instead of an orderly end.
  void reset();

 private:
  static constexpr std::intptr_t kNone = -1;
  explicit Loopback(std::intptr_t handle) : handle_(handle) {}
  std::intptr_t handle_ = kNone;
};

}  // namespace holdfast
