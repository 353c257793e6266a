// The service over HTTP and HTTPS (libmicrohttpd).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/schema/error.h"

namespace holdfast::cloud {

struct ServeOptions {
  std::string data;                 // the store's file
  std::vector<std::string> listen;  // "127.0.0.1:8080", "[::1]:0"; port 0: any free one
  std::string certificate;          // PEM file; with `key`: HTTPS everywhere
  std::string key;
  std::uint64_t rate_limit = 0;  // requests per client and second; 0: no limit
  unsigned threads = 1;          // per address
  unsigned connections_max = 1'024;
  unsigned request_bytes_max = 8'192;  // of a request's line and headers
};

class Server {
 public:
  // Fails where an address, the certificate or the data are no good.
  static Expected<Server> start(const ServeOptions& options);
  ~Server();  // ends what is under way
  Server(Server&&) noexcept;
  Server& operator=(Server&&) noexcept;

  // "http://127.0.0.1:34567", one per address, in order.
  const std::vector<std::string>& urls() const;

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// Days since 1970-01-01 UTC.
std::int64_t today();

}  // namespace holdfast::cloud
