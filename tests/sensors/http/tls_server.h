// TLS for the tests' server, with a certificate made on the spot. Where there is no library for it (the cross build for
// Windows), kTlsServerExists is false and tests with a trusted or distrusted service are skipped.
#pragma once

#include <string>
#include <string_view>

#include "tests/sensors/http/fault_server.h"

namespace holdfast {

#ifdef HOLDFAST_TEST_TLS
inline constexpr bool kTlsServerExists = true;
#else
inline constexpr bool kTlsServerExists = false;
#endif

// A certificate that vouches for itself, valid from an hour ago until an hour from now, with its key.
struct TestCertificate {
  std::string certificate_pem;
  std::string key_pem;
};
// `names` as in an extension: "IP:127.0.0.1,DNS:both.test".
TestCertificate self_signed(const std::string& names);

// How the encrypted answer ends.
enum class TlsEnd { kOrderly, kAborted };
// Does the handshake, reads the request, sends `answer`.
FaultServer::Behaviour encrypted(const TestCertificate& certificate, std::string answer, TlsEnd end = TlsEnd::kOrderly);

}  // namespace holdfast
