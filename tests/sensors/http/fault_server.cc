#include "tests/sensors/http/fault_server.h"

#include <utility>

namespace holdfast {
namespace {

constexpr int kLook_ms = 20;  // how often a server looks whether the test is over

}  // namespace

std::string Call::read_request() {
  std::string request;
  while (!over_ && !request.contains("\r\n\r\n")) {
    if (!connection_.readable(kLook_ms)) continue;
    const std::string more = connection_.receive();
    if (more.empty()) break;
    request += more;
  }
  return request;
}

void Call::hang() {
  while (!over_ && !(connection_.readable(kLook_ms) && connection_.receive().empty())) {
  }
}

void Call::send_for_ever(std::string_view bytes) {
  while (!over_ && connection_.send(bytes)) {
  }
}

void Call::relay(std::uint16_t port) {
  const Loopback other = Loopback::connecting(port);
  const auto pass = [](const Loopback& from, const Loopback& to) {
    const std::string bytes = from.receive();
    return !bytes.empty() && to.send(bytes);
  };
  while (!over_) {
    if (connection_.readable(1) && !pass(connection_, other)) return;
    if (other.readable(1) && !pass(other, connection_)) return;
  }
}

FaultServer::FaultServer(Behaviour behaviour, Loopback::Family family)
    : behaviour_(std::move(behaviour)), family_(family), listener_(Loopback::listen(family)) {
  if (listener_) thread_ = std::thread([this] { serve(); });
}

FaultServer::~FaultServer() {
  over_ = true;
  if (thread_.joinable()) thread_.join();
}

void FaultServer::serve() {
  while (!over_) {
    std::optional<Loopback> connection = listener_->accept(kLook_ms);
    if (!connection) continue;
    ++calls_;
    Call call(*std::move(connection), over_);
    behaviour_(call);
  }
}

std::string FaultServer::address() const {
  return (family_ == Loopback::Family::kIPv4 ? "127.0.0.1:" : "[::1]:") + std::to_string(port());
}

std::string FaultServer::url(std::string_view scheme) const {
  return std::string(scheme) + "://" + address() + "/v1/safe/00";
}

namespace behaves {

std::string response(std::string_view status, std::string_view type, std::string_view body) {
  std::string text = "HTTP/1.1 ";
  text.append(status).append("\r\nContent-Type: ").append(type);
  text.append("\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  return text;
}

FaultServer::Behaviour answering(std::string response) {
  return [response = std::move(response)](Call& call) {
    call.read_request();
    call.send(response);
  };
}

FaultServer::Behaviour json(std::string body) { return answering(response("200 OK", "application/json", body)); }

FaultServer::Behaviour hanging() {
  return [](Call& call) { call.hang(); };
}

}  // namespace behaves

std::uint16_t closed_port() {
  const std::optional<Loopback> listener = Loopback::listen();
  return listener ? listener->port() : std::uint16_t{0};
}

SilentPort::SilentPort() : listener_(Loopback::listen(Loopback::Family::kIPv4, 0)) {
  // One more than the queue takes; a few do no harm.
  for (int i = 0; listener_ && i < 4; ++i) queued_.push_back(Loopback::connecting(listener_->port()));
}

std::string SilentPort::address() const { return "127.0.0.1:" + std::to_string(listener_ ? listener_->port() : 0); }

}  // namespace holdfast
