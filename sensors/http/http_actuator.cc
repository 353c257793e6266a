#include "sensors/http/http_actuator.h"

#include <curl/curl.h>

#include <algorithm>
#include <deque>
#include <map>
#include <new>
#include <string_view>
#include <utility>

#include "engine/text/units.h"
#include "sensors/http/attempt_end.h"
#include "sensors/http/media_type.h"
#include "sensors/late_library.h"

namespace holdfast {
namespace {

// NOLINTBEGIN(readability-identifier-naming): the library's own names
HOLDFAST_LATE(curl_easy_cleanup);
HOLDFAST_LATE(curl_easy_getinfo);
HOLDFAST_LATE(curl_easy_init);
HOLDFAST_LATE(curl_easy_setopt);
HOLDFAST_LATE(curl_free);
HOLDFAST_LATE(curl_global_cleanup);
HOLDFAST_LATE(curl_global_init);
HOLDFAST_LATE(curl_multi_add_handle);
HOLDFAST_LATE(curl_multi_cleanup);
HOLDFAST_LATE(curl_multi_info_read);
HOLDFAST_LATE(curl_multi_init);
HOLDFAST_LATE(curl_multi_perform);
HOLDFAST_LATE(curl_multi_poll);
HOLDFAST_LATE(curl_multi_remove_handle);
HOLDFAST_LATE(curl_multi_strerror);
HOLDFAST_LATE(curl_slist_append);
HOLDFAST_LATE(curl_slist_free_all);
HOLDFAST_LATE(curl_url);
HOLDFAST_LATE(curl_url_cleanup);
HOLDFAST_LATE(curl_url_get);
HOLDFAST_LATE(curl_url_set);
// NOLINTEND(readability-identifier-naming)

constexpr std::size_t kUrlBytes_max = 8'000;
constexpr std::size_t kHeaderBytes_max = 64'000;
// Who asks to be left alone for longer is left alone so long.
constexpr curl_off_t kRetryAfter_s_max = 86'400;
// An attempt with a later deadline, or none, ends here all the same.
constexpr std::uint64_t kAttempt_ns_max = 3'600'000 * kMillisecond_ns;
// One wait of many: a caller without a bound is not kept by a number too large for the library.
constexpr std::uint64_t kWait_ms_max = 60'000;

std::uint64_t milliseconds_up(std::uint64_t ns) { return ns / kMillisecond_ns + (ns % kMillisecond_ns != 0 ? 1 : 0); }

template <const auto& release>
struct Release {
  template <typename T>
  void operator()(T* resource) const {
    release(resource);
  }
};
using Easy = std::unique_ptr<CURL, Release<curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, Release<curl_multi_cleanup>>;
using Lines = std::unique_ptr<curl_slist, Release<curl_slist_free_all>>;
using Url = std::unique_ptr<CURLU, Release<curl_url_cleanup>>;

class Library {
 public:
  Library() {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::bad_alloc();
  }
  ~Library() { curl_global_cleanup(); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
};

// ---------------------------------------------------------------- what a request names

std::optional<std::string> part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0U) != CURLUE_OK) return std::nullopt;
  std::string copy = text;
  curl_free(text);
  return copy;
}

// Nothing where `text` is no URL that may be asked for.
Url parsed(const std::string& text) {
  if (text.size() > kUrlBytes_max || text.contains('\0')) return nullptr;
  Url url(curl_url());
  if (!url) throw std::bad_alloc();
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), unsigned{CURLU_DISALLOW_USER}) != CURLUE_OK) return nullptr;
  return url;
}

enum class Scheme : std::uint8_t { kNone, kHttp, kHttps };

Scheme scheme_of(const std::string& url) {
  const Url parts = parsed(url);
  const std::optional<std::string> scheme = parts ? part_of(parts.get(), CURLUPART_SCHEME) : std::nullopt;
  if (scheme == "http") return Scheme::kHttp;
  return scheme == "https" ? Scheme::kHttps : Scheme::kNone;
}

bool is_host_and_port(const std::string& proxy) {
  if (proxy.find_first_of("/?#@\\") != std::string::npos) return false;
  const Url parts = parsed("http://" + proxy);
  return parts && part_of(parts.get(), CURLUPART_PORT).has_value();
}

long ip_resolve_of(v1::AddressFamily family) {
  if (family == v1::IPV4) return CURL_IPRESOLVE_V4;
  return family == v1::IPV6 ? CURL_IPRESOLVE_V6 : CURL_IPRESOLVE_WHATEVER;
}

// ---------------------------------------------------------------- one attempt

struct Attempt {
  std::uint64_t request_id = 0;
  std::uint64_t began_ns = 0;
  std::uint64_t deadline_ns = 0;
  std::size_t body_bytes_max = 0;
  v1::AddressFamily family = v1::ADDRESS_FAMILY_UNSPECIFIED;
  bool encrypted = false;
  bool proxied = false;
  // Only asks whether the name has an address of the other family.
  bool asks_other_family = false;
  // What came so far.
  std::size_t header_bytes = 0;
  bool answer_began = false;
  bool header_section_ended = false;
  bool too_large = false;
  std::string body;
  Easy easy;
};

std::size_t on_header(char* line, std::size_t unit, std::size_t count, void* to) {
  Attempt& attempt = *static_cast<Attempt*>(to);
  const std::string_view text(line, unit * count);
  attempt.header_bytes += text.size();
  if (attempt.header_bytes > kHeaderBytes_max) {
    attempt.too_large = true;
    return 0;
  }
  attempt.answer_began = true;
  // Behind an interim response another section begins; behind the body come trailers, which end no section.
  if (text.starts_with("HTTP/")) attempt.header_section_ended = false;
  if (text == "\r\n" || text == "\n") attempt.header_section_ended = true;
  return text.size();
}

std::size_t on_body(char* bytes, std::size_t unit, std::size_t count, void* to) {
  Attempt& attempt = *static_cast<Attempt*>(to);
  const std::size_t size = unit * count;
  if (size > attempt.body_bytes_max - attempt.body.size()) {
    attempt.too_large = true;
    return 0;
  }
  attempt.body.append(bytes, size);
  return size;
}

// A proxy that wants credentials is asked again over another connection: the answer begins anew.
int on_new_connection(void* to, curl_socket_t /*connection*/, curlsocktype /*purpose*/) {
  Attempt& attempt = *static_cast<Attempt*>(to);
  attempt.answer_began = false;
  attempt.header_section_ended = false;
  return CURL_SOCKOPT_OK;
}

curl_socket_t open_no_connection(void* /*to*/, curlsocktype /*purpose*/, curl_sockaddr* /*address*/) {
  return CURL_SOCKET_BAD;
}

template <typename T>
T information(CURL* easy, CURLINFO which) {
  T value{};
  curl_easy_getinfo(easy, which, &value);
  return value;
}

// The library counts from 1 us: 0 is "not yet".
bool has_passed(CURL* easy, CURLINFO time) { return information<curl_off_t>(easy, time) > 0; }

AttemptStage stage_of(const Attempt& attempt) {
  CURL* easy = attempt.easy.get();
  if (!has_passed(easy, CURLINFO_NAMELOOKUP_TIME_T)) return AttemptStage::kName;
  if (!has_passed(easy, CURLINFO_CONNECT_TIME_T)) {
    // To the library a connection through a tunnel stands once the tunnel does; what it sent before was CONNECT.
    const bool asks_for_tunnel =
        attempt.proxied && attempt.encrypted && information<long>(easy, CURLINFO_REQUEST_SIZE) > 0;
    if (asks_for_tunnel) return AttemptStage::kTunnel;
    // Nor does one stand to it before TLS does; an address of our own shows that somebody took it.
    const bool taken = !attempt.proxied && attempt.encrypted && information<long>(easy, CURLINFO_LOCAL_PORT) > 0;
    return taken ? AttemptStage::kHandshake : AttemptStage::kConnection;
  }
  if (attempt.encrypted) {
    const bool tunnel_stands = information<long>(easy, CURLINFO_HTTP_CONNECTCODE) / 100 == 2;
    if (attempt.proxied && !tunnel_stands) return AttemptStage::kTunnel;
    if (!has_passed(easy, CURLINFO_APPCONNECT_TIME_T)) return AttemptStage::kHandshake;
  }
  return attempt.answer_began ? AttemptStage::kRest : AttemptStage::kAnswer;
}

AttemptEnd end_of(const Attempt& attempt, CURLcode code) {
  CURL* easy = attempt.easy.get();
  return {.code = code,
          .stage = stage_of(attempt),
          .proxied = attempt.proxied,
          .tunnelled = attempt.proxied && attempt.encrypted,
          .connect_status = information<long>(easy, CURLINFO_HTTP_CONNECTCODE),
          .status = information<long>(easy, CURLINFO_RESPONSE_CODE),
          .header_section_ended = attempt.header_section_ended,
          .too_large = attempt.too_large,
          .system_error = information<long>(easy, CURLINFO_OS_ERRNO)};
}

// Sets options of a transfer and remembers whether all were taken.
class Setter {
 public:
  explicit Setter(CURL* easy) : easy_(easy) {}
  template <typename T>
  Setter& operator()(CURLoption option, T value) {
    taken_ = curl_easy_setopt(easy_, option, value) == CURLE_OK && taken_;
    return *this;
  }
  bool taken() const { return taken_; }

 private:
  CURL* easy_;
  bool taken_ = true;
};

void one_attempt_only(Setter& set) {
  set(CURLOPT_HTTPGET, 1L)(CURLOPT_FOLLOWLOCATION, 0L)(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_PROTOCOLS_STR, "http,https")(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  // The library sends a request again when a connection that it had kept turns out dead: none is kept. Nor is a name.
  set(CURLOPT_FRESH_CONNECT, 1L)(CURLOPT_FORBID_REUSE, 1L)(CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  // Ending an attempt must not wait for the system's resolver, which may take half a minute.
  set(CURLOPT_QUICK_EXIT, 1L);
}

// Chain, host name, and TLS 1.2 as the least. Where Windows checks, it shall not fetch revocation lists meanwhile: that
// would be a request of its own which nobody bounds.
void check_certificates(Setter& set, const std::string& ca_file) {
  set(CURLOPT_SSL_VERIFYPEER, 1L)(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_OPTIONS, static_cast<long>(CURLSSLOPT_NO_REVOKE));
  if (!ca_file.empty()) set(CURLOPT_CAINFO, ca_file.c_str());
}

void receive_into(Setter& set, Attempt& attempt) {
  set(CURLOPT_PRIVATE, static_cast<void*>(&attempt));
  set(CURLOPT_WRITEFUNCTION, &on_body)(CURLOPT_WRITEDATA, static_cast<void*>(&attempt));
  set(CURLOPT_HEADERFUNCTION, &on_header)(CURLOPT_HEADERDATA, static_cast<void*>(&attempt));
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_SOCKOPTFUNCTION, &on_new_connection)(CURLOPT_SOCKOPTDATA, static_cast<void*>(&attempt));
}

// The deadline is ours; the library's own bounds serve it to share the time among the addresses of a name.
void end_after(Setter& set, std::uint64_t ns) {
  const long ms = static_cast<long>(milliseconds_up(ns) + 1);
  set(CURLOPT_TIMEOUT_MS, ms)(CURLOPT_CONNECTTIMEOUT_MS, ms);
}

}  // namespace

// ---------------------------------------------------------------- all attempts

class HttpActuator::Attempts {
 public:
  explicit Attempts(Options options)
      : options_(std::move(options)),
        multi_(curl_multi_init()),
        headers_(curl_slist_append(nullptr, "Accept: application/json")) {
    if (!multi_ || !headers_) throw std::bad_alloc();
  }
  ~Attempts() {
    for (auto& [id, attempt] : under_way_) curl_multi_remove_handle(multi_.get(), attempt->easy.get());
  }
  Attempts(const Attempts&) = delete;
  Attempts& operator=(const Attempts&) = delete;

  void start(const v1::HttpRequest& request);
  void cancel(std::uint64_t request_id);
  Expected<Next> next(std::uint64_t until_ns, v1::Input& input);

 private:
  std::uint64_t now_ns() const { return options_.clock.now_ns(); }
  // How the request ends without an attempt; nothing if it may be made.
  std::optional<v1::HttpResult> refusal(const v1::HttpRequest& request) const;
  bool prepare(Attempt& attempt, const v1::HttpRequest& request) const;
  void go_through(Setter& set, const v1::HttpRequest& request) const;
  Expected<void> progress();
  void end(Attempt& attempt, CURLcode code);
  bool ask_other_family(Attempt& attempt);
  void report(Attempt& attempt, v1::HttpResult result);
  void expire();
  Expected<void> wait(std::uint64_t until_ns);

  const Library library_;
  const Options options_;
  const Multi multi_;
  const Lines headers_;
  std::map<std::uint64_t, std::unique_ptr<Attempt>> under_way_;  // by request
  std::deque<v1::Input> ready_;                                  // by time
};

std::optional<v1::HttpResult> HttpActuator::Attempts::refusal(const v1::HttpRequest& request) const {
  if (scheme_of(request.url()) == Scheme::kNone) return v1::HTTP_MALFORMED;
  if (!request.proxy().empty() && !is_host_and_port(request.proxy())) return v1::HTTP_PROXY_UNREACHABLE;
  if (request.deadline_ns() <= now_ns()) return v1::HTTP_CONNECT_TIMEOUT;
  if (under_way_.size() >= options_.requests_max || under_way_.contains(request.request_id())) {
    return v1::HTTP_CANCELLED;
  }
  return std::nullopt;
}

// Set even where there is none: an option that is not set lets the environment's proxies and their exceptions in.
void HttpActuator::Attempts::go_through(Setter& set, const v1::HttpRequest& request) const {
  set(CURLOPT_NOPROXY, "");
  if (request.proxy().empty()) {
    set(CURLOPT_PROXY, "");
    return;
  }
  set(CURLOPT_PROXY, ("http://" + request.proxy()).c_str());
  if (request.credentials().empty() || !options_.credentials) return;
  const std::optional<Credentials> credentials = options_.credentials(request.credentials());
  if (!credentials) return;
  set(CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_BASIC | CURLAUTH_DIGEST));
  set(CURLOPT_PROXYUSERNAME, credentials->user.c_str())(CURLOPT_PROXYPASSWORD, credentials->password.c_str());
}

bool HttpActuator::Attempts::prepare(Attempt& attempt, const v1::HttpRequest& request) const {
  Setter set(attempt.easy.get());
  one_attempt_only(set);
  check_certificates(set, options_.ca_file);
  receive_into(set, attempt);
  end_after(set, attempt.deadline_ns - attempt.began_ns);
  go_through(set, request);
  set(CURLOPT_IPRESOLVE, ip_resolve_of(attempt.family));
  set(CURLOPT_HTTPHEADER, headers_.get())(CURLOPT_URL, request.url().c_str());
  return set.taken();
}

void HttpActuator::Attempts::start(const v1::HttpRequest& request) {
  auto attempt = std::make_unique<Attempt>();
  attempt->request_id = request.request_id();
  attempt->began_ns = now_ns();
  if (const std::optional<v1::HttpResult> result = refusal(request)) return report(*attempt, *result);
  attempt->deadline_ns = attempt->began_ns + std::min(request.deadline_ns() - attempt->began_ns, kAttempt_ns_max);
  attempt->body_bytes_max = request.body_bytes_max();
  attempt->family = request.family();
  attempt->encrypted = scheme_of(request.url()) == Scheme::kHttps;
  attempt->proxied = !request.proxy().empty();
  attempt->easy.reset(curl_easy_init());
  if (!attempt->easy) throw std::bad_alloc();
  if (!prepare(*attempt, request) || curl_multi_add_handle(multi_.get(), attempt->easy.get()) != CURLM_OK) {
    return report(*attempt, v1::HTTP_CANCELLED);
  }
  under_way_.emplace(request.request_id(), std::move(attempt));
}

void HttpActuator::Attempts::cancel(std::uint64_t request_id) {
  const auto found = under_way_.find(request_id);
  if (found == under_way_.end()) return;
  curl_multi_remove_handle(multi_.get(), found->second->easy.get());
  under_way_.erase(found);
}

void HttpActuator::Attempts::report(Attempt& attempt, v1::HttpResult result) {
  v1::Input& input = ready_.emplace_back();
  input.set_at_ns(now_ns());
  v1::HttpOutcome& outcome = *input.mutable_http_outcome();
  outcome.set_request_id(attempt.request_id);
  outcome.set_result(result);
  outcome.set_took_ns(input.at_ns() - attempt.began_ns);
  if (result != v1::HTTP_RESPONSE) return;
  CURL* easy = attempt.easy.get();
  outcome.set_status(static_cast<std::uint32_t>(information<long>(easy, CURLINFO_RESPONSE_CODE)));
  if (const char* type = information<const char*>(easy, CURLINFO_CONTENT_TYPE)) {
    outcome.set_content_type(media_type(type));
  }
  outcome.set_body(std::move(attempt.body));
  // A number of seconds, or a date; the library takes what is neither for nothing.
  const auto retry_after_s = static_cast<std::uint64_t>(
      std::clamp<curl_off_t>(information<curl_off_t>(easy, CURLINFO_RETRY_AFTER), 0, kRetryAfter_s_max));
  outcome.set_retry_after_ns(retry_after_s * kSecond_ns);
}

// Whether the name exists is only known once the other family has none of it either.
bool HttpActuator::Attempts::ask_other_family(Attempt& attempt) {
  attempt.asks_other_family = true;
  Setter set(attempt.easy.get());
  set(CURLOPT_IPRESOLVE, ip_resolve_of(attempt.family == v1::IPV4 ? v1::IPV6 : v1::IPV4));
  set(CURLOPT_OPENSOCKETFUNCTION, &open_no_connection);
  const std::uint64_t now = now_ns();
  end_after(set, attempt.deadline_ns - std::min(now, attempt.deadline_ns));
  return set.taken() && curl_multi_add_handle(multi_.get(), attempt.easy.get()) == CURLM_OK;
}

void HttpActuator::Attempts::end(Attempt& attempt, CURLcode code) {
  curl_multi_remove_handle(multi_.get(), attempt.easy.get());
  v1::HttpResult result = result_of(end_of(attempt, code));
  if (attempt.asks_other_family) {
    const bool known = !is_name_failure(code) && code != CURLE_OPERATION_TIMEDOUT;
    result = known ? v1::HTTP_NO_ROUTE : v1::HTTP_DNS_FAILURE;
  } else if (is_name_failure(code) && attempt.family != v1::ADDRESS_FAMILY_UNSPECIFIED && ask_other_family(attempt)) {
    return;
  }
  report(attempt, result);
  under_way_.erase(attempt.request_id);
}

void HttpActuator::Attempts::expire() {
  const std::uint64_t now = now_ns();
  for (auto each = under_way_.begin(); each != under_way_.end();) {
    Attempt& attempt = *(each++)->second;  // end() erases it
    if (attempt.deadline_ns <= now) end(attempt, CURLE_OPERATION_TIMEDOUT);
  }
}

Error library_failure(CURLMcode code) {
  return {.where = "HTTP requests",
          .field = {},
          .what = std::string("the transfer library failed: ") + curl_multi_strerror(code),
          .remedy = {}};
}

// What has arrived whole counts, even if nobody looked before the deadline.
Expected<void> HttpActuator::Attempts::progress() {
  int running = 0;
  if (const CURLMcode code = curl_multi_perform(multi_.get(), &running); code != CURLM_OK) {
    return std::unexpected(library_failure(code));
  }
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    const CURLcode code = message->data.result;
    end(*static_cast<Attempt*>(information<void*>(message->easy_handle, CURLINFO_PRIVATE)), code);
  }
  expire();
  return {};
}

Expected<void> HttpActuator::Attempts::wait(std::uint64_t until_ns) {
  for (const auto& [id, attempt] : under_way_) until_ns = std::min(until_ns, attempt->deadline_ns);
  const std::uint64_t now = now_ns();
  if (until_ns <= now) return {};
  const std::uint64_t ms = std::min(milliseconds_up(until_ns - now), kWait_ms_max);
  const CURLMcode code = curl_multi_poll(multi_.get(), nullptr, 0U, static_cast<int>(ms), nullptr);
  if (code != CURLM_OK) return std::unexpected(library_failure(code));
  return {};
}

Expected<Sensor::Next> HttpActuator::Attempts::next(std::uint64_t until_ns, v1::Input& input) {
  while (true) {
    if (auto progressed = progress(); !progressed) return std::unexpected(progressed.error());
    if (!ready_.empty() && ready_.front().at_ns() < until_ns) {
      input = std::move(ready_.front());
      ready_.pop_front();
      return Next::kInput;
    }
    if (now_ns() >= until_ns) return Next::kDeadline;
    if (until_ns == kForever && under_way_.empty()) return Next::kEnd;
    if (auto waited = wait(until_ns); !waited) return std::unexpected(waited.error());
  }
}

// ---------------------------------------------------------------- the actuator

HttpActuator::HttpActuator(Options options) : attempts_(std::make_unique<Attempts>(std::move(options))) {}
HttpActuator::~HttpActuator() = default;

Expected<void> HttpActuator::load() {
  Expected<void> loaded = HOLDFAST_LOAD_LATE();
  if (!loaded) loaded.error().where = "HTTP requests";
  return loaded;
}

void HttpActuator::carry_out(std::uint64_t /*at_ns*/, const v1::Output& output) {
  if (output.has_http_request()) attempts_->start(output.http_request());
  if (output.has_http_cancel()) attempts_->cancel(output.http_cancel().request_id());
}

Expected<Sensor::Next> HttpActuator::next(std::uint64_t until_ns, v1::Input& input) {
  return attempts_->next(until_ns, input);
}

}  // namespace holdfast
