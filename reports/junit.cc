#include "reports/junit.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "engine/text/units.h"
#include "engine/text/utf8.h"
#include "reports/wording.h"

namespace holdfast {
namespace {

// XML 1.0 forbids most control characters and the two noncharacters of the first plane, escaped or not.
bool allowed_in_xml(char32_t point) {
  if (point < 0x20) return point == U'\t' || point == U'\n' || point == U'\r';
  return point != 0xFFFE && point != 0xFFFF;
}

void append_escaped(std::string_view text, std::string& out) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    at += point.bytes;
    switch (point.value) {
      case U'&': out += "&amp;"; break;
      case U'<': out += "&lt;"; break;
      case U'>': out += "&gt;"; break;
      case U'"': out += "&quot;"; break;
      // As they are, attributes would turn them into blanks.
      case U'\n': out += "&#10;"; break;
      case U'\r': out += "&#13;"; break;
      case U'\t': out += "&#9;"; break;
      default: append_utf8(allowed_in_xml(point.value) ? point.value : kReplacementCharacter, out); break;
    }
  }
}

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(text, out);
  return out;
}

// Seconds with three digits, in no locale's way.
std::string seconds(std::uint64_t ns) { return fmt::format("{}.{:03}", ns / kSecond_ns, ns / kMillisecond_ns % 1'000); }

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
