#include "reports/console.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "reports/json.h"
#include "reports/wording.h"

namespace holdfast {
namespace {

constexpr std::string_view kIndent = "        ";

class Writer {
 public:
  explicit Writer(const ConsoleStyle& style) : style_(style) {}

  void line(std::string_view text) {
    out_ += text;
    out_ += '\n';
  }
  std::string green(std::string_view text) const { return painted("\x1b[32m", text); }
  std::string red(std::string_view text) const { return painted("\x1b[31m", text); }
  std::string yellow(std::string_view text) const { return painted("\x1b[33m", text); }
  std::string take() { return std::move(out_); }

 private:
  std::string painted(std::string_view colour, std::string_view text) const {
    return style_.colours ? fmt::format("{}{}\x1b[0m", colour, text) : std::string(text);
  }
  ConsoleStyle style_;
  std::string out_;
};

void write_failure(Writer& out, const CaseFailure& failure) {
  out.line(fmt::format("  {}  {}", out.red("FAIL"), printable(failure.where)));
  out.line(fmt::format("{}expected  {}", kIndent, printable(failure.expected)));
  out.line(fmt::format("{}actual    {}", kIndent, printable(failure.actual)));
  if (!failure.around.empty()) {
    out.line(fmt::format("{}around it", kIndent));
    for (const std::string& around : failure.around) out.line(fmt::format("{}{}", kIndent, printable(around)));
  }
  out.line(fmt::format("{}reproduce  {}", kIndent, printable(failure.reproduce)));
}

void write_folder(Writer& out, const std::vector<CaseReport>& cases, std::size_t first, std::size_t last,
                  std::size_t width) {
  std::size_t passed = 0;
  for (std::size_t i = first; i < last; ++i) passed += cases[i].outcome == CaseReport::Outcome::kPassed ? 1 : 0;
  if (passed != 0) {
    const std::string_view noun = passed == 1 ? "scenario" : "scenarios";
    const std::string share = passed == last - first ? fmt::format("{} {}", passed, noun)
                                                     : fmt::format("{} of {} scenarios", passed, last - first);
    out.line(fmt::format("  {}    {}  {}", out.green("ok"), padded(printable(cases[first].folder), width), share));
  }
  for (std::size_t i = first; i < last; ++i) {
    const CaseReport& one = cases[i];
    for (const std::string& changed : one.changed)
      out.line(fmt::format("  {}  {}", out.yellow("CHANGED"), printable(changed)));
    if (one.outcome == CaseReport::Outcome::kUnreadable)
      out.line(fmt::format("  {}   {}", out.red("BAD"), printable(one.error)));
    for (const CaseFailure& failure : one.failures) write_failure(out, failure);
  }
}

// "9f2c…e1"
std::string short_hash(const std::string& hash) {
  return hash.size() < 6 ? hash : hash.substr(0, 4) + "…" + hash.substr(hash.size() - 2);
}

std::string summary(const RunReport& report) {
  std::string text = fmt::format("{} passed, {} failed", report.passed, report.failed);
  if (report.unreadable != 0) text += fmt::format(", {} unreadable", report.unreadable);
  if (report.filtered_out != 0) text += fmt::format(", {} left out", report.filtered_out);
  if (report.took_ns != 0) text += " in " + spoken_duration(report.took_ns);
  text += fmt::format("   (simulated {}", spoken_duration(report.simulated_ns));
  if (report.took_ns != 0) text += fmt::format(", {}x", grouped(report.simulated_ns / report.took_ns));
  text += ")";
  if (!report.cases.empty()) text += "   log " + short_hash(report.log_sha256);
  return text;
}

std::string_view outcome_text(CaseReport::Outcome outcome) {
  switch (outcome) {
    case CaseReport::Outcome::kPassed: return "passed";
    case CaseReport::Outcome::kFailed: return "failed";
    case CaseReport::Outcome::kUnreadable: return "unreadable";
  }
  return "";
}

void write_json(const CaseReport& one, JsonWriter& json) {
  json.object();
  json.field("path", one.path).field("name", one.name).field("outcome", outcome_text(one.outcome));
  if (!one.error.empty()) json.field("error", one.error);
  json.field("simulated_ns", one.simulated_ns).field("inputs", one.inputs).field("outputs", one.outputs);
  json.field("expectations", one.expectations).field("suppressed", one.suppressed).field("log_sha256", one.log_sha256);
  if (one.took_ns != 0) json.field("took_ns", one.took_ns);
  json.array("failures");
  for (const CaseFailure& failure : one.failures) {
    json.object().field("where", failure.where).field("expected", failure.expected).field("actual", failure.actual);
    json.field("reproduce", failure.reproduce).array("around");
    for (const std::string& line : failure.around) json.element(line);
    json.end().end();
  }
  json.end().array("changed");
  for (const std::string& line : one.changed) json.element(line);
  json.end().end();
}

}  // namespace

std::string console_report(const RunReport& report, const ConsoleStyle& style) {
  Writer out(style);
  std::size_t width = 0;
  for (const CaseReport& one : report.cases) width = std::max(width, text_width(printable(one.folder)));
  for (std::size_t first = 0; first < report.cases.size();) {
    std::size_t last = first;
    while (last < report.cases.size() && report.cases[last].folder == report.cases[first].folder) ++last;
    write_folder(out, report.cases, first, last, width);
    first = last;
  }
  for (const std::string& error : report.errors) out.line(fmt::format("  {}   {}", out.red("BAD"), printable(error)));
  out.line("  " + summary(report));
  return out.take();
}

std::string json_report(const RunReport& report) {
  JsonWriter json;
  json.object().field("passed", report.passed).field("failed", report.failed).field("unreadable", report.unreadable);
  json.field("filtered_out", report.filtered_out).field("simulated_ns", report.simulated_ns);
  if (report.took_ns != 0) json.field("took_ns", report.took_ns);
  json.field("log_sha256", report.log_sha256).array("errors");
  for (const std::string& error : report.errors) json.element(error);
  json.end().array("cases");
  for (const CaseReport& one : report.cases) write_json(one, json);
  json.end().end();
  return json.text() + '\n';
}

}  // namespace holdfast
