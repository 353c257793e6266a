#include "tests/sensors/http/test_names.h"

#ifdef _WIN32

namespace holdfast {
SilentNameServer::SilentNameServer() = default;
SilentNameServer::~SilentNameServer() = default;
}  // namespace holdfast

#else

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>

namespace holdfast {
namespace {

// Never destroyed: a look-up that its attempt no longer waits for may outlive main().
struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool silent = false;
  int waiting = 0;
};
Gate& gate() {
  static Gate& the_gate = *new Gate;
  return the_gate;
}

void wait_for_an_answer() {
  std::unique_lock lock(gate().mutex);
  ++gate().waiting;
  gate().changed.wait(lock, [] { return !gate().silent; });
  --gate().waiting;
  gate().changed.notify_all();
}

addrinfo* entry(int family, const void* address, std::size_t size) {
  auto* made = static_cast<addrinfo*>(std::calloc(1, sizeof(addrinfo) + sizeof(sockaddr_storage)));
  made->ai_family = family;
  made->ai_socktype = SOCK_STREAM;
  made->ai_protocol = IPPROTO_TCP;
  made->ai_addrlen = static_cast<socklen_t>(size);
  made->ai_addr = reinterpret_cast<sockaddr*>(made + 1);
  std::memcpy(made->ai_addr, address, size);
  return made;
}

addrinfo* ipv4_entry(in_addr address, std::uint16_t port) {
  sockaddr_in full{};
  full.sin_family = AF_INET;
  full.sin_addr = address;
  full.sin_port = htons(port);
  return entry(AF_INET, &full, sizeof full);
}

addrinfo* ipv6_entry(in6_addr address, std::uint16_t port) {
  sockaddr_in6 full{};
  full.sin6_family = AF_INET6;
  full.sin6_addr = address;
  full.sin6_port = htons(port);
  return entry(AF_INET6, &full, sizeof full);
}

addrinfo* addresses_of(std::string_view name, int family, std::uint16_t port) {
  const std::string text(name);
  in_addr ipv4{};
  in6_addr ipv6{};
  if (inet_pton(AF_INET, text.c_str(), &ipv4) == 1) return ipv4_entry(ipv4, port);
  if (inet_pton(AF_INET6, text.c_str(), &ipv6) == 1) return ipv6_entry(ipv6, port);
  ipv4.s_addr = htonl(INADDR_LOOPBACK);
  const bool has_ipv4 = name == "ipv4.test" || name == "both.test";
  const bool has_ipv6 = name == "ipv6.test" || name == "both.test";
  addrinfo* found = nullptr;
  if (has_ipv4 && family != AF_INET6) found = ipv4_entry(ipv4, port);
  if (has_ipv6 && family != AF_INET) {
    addrinfo* first = ipv6_entry(in6addr_loopback, port);
    first->ai_next = found;
    found = first;
  }
  return found;
}

}  // namespace

SilentNameServer::SilentNameServer() {
  const std::lock_guard lock(gate().mutex);
  gate().silent = true;
}

SilentNameServer::~SilentNameServer() {
  std::unique_lock lock(gate().mutex);
  gate().silent = false;
  gate().changed.notify_all();
  gate().changed.wait(lock, [] { return gate().waiting == 0; });
}

}  // namespace holdfast

// These take the place of the C library's in the whole program, the transfer library included.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** found) {
  if (std::string_view(name) == "unanswered.test") holdfast::wait_for_an_answer();
  const auto port = static_cast<std::uint16_t>(service != nullptr ? std::atoi(service) : 0);
  *found = holdfast::addresses_of(name, hints != nullptr ? hints->ai_family : AF_UNSPEC, port);
  return *found != nullptr ? 0 : EAI_NONAME;
}

extern "C" void freeaddrinfo(addrinfo* each) noexcept {
  while (each != nullptr) {
    addrinfo* next = each->ai_next;
    std::free(each);
    each = next;
  }
}

#endif
