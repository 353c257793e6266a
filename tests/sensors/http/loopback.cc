#include "tests/sensors/http/loopback.h"

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

#include <array>
#include <cstring>
#include <utility>

namespace holdfast {
namespace {

#ifdef _WIN32
using Handle = SOCKET;
using Size = int;  // of what is sent
constexpr int kSendFlags = 0;

void start_sockets() {
  static const int kStarted = [] {
    WSADATA data;
    return WSAStartup(MAKEWORD(2, 2), &data);
  }();
  static_cast<void>(kStarted);
}
void close_handle(Handle handle) { closesocket(handle); }
void never_wait(Handle handle) {
  u_long yes = 1;
  ioctlsocket(handle, FIONBIO, &yes);
}
int wait_for(pollfd* what, int wait_ms) { return WSAPoll(what, 1, wait_ms); }
#else
using Handle = int;
using Size = std::size_t;
constexpr int kSendFlags = MSG_NOSIGNAL;

void start_sockets() {}
void close_handle(Handle handle) { ::close(handle); }
void never_wait(Handle handle) { fcntl(handle, F_SETFL, O_NONBLOCK); }
int wait_for(pollfd* what, int wait_ms) { return ::poll(what, 1, wait_ms); }
#endif

Handle native(std::intptr_t handle) { return static_cast<Handle>(handle); }

sockaddr_in ipv4_loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

sockaddr_in6 ipv6_loopback() {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  return address;
}

template <typename Address>
bool bind_to(Handle handle, const Address& address) {
  return bind(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace

std::optional<Loopback> Loopback::listen(Family family, int backlog) {
  start_sockets();
  const bool ipv4 = family == Family::kIPv4;
  Loopback made(static_cast<std::intptr_t>(socket(ipv4 ? AF_INET : AF_INET6, SOCK_STREAM, 0)));
  if (made.handle_ == kNone) return std::nullopt;
  const Handle handle = native(made.handle_);
  const bool bound = ipv4 ? bind_to(handle, ipv4_loopback(0)) : bind_to(handle, ipv6_loopback());
  if (!bound || ::listen(handle, backlog) != 0) return std::nullopt;
  return made;
}

Loopback Loopback::connecting(std::uint16_t port) {
  start_sockets();
  Loopback made(static_cast<std::intptr_t>(socket(AF_INET, SOCK_STREAM, 0)));
  never_wait(native(made.handle_));
  const sockaddr_in address = ipv4_loopback(port);
  static_cast<void>(connect(native(made.handle_), reinterpret_cast<const sockaddr*>(&address), sizeof address));
  return made;
}

Loopback::Loopback(Loopback&& other) noexcept : handle_(std::exchange(other.handle_, kNone)) {}

Loopback& Loopback::operator=(Loopback&& other) noexcept {
  if (this != &other) {
    close();
    handle_ = std::exchange(other.handle_, kNone);
  }
  return *this;
}

std::uint16_t Loopback::port() const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(native(handle_), reinterpret_cast<sockaddr*>(&address), &size);
  std::uint16_t number = 0;  // at the same place in both families
  std::memcpy(&number, reinterpret_cast<const char*>(&address) + offsetof(sockaddr_in, sin_port), sizeof number);
  return ntohs(number);
}

bool Loopback::readable(int wait_ms) const {
  pollfd what{};
  what.fd = native(handle_);
  what.events = POLLIN;
  return wait_for(&what, wait_ms) > 0;
}

std::optional<Loopback> Loopback::accept(int wait_ms) const {
  if (!readable(wait_ms)) return std::nullopt;
  Loopback taken(static_cast<std::intptr_t>(::accept(native(handle_), nullptr, nullptr)));
  if (taken.handle_ == kNone) return std::nullopt;
  return taken;
}

std::string Loopback::receive() const {
  std::array<char, 16'384> bytes{};
  const auto size = recv(native(handle_), bytes.data(), bytes.size(), 0);
  return size > 0 ? std::string(bytes.data(), static_cast<std::size_t>(size)) : std::string();
}

bool Loopback::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const std::size_t part = bytes.size() < 65'536 ? bytes.size() : 65'536;
    const auto sent = ::send(native(handle_), bytes.data(), static_cast<Size>(part), kSendFlags);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Loopback::close() {
  if (handle_ != kNone) close_handle(native(std::exchange(handle_, kNone)));
}

void Loopback::reset() {
  if (handle_ == kNone) return;
  linger at_once{};
  at_once.l_onoff = 1;
  setsockopt(native(handle_), SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&at_once), sizeof at_once);
  close();
}

}  // namespace holdfast
