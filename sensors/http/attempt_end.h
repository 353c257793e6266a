// What the end of one attempt means, in the words of HttpResult: tables over the transfer library's codes, the system's
// errors and how far the attempt came. Pure: nothing here touches a connection.
#pragma once

#include <cstdint>

#include "engine/schema/input.pb.h"

namespace holdfast {

// How far an attempt came: what it waits for, or waited for when it ended. In this order.
enum class AttemptStage : std::uint8_t {
  kName,        // the address of the service, or of the proxy
  kConnection,  // somebody who answers there
  kTunnel,      // the proxy's answer to CONNECT
  kHandshake,   // TLS with the service
  kAnswer,      // the first byte of the answer
  kRest,        // the rest of the answer
};

struct AttemptEnd {
  int code = 0;  // a CURLcode; on Windows that header brings macros that spoil the schema's names, so not here
  AttemptStage stage = AttemptStage::kName;
  bool proxied = false;               // the connection leads to a proxy
  bool tunnelled = false;             // https through a proxy: CONNECT first
  long connect_status = 0;            // of the proxy's answer to CONNECT; 0: none
  long status = 0;                    // of the answer; 0: none
  bool header_section_ended = false;  // the answer's, by its empty line
  bool too_large = false;             // a limit of ours on headers or body was passed
  long system_error = 0;              // errno, on Windows what WSAGetLastError gave, of a connection that failed
};

// Never HTTP_RESULT_UNSPECIFIED. A code that no row names becomes HTTP_MALFORMED.
v1::HttpResult result_of(const AttemptEnd& end);

// The name of the service or of the proxy gave no address of the family asked for.
bool is_name_failure(int code);

}  // namespace holdfast
