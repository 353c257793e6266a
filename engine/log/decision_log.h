// The decision log: canonical text, one line per decision, the same bytes on every system. SHA-256 over it is the
// replay hash.
//
// 00:00:32.500000000 verdict  allow  NOBODY_ANSWERED  ...
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/schema/output.pb.h"
#include "engine/text/sha256.h"

namespace holdfast::engine {

// Appends the line of `output`, '\n' included, to `log`; outputs that are no decision (timers, HTTP) append nothing.
// `at_ns` is the time of the input that led to it.
void append_log_line(std::uint64_t at_ns, const v1::Output& output, std::string& log);

// The hash of a log that nobody keeps.
//
//   LogHash hash;
//   for (const v1::Output& output : outputs) hash.add(at_ns, output);
//   hash.hex()
class LogHash {
 public:
  void add(std::uint64_t at_ns, const v1::Output& output);
  // Lines that somebody wrote already.
  void add_lines(std::string_view lines);
  std::array<std::uint8_t, 32> digest() const { return whole().digest(); }  // of everything so far; more may follow
  std::string hex() const { return whole().hex(); }                         // 64 lower-case digits

 private:
  Sha256 whole() const;

  std::string lines_;  // not hashed yet
  Sha256 hash_;
};

// "00:00:32.500000000"; hours grow beyond two digits.
void append_time(std::uint64_t at_ns, std::string& text);

}  // namespace holdfast::engine
