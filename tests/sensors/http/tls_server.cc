#include "tests/sensors/http/tls_server.h"

#ifdef HOLDFAST_TEST_TLS

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <csignal>
#include <memory>
#include <utility>

namespace holdfast {
namespace {

template <auto release>
struct Release {
  template <typename T>
  void operator()(T* resource) const {
    release(resource);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Bytes = std::unique_ptr<BIO, Release<BIO_free_all>>;
using Context = std::unique_ptr<SSL_CTX, Release<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Release<SSL_free>>;

constexpr long kHour_s = 3'600;

std::string text_of(BIO* bytes) {
  char* begin = nullptr;
  const long size = BIO_get_mem_data(bytes, &begin);
  return {begin, static_cast<std::size_t>(size)};
}

void extend(X509* certificate, int what, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Context context_for(const TestCertificate& from) {
  Context context(SSL_CTX_new(TLS_server_method()));
  const Bytes certificate_bytes(BIO_new_mem_buf(from.certificate_pem.data(), -1));
  const Bytes key_bytes(BIO_new_mem_buf(from.key_pem.data(), -1));
  const Certificate certificate(PEM_read_bio_X509(certificate_bytes.get(), nullptr, nullptr, nullptr));
  const Key key(PEM_read_bio_PrivateKey(key_bytes.get(), nullptr, nullptr, nullptr));
  SSL_CTX_use_certificate(context.get(), certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), key.get());
  return context;
}

bool read_request(SSL* session) {
  std::string request;
  std::array<char, 4'096> bytes{};
  while (!request.contains("\r\n\r\n")) {
    const int size = SSL_read(session, bytes.data(), static_cast<int>(bytes.size()));
    if (size <= 0) return false;
    request.append(bytes.data(), static_cast<std::size_t>(size));
  }
  return true;
}

}  // namespace

TestCertificate self_signed(const std::string& names) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kHour_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kHour_s);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("Holdfast test"), -1,
                             -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  extend(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(certificate.get(), NID_subject_alt_name, names);
  X509_sign(certificate.get(), key.get(), EVP_sha256());

  const Bytes certificate_bytes(BIO_new(BIO_s_mem()));
  const Bytes key_bytes(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(certificate_bytes.get(), certificate.get());
  PEM_write_bio_PrivateKey(key_bytes.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {.certificate_pem = text_of(certificate_bytes.get()), .key_pem = text_of(key_bytes.get())};
}

FaultServer::Behaviour encrypted(const TestCertificate& certificate, std::string answer, TlsEnd end) {
  // The library writes without asking for no signal: a client that left would end the test.
  std::signal(SIGPIPE, SIG_IGN);
  return [certificate, answer = std::move(answer), end](Call& call) {
    const Context context = context_for(certificate);
    const Session session(SSL_new(context.get()));
    SSL_set_fd(session.get(), static_cast<int>(call.connection().handle()));
    if (SSL_accept(session.get()) != 1 || !read_request(session.get())) return;
    SSL_write(session.get(), answer.data(), static_cast<int>(answer.size()));
    if (end == TlsEnd::kOrderly) SSL_shutdown(session.get());
  };
}

}  // namespace holdfast

#else

namespace holdfast {

TestCertificate self_signed(const std::string& /*names*/) { return {}; }
FaultServer::Behaviour encrypted(const TestCertificate& /*certificate*/, std::string /*answer*/, TlsEnd /*end*/) {
  return [](Call&) {};
}

}  // namespace holdfast

#endif
