#include "sensors/http/attempt_end.h"

#include <curl/curl.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

namespace holdfast {
namespace {

constexpr long kProxyAuthenticationRequired = 407;

// The deadline came.
v1::HttpResult timeout_of(AttemptStage stage) {
  switch (stage) {
    case AttemptStage::kName: return v1::HTTP_DNS_FAILURE;
    case AttemptStage::kConnection: return v1::HTTP_CONNECT_TIMEOUT;
    case AttemptStage::kHandshake: return v1::HTTP_TLS_FAILURE;
    case AttemptStage::kTunnel:
    case AttemptStage::kAnswer:
    case AttemptStage::kRest: return v1::HTTP_RESPONSE_TIMEOUT;
  }
  return v1::HTTP_RESPONSE_TIMEOUT;
}

// No connection came about. Windows' own numbers (WSAECONNREFUSED, ...) stand beside those of <cerrno>: none of either
// is one of the other's.
struct SystemErrorRow {
  long posix;
  long windows;
  v1::HttpResult at_service;
  v1::HttpResult at_proxy;
};
constexpr SystemErrorRow kSystemErrors[] = {
    {ECONNREFUSED, 10061, v1::HTTP_REFUSED, v1::HTTP_PROXY_UNREACHABLE},
    {ECONNRESET, 10054, v1::HTTP_REFUSED, v1::HTTP_PROXY_UNREACHABLE},
    {ECONNABORTED, 10053, v1::HTTP_REFUSED, v1::HTTP_PROXY_UNREACHABLE},
    {ETIMEDOUT, 10060, v1::HTTP_CONNECT_TIMEOUT, v1::HTTP_CONNECT_TIMEOUT},
};

// Every other error says that nothing leads there: no network, no route, no address of the family, a local firewall.
v1::HttpResult unconnected(const AttemptEnd& end) {
  const auto* row = std::ranges::find_if(kSystemErrors, [&](const SystemErrorRow& candidate) {
    return end.system_error == candidate.posix || end.system_error == candidate.windows;
  });
  if (row == std::end(kSystemErrors)) return v1::HTTP_NO_ROUTE;
  return end.proxied ? row->at_proxy : row->at_service;
}

// Where the attempt ended: with the proxy, with the service before its answer, or within the answer.
struct CodeRow {
  CURLcode code;
  v1::HttpResult at_proxy;
  v1::HttpResult before_answer;
  v1::HttpResult within_answer;
};
constexpr CodeRow everywhere(CURLcode code, v1::HttpResult result) { return {code, result, result, result}; }

constexpr CodeRow kCodes[] = {
    everywhere(CURLE_COULDNT_RESOLVE_HOST, v1::HTTP_DNS_FAILURE),
    everywhere(CURLE_COULDNT_RESOLVE_PROXY, v1::HTTP_DNS_FAILURE),
    everywhere(CURLE_INTERFACE_FAILED, v1::HTTP_NO_ROUTE),
    // The connection ended. A proxy that ends it without a word is no proxy at present.
    {CURLE_GOT_NOTHING, v1::HTTP_PROXY_UNREACHABLE, v1::HTTP_EMPTY_REPLY, v1::HTTP_SHORT_BODY},
    {CURLE_RECV_ERROR, v1::HTTP_PROXY_UNREACHABLE, v1::HTTP_EMPTY_REPLY, v1::HTTP_SHORT_BODY},
    {CURLE_SEND_ERROR, v1::HTTP_PROXY_UNREACHABLE, v1::HTTP_EMPTY_REPLY, v1::HTTP_SHORT_BODY},
    everywhere(CURLE_PARTIAL_FILE, v1::HTTP_SHORT_BODY),
    // Limits: ours on body and headers, and the library's on one line of a header.
    everywhere(CURLE_WRITE_ERROR, v1::HTTP_TOO_LARGE),
    everywhere(CURLE_FILESIZE_EXCEEDED, v1::HTTP_TOO_LARGE),
    everywhere(CURLE_OUT_OF_MEMORY, v1::HTTP_TOO_LARGE),
    everywhere(CURLE_ABORTED_BY_CALLBACK, v1::HTTP_CANCELLED),
    everywhere(CURLE_SSL_CONNECT_ERROR, v1::HTTP_TLS_FAILURE),
    everywhere(CURLE_PEER_FAILED_VERIFICATION, v1::HTTP_TLS_FAILURE),
    everywhere(CURLE_SSL_ENGINE_NOTFOUND, v1::HTTP_TLS_FAILURE),
    everywhere(CURLE_SSL_ENGINE_SETFAILED, v1::HTTP_TLS_FAILURE),
    everywhere(CURLE_SSL_ENGINE_INITFAILED, v1::HTTP_TLS_FAILURE),
    everywhere(CURLE_SSL_CERTPROBLEM, v1::HTTP_TLS_FAILURE),
    everywhere(CURLE_SSL_CIPHER, v1::HTTP_TLS_FAILURE),
    everywhere(CURLE_SSL_CACERT_BADFILE, v1::HTTP_TLS_FAILURE),
    everywhere(CURLE_SSL_CRL_BADFILE, v1::HTTP_TLS_FAILURE),
    everywhere(CURLE_SSL_ISSUER_ERROR, v1::HTTP_TLS_FAILURE),
    everywhere(CURLE_SSL_PINNEDPUBKEYNOTMATCH, v1::HTTP_TLS_FAILURE),
    everywhere(CURLE_SSL_INVALIDCERTSTATUS, v1::HTTP_TLS_FAILURE),
    everywhere(CURLE_SSL_CLIENTCERT, v1::HTTP_TLS_FAILURE),
    everywhere(CURLE_USE_SSL_FAILED, v1::HTTP_TLS_FAILURE),
    // Not HTTP, nor a URL that names it.
    everywhere(CURLE_UNSUPPORTED_PROTOCOL, v1::HTTP_MALFORMED),
    everywhere(CURLE_URL_MALFORMAT, v1::HTTP_MALFORMED),
    everywhere(CURLE_LOGIN_DENIED, v1::HTTP_MALFORMED),
    everywhere(CURLE_WEIRD_SERVER_REPLY, v1::HTTP_MALFORMED),
    everywhere(CURLE_BAD_CONTENT_ENCODING, v1::HTTP_MALFORMED),
};

v1::HttpResult failure_of(const AttemptEnd& end) {
  const auto* row = std::ranges::find(kCodes, static_cast<CURLcode>(end.code), &CodeRow::code);
  if (row == std::end(kCodes)) return v1::HTTP_MALFORMED;
  if (end.stage == AttemptStage::kRest) return row->within_answer;
  const bool at_proxy = end.proxied && (!end.tunnelled || end.stage <= AttemptStage::kTunnel);
  return at_proxy ? row->at_proxy : row->before_answer;
}

v1::HttpResult completed(const AttemptEnd& end) {
  // The library takes the end of the connection within the headers for the end of the answer.
  const bool final_answer = end.status >= 200 && end.header_section_ended;
  return final_answer ? v1::HTTP_RESPONSE : v1::HTTP_SHORT_BODY;
}

}  // namespace

bool is_name_failure(int code) { return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY; }

v1::HttpResult result_of(const AttemptEnd& end) {
  if (end.code == CURLE_OPERATION_TIMEDOUT) return timeout_of(end.stage);
  // What the proxy said counts more than how the library then ended.
  const long proxy_status = end.tunnelled ? end.connect_status : end.status;
  // Without a tunnel that status may be of the first of two connections, and the second have ended without a word.
  const bool is_last_word = end.tunnelled || end.code == CURLE_OK || end.stage == AttemptStage::kRest;
  if (end.proxied && is_last_word && proxy_status == kProxyAuthenticationRequired) {
    return v1::HTTP_PROXY_NEEDS_CREDENTIALS;
  }
  if (end.tunnelled && end.connect_status != 0 && end.connect_status / 100 != 2) return v1::HTTP_PROXY_REJECTED;
  if (end.too_large) return v1::HTTP_TOO_LARGE;
  if (end.code == CURLE_OK) return completed(end);
  if (end.code == CURLE_COULDNT_CONNECT) return unconnected(end);
  return failure_of(end);
}

}  // namespace holdfast
