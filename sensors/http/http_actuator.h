// Carries out the engine's HTTP requests and reports how each ended. It decides nothing: one request is one attempt on
// the route, the address family and the deadline that it names. No redirect is followed, nothing is tried again, no
// connection or address is kept for the next request, and neither the environment nor a .netrc file has a say.
//
//   const LiveClock clock;
//   HttpActuator http({.clock = clock});
//   http.carry_out(clock.now_ns(), output);           // Output.http_request
//   v1::Input input;
//   auto next = http.next(until_ns, input);           // Input.http_outcome, at the latest at the request's deadline_ns
//
// What ends as what (HttpResult), where the schema leaves it open:
// - The service's name, or the proxy's, is unknown, or the name server is silent until the deadline: HTTP_DNS_FAILURE.
//   The name is known, but has no address of the family asked for: HTTP_NO_ROUTE. To tell the two apart, a name that
//   gave nothing is looked up once more in the other family, within the same deadline; no connection is opened to it.
//   The addresses of one name are tried in turn until one takes the connection; the request is sent to that one only.
// - At the deadline: HTTP_CONNECT_TIMEOUT while there is no connection, HTTP_TLS_FAILURE while the TLS handshake is
//   unfinished, afterwards HTTP_RESPONSE_TIMEOUT, also where a proxy never answers CONNECT or the body trickles.
// - The connection to a proxy ends before any answer: HTTP_PROXY_UNREACHABLE; to the service: HTTP_EMPTY_REPLY; within
//   headers, body or trailers, and on broken chunks: HTTP_SHORT_BODY. Trailers behind the last chunk say nothing. An
//   answer without a length ends with its connection, however that ends.
// - An error that a proxy answers in the service's place is an HTTP_RESPONSE over http (nobody can tell who wrote it)
//   and HTTP_PROXY_REJECTED over https.
// - Nothing was tried because the URL is unusable (no http or https, user name in it, more than 8,000 bytes):
//   HTTP_MALFORMED; the proxy is no "host:port": HTTP_PROXY_UNREACHABLE; the deadline is not in the future:
//   HTTP_CONNECT_TIMEOUT; there are Options::requests_max others under way, or one of the same id: HTTP_CANCELLED.
// - Cancelled by HttpCancel: nothing is reported, unless the outcome already lay ready, which then still arrives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sensors/actuator.h"
#include "sensors/clock.h"
#include "sensors/sensor.h"

namespace holdfast {

// Belongs to one thread. Only names are looked up on threads of the transfer library's own: of an attempt that ended
// meanwhile, such a thread lives on until the system's resolver gives up.
class HttpActuator final : public Actuator, public Sensor {
 public:
  struct Credentials {
    std::string user;
    std::string password;
  };
  struct Options {
    const Clock& clock;  // must run with real time, and outlive the actuator
    // What stands under HttpRequest.credentials in the agent's protected store; nothing if the name is unknown: the
    // attempt is then made without. Shown to the proxy only, by Basic or Digest as it asks; never in any outcome or
    // error.
    std::function<std::optional<Credentials>(const std::string& name)> credentials = {};
    // PEM file of the only certificates that vouch for services; empty: those that the system trusts.
    std::string ca_file = {};
    std::size_t requests_max = 16;  // under way at the same time
  };
  // Fails where the system lacks the transfer library: no actuator may be made then.
  static Expected<void> load();

  explicit HttpActuator(Options options);
  ~HttpActuator() override;  // ends what is under way
  HttpActuator(const HttpActuator&) = delete;
  HttpActuator& operator=(const HttpActuator&) = delete;

  // Takes Output.http_request and Output.http_cancel; every other output is somebody else's.
  void carry_out(std::uint64_t at_ns, const v1::Output& output) override;
  // As Sensor says, to the millisecond. kEnd: nothing is under way and `until_ns` is kForever. Fails when the transfer
  // library does.
  Expected<Next> next(std::uint64_t until_ns, v1::Input& input) override;

 private:
  class Attempts;
  std::unique_ptr<Attempts> attempts_;
};

}  // namespace holdfast
