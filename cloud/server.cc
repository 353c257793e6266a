#include "cloud/server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <mutex>
#include <string_view>
#include <utility>

#include "cloud/answers.h"
#include "cloud/metrics.h"
#include "cloud/rate_limit.h"
#include "cloud/store.h"

namespace holdfast::cloud {
namespace {

constexpr unsigned kIdle_s = 10;

std::uint64_t steady_ns() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1));
}

std::unexpected<Error> wrong_option(std::string where, std::string field, std::string what, std::string remedy = {}) {
  return std::unexpected(Error{
      .where = std::move(where), .field = std::move(field), .what = std::move(what), .remedy = std::move(remedy)});
}

Expected<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || text.empty()) return failure(path, "it cannot be read, or is empty");
  return text;
}

struct Address {
  sockaddr_storage where{};
  socklen_t size = 0;
  bool ipv6 = false;
  std::string host;  // as in a URL
};

Expected<Address> address_of(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const auto wrong = [&](std::string_view what) {
    return wrong_option("", "--listen", fmt::format("\"{}\": {}", text, what),
                        "write ADDRESS:PORT, as 127.0.0.1:8080 or [::1]:8080");
  };
  if (colon == std::string::npos) return wrong("there is no port");
  const std::string digits = text.substr(colon + 1);
  unsigned port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || port > 65'535) {
    return wrong("the port is not 0 to 65535");
  }
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), digits.c_str(), &hints, &found) != 0) return wrong("it is no address");
  Address address;
  std::memcpy(&address.where, found->ai_addr, found->ai_addrlen);
  address.size = found->ai_addrlen;
  address.ipv6 = found->ai_family == AF_INET6;
  address.host = text.substr(0, colon);
  freeaddrinfo(found);
  return address;
}

std::string client_of(MHD_Connection* connection) {
  const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  if (info == nullptr) return "";
  if (info->client_addr->sa_family == AF_INET) {
    const auto* ipv4 = reinterpret_cast<const sockaddr_in*>(info->client_addr);
    return {reinterpret_cast<const char*>(&ipv4->sin_addr), sizeof ipv4->sin_addr};
  }
  // One client has a whole network of IPv6 addresses at its disposal: its first 64 bits count.
  const auto* ipv6 = reinterpret_cast<const sockaddr_in6*>(info->client_addr);
  return {reinterpret_cast<const char*>(&ipv6->sin6_addr), 8};
}

bool has_body(MHD_Connection* connection) {
  const char* length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
  const bool chunked = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Transfer-Encoding") != nullptr;
  return chunked || (length != nullptr && std::string_view(length) != "0");
}

struct DaemonEnds {
  void operator()(MHD_Daemon* daemon) const { MHD_stop_daemon(daemon); }
};
using Daemon = std::unique_ptr<MHD_Daemon, DaemonEnds>;

}  // namespace

std::int64_t today() {
  return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()).time_since_epoch().count();
}

struct Server::Parts {
  explicit Parts(const ServeOptions& options) : data(options.data), limit(options.rate_limit) {}

  Expected<void> listen(const ServeOptions& options, const std::string& text);
  MHD_Result respond(MHD_Connection* connection, std::string_view path, std::string_view method);
  Answered answered(MHD_Connection* connection, Endpoint endpoint, std::string_view path, std::string_view method);
  MHD_Result send(MHD_Connection* connection, unsigned status, const Answered& answered) const;
  Answered look_up(std::string_view path);

  std::string data;
  std::string certificate;
  std::string key;
  Metrics metrics;
  std::mutex limit_mutex;
  RateLimit limit;
  std::mutex stores_mutex;
  std::vector<Store> idle_stores;  // one per thread that was busy at the same time
  std::vector<std::string> urls;
  std::vector<Daemon> daemons;  // last: they end before what they use
};

Answered Server::Parts::look_up(std::string_view path) {
  std::optional<Store> store;
  {
    const std::lock_guard lock(stores_mutex);
    if (!idle_stores.empty()) {
      store.emplace(std::move(idle_stores.back()));
      idle_stores.pop_back();
    }
  }
  if (!store) {
    auto opened = Store::open(data);
    if (!opened) return refusal(503, "the data cannot be opened");
    store.emplace(std::move(*opened));
  }
  Answered answered = answer(path, today(), *store);
  const std::lock_guard lock(stores_mutex);
  idle_stores.push_back(std::move(*store));
  return answered;
}

Answered Server::Parts::answered(MHD_Connection* connection, Endpoint endpoint, std::string_view path,
                                 std::string_view method) {
  if (endpoint == Endpoint::kNone) return refusal(404, "there is nothing at this path");
  if (method != "GET" && method != "HEAD") return refusal(405, "only GET and HEAD are answered");
  if (has_body(connection)) return refusal(413, "a question has no body");
  if (endpoint == Endpoint::kHealth) return {.status = 200, .body = "{\"status\":\"ok\"}", .etag = {}};
  if (endpoint == Endpoint::kMetrics) {
    return {.status = 200, .content_type = "text/plain; version=0.0.4", .body = metrics.text(), .etag = {}};
  }
  {
    const std::lock_guard lock(limit_mutex);
    if (!limit.admits(client_of(connection), steady_ns())) return refusal(429, "too many requests from this address");
  }
  return look_up(path);
}

MHD_Result Server::Parts::send(MHD_Connection* connection, unsigned status, const Answered& answered) const {
  MHD_Response* response = MHD_create_response_from_buffer(
      status == 304 ? 0 : answered.body.size(), const_cast<char*>(answered.body.data()), MHD_RESPMEM_MUST_COPY);
  if (response == nullptr) return MHD_NO;
  const auto header = [&](const char* name, const std::string& value) {
    MHD_add_response_header(response, name, value.c_str());
  };
  header("Content-Type", answered.content_type);
  header("X-Content-Type-Options", "nosniff");
  if (!answered.etag.empty()) header("ETag", answered.etag);
  header("Cache-Control", answered.max_age_s == 0 ? "no-store" : fmt::format("public, max-age={}", answered.max_age_s));
  if (status == 405) header("Allow", "GET, HEAD");
  if (status == 429) header("Retry-After", "1");
  const MHD_Result queued = MHD_queue_response(connection, status, response);
  MHD_destroy_response(response);
  return queued;
}

MHD_Result Server::Parts::respond(MHD_Connection* connection, std::string_view path, std::string_view method) {
  const std::uint64_t began_ns = steady_ns();
  const Endpoint endpoint = endpoint_of(path);
  const Answered told = answered(connection, endpoint, path, method);
  const char* match = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "If-None-Match");
  const bool unchanged = told.status == 200 && !told.etag.empty() && match != nullptr && told.etag == match;
  const unsigned status = unchanged ? 304 : told.status;
  const MHD_Result sent = send(connection, status, told);
  metrics.count(endpoint, status, steady_ns() - began_ns);
  return sent;
}

Expected<void> Server::Parts::listen(const ServeOptions& options, const std::string& text) {
  auto address = address_of(text);
  if (!address) return std::unexpected(address.error());
  const auto handle = [](void* parts, MHD_Connection* connection, const char* url, const char* method,
                         const char* /*version*/, const char* /*upload*/, std::size_t* upload_size,
                         void** seen) -> MHD_Result {
    // The first call has the headers only: what comes with a body, or is no question, is refused before any of it is
    // read.
    static int first;
    const bool asks = std::string_view(method) == "GET" || std::string_view(method) == "HEAD";
    if (*seen == nullptr && asks && !has_body(connection)) {
      *seen = &first;
      return MHD_YES;
    }
    if (*upload_size != 0) return MHD_NO;
    return static_cast<Parts*>(parts)->respond(connection, url, method);
  };
  unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD;
  if (address->ipv6) flags |= MHD_USE_IPv6;
  std::vector<MHD_OptionItem> more;
  if (!certificate.empty()) {
    flags |= MHD_USE_TLS;
    more.push_back({MHD_OPTION_HTTPS_MEM_CERT, 0, certificate.data()});
    more.push_back({MHD_OPTION_HTTPS_MEM_KEY, 0, key.data()});
  }
  more.push_back({MHD_OPTION_END, 0, nullptr});
  Daemon daemon(MHD_start_daemon(
      flags, 0, nullptr, nullptr, static_cast<MHD_AccessHandlerCallback>(handle), this, MHD_OPTION_SOCK_ADDR,
      reinterpret_cast<sockaddr*>(&address->where), MHD_OPTION_THREAD_POOL_SIZE,
      options.threads > 1 ? options.threads : 0U, MHD_OPTION_CONNECTION_LIMIT, options.connections_max,
      MHD_OPTION_CONNECTION_TIMEOUT, kIdle_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
      static_cast<std::size_t>(options.request_bytes_max), MHD_OPTION_ARRAY, more.data(), MHD_OPTION_END));
  if (!daemon) {
    return wrong_option("", "--listen", fmt::format("\"{}\": the address cannot be listened at", text),
                        certificate.empty() ? "another program may hold it"
                                            : "another program may hold it, or key and certificate do not fit");
  }
  const MHD_DaemonInfo* port = MHD_get_daemon_info(daemon.get(), MHD_DAEMON_INFO_BIND_PORT);
  urls.push_back(fmt::format("{}://{}:{}", certificate.empty() ? "http" : "https", address->host,
                             port == nullptr ? 0 : port->port));
  daemons.push_back(std::move(daemon));
  return {};
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() = default;
Server::Server(Server&&) noexcept = default;
Server& Server::operator=(Server&&) noexcept = default;
const std::vector<std::string>& Server::urls() const { return parts_->urls; }

Expected<Server> Server::start(const ServeOptions& options) {
  auto parts = std::make_unique<Parts>(options);
  auto store = Store::open(options.data);
  if (!store) return std::unexpected(store.error());
  parts->idle_stores.push_back(std::move(*store));
  if (options.certificate.empty() != options.key.empty()) {
    return wrong_option("", options.key.empty() ? "--key" : "--certificate", "a certificate and its key go together");
  }
  if (!options.certificate.empty()) {
    auto certificate = read_file(options.certificate);
    if (!certificate) return std::unexpected(certificate.error());
    auto key = read_file(options.key);
    if (!key) return std::unexpected(key.error());
    parts->certificate = std::move(*certificate);
    parts->key = std::move(*key);
  }
  for (const std::string& address : options.listen) {
    if (auto listens = parts->listen(options, address); !listens) return std::unexpected(listens.error());
  }
  return Server(std::move(parts));
}

}  // namespace holdfast::cloud
