#include "reports/junit.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "reports/wording.h"

namespace holdfast {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// XML 1.0 forbids most control characters and the two noncharacters of the first plane, escaped or not.
bool allowed_in_xml(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence.front());
  if (sequence.size() == 1) return first >= 0x20 || first == '\t' || first == '\n' || first == '\r';
  return sequence != "\xEF\xBF\xBE" && sequence != "\xEF\xBF\xBF";
}

void append_escaped(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const std::size_t length = valid_utf8_prefix(text);
    const std::string_view sequence = text.substr(0, length == 0 ? 1 : length);
    text.remove_prefix(sequence.size());
    if (length == 0 || !allowed_in_xml(sequence)) {
      out += kReplacement;
      continue;
    }
    switch (sequence.front()) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      // As they are, attributes would turn them into blanks.
      case '\n': out += "&#10;"; break;
      case '\r': out += "&#13;"; break;
      case '\t': out += "&#9;"; break;
      default: out += sequence; break;
    }
  }
}

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(text, out);
  return out;
}

// Seconds with three digits, in no locale's way.
std::string seconds(std::uint64_t ns) { return fmt::format("{}.{:03}", ns / 1'000'000'000, ns / 1'000'000 % 1'000); }

struct SuiteCounts {
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::uint64_t took_ns = 0;
};

SuiteCounts count(const std::vector<CaseReport>& cases, std::size_t first, std::size_t last) {
  SuiteCounts counts;
  for (std::size_t i = first; i < last; ++i) {
    counts.failures += cases[i].outcome == CaseReport::Outcome::kFailed ? 1 : 0;
    counts.errors += cases[i].outcome == CaseReport::Outcome::kUnreadable ? 1 : 0;
    counts.took_ns += cases[i].took_ns;
  }
  return counts;
}

std::string details(const CaseFailure& failure) {
  std::string text = fmt::format("{}\nexpected  {}\nactual    {}\n", failure.where, failure.expected, failure.actual);
  for (const std::string& line : failure.around) text += line + '\n';
  return text + "reproduce  " + failure.reproduce;
}

void write_case(const CaseReport& one, std::string& out) {
  const std::string_view name = one.name.empty() ? std::string_view(one.path) : std::string_view(one.name);
  out += fmt::format("    <testcase name=\"{}\" classname=\"{}\" time=\"{}\"", escaped(name), escaped(one.path),
                     seconds(one.took_ns));
  if (one.outcome == CaseReport::Outcome::kPassed) {
    out += "/>\n";
    return;
  }
  out += ">\n";
  if (one.outcome == CaseReport::Outcome::kUnreadable) {
    out += fmt::format("      <error message=\"{}\" type=\"unreadable\"/>\n", escaped(one.error));
  }
  for (const CaseFailure& failure : one.failures) {
    out += fmt::format("      <failure message=\"{}\" type=\"expectation\">{}</failure>\n",
                       escaped(failure.expected + "; actual: " + failure.actual), escaped(details(failure)));
  }
  out += "    </testcase>\n";
}

}  // namespace

std::string junit_report(const RunReport& report) {
  // What was asked for and cannot be had would otherwise look like success.
  const std::size_t missing = report.errors.size();
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out +=
      fmt::format("<testsuites name=\"holdfast\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{}\">\n",
                  report.cases.size() + missing, report.failed, report.unreadable + missing, seconds(report.took_ns));
  for (std::size_t first = 0; first < report.cases.size();) {
    std::size_t last = first;
    while (last < report.cases.size() && report.cases[last].folder == report.cases[first].folder) ++last;
    const SuiteCounts counts = count(report.cases, first, last);
    out += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" time=\"{}\">\n",
        escaped(report.cases[first].folder), last - first, counts.failures, counts.errors, seconds(counts.took_ns));
    for (std::size_t i = first; i < last; ++i) write_case(report.cases[i], out);
    out += "  </testsuite>\n";
    first = last;
  }
  if (missing != 0) {
    out += fmt::format(
        "  <testsuite name=\"missing\" tests=\"{0}\" failures=\"0\" errors=\"{0}\" skipped=\"0\" time=\"0.000\">\n",
        missing);
    for (const std::string& error : report.errors) {
      out += fmt::format(
          "    <testcase name=\"{0}\" classname=\"missing\" time=\"0.000\">\n"
          "      <error message=\"{0}\" type=\"missing\"/>\n    </testcase>\n",
          escaped(error));
    }
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace holdfast
