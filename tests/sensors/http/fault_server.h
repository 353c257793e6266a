// A server on the loopback interface that misbehaves as a test tells it to, on a thread of its own.
//
//   FaultServer server([](Call& call) {
//     call.read_request();
//     call.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
//   });
//   fetch(server.url());
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/sensors/http/loopback.h"

namespace holdfast {

// One connection that the server took. It ends with the behaviour that deals with it.
class Call {
 public:
  Call(Loopback connection, const std::atomic<bool>& over) : connection_(std::move(connection)), over_(over) {}

  // The request up to its empty line; what there was until the peer or the test ended.
  std::string read_request();
  bool send(std::string_view bytes) { return connection_.send(bytes); }
  // Holds the connection and says nothing until the peer leaves or the test ends.
  void hang();
  // Sends `bytes` again and again until the peer leaves or the test ends.
  void send_for_ever(std::string_view bytes);
  void reset() { connection_.reset(); }
  // Passes bytes both ways between this connection and the IPv4 loopback `port` until one side ends.
  void relay(std::uint16_t port);

  Loopback& connection() { return connection_; }
  bool over() const { return over_; }

 private:
  Loopback connection_;
  const std::atomic<bool>& over_;
};

class FaultServer {
 public:
  using Behaviour = std::function<void(Call&)>;

  explicit FaultServer(Behaviour behaviour, Loopback::Family family = Loopback::Family::kIPv4);
  ~FaultServer();
  FaultServer(const FaultServer&) = delete;
  FaultServer& operator=(const FaultServer&) = delete;

  bool listens() const { return listener_.has_value(); }
  std::uint16_t port() const { return listener_->port(); }
  std::string address() const;                              // "127.0.0.1:port" or "[::1]:port"
  std::string url(std::string_view scheme = "http") const;  // "http://127.0.0.1:port/v1/safe/00"
  int calls() const { return calls_; }                      // connections so far

 private:
  void serve();

  Behaviour behaviour_;
  Loopback::Family family_;
  std::optional<Loopback> listener_;
  std::atomic<bool> over_ = false;
  std::atomic<int> calls_ = 0;
  std::thread thread_;
};

// Every behaviour of the services that scenarios speak of, and of proxies.
namespace behaves {

std::string response(std::string_view status, std::string_view type, std::string_view body);
FaultServer::Behaviour answering(std::string response);  // reads the request first
FaultServer::Behaviour json(std::string body);
FaultServer::Behaviour hanging();

}  // namespace behaves

// A port where nobody listens.
std::uint16_t closed_port();

// An address where nobody answers: a port whose queue is full, so that the system drops who knocks.
class SilentPort {
 public:
  SilentPort();
  std::string address() const;

 private:
  std::optional<Loopback> listener_;
  std::vector<Loopback> queued_;
};

}  // namespace holdfast
