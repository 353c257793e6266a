#include "engine/log/decision_log.h"

#include <fmt/format.h>

#include <iterator>

#include "engine/text/units.h"

namespace holdfast::engine {
namespace {

// Builds one line: "time<TAB>kind<TAB>name=value<TAB>...". Columns are fixed per kind and in the order of the calls.
class Line {
 public:
  Line(std::uint64_t at_ns, std::string_view kind, std::string& log) : log_(log) {
    append_time(at_ns, log_);
    log_ += '\t';
    log_ += kind;
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() { log_ += '\n'; }

  Line& text(std::string_view name, std::string_view value) {
    column(name);
    append_escaped(value);
    return *this;
  }
  Line& number(std::string_view name, std::uint64_t value) {
    column(name);
    fmt::format_to(std::back_inserter(log_), "{}", value);
    return *this;
  }
  Line& yes_no(std::string_view name, bool value) { return text(name, value ? "yes" : "no"); }
  Line& process(const v1::ProcessKey& key) {
    column("process");
    fmt::format_to(std::back_inserter(log_), "{}@{}", key.pid(), key.start_ns());
    return *this;
  }
  Line& chain(const google::protobuf::RepeatedPtrField<v1::Reason>& reasons) {
    column("reasons");
    std::string_view separator;
    for (const v1::Reason& reason : reasons) {
      log_ += separator;
      separator = " > ";
      log_ += v1::ReasonCode_Name(reason.code());
      if (!reason.text().empty() || reason.number() != 0) {
        log_ += '(';
        append_escaped(reason.text());
        if (reason.number() != 0) fmt::format_to(std::back_inserter(log_), "#{}", reason.number());
        log_ += ')';
      }
    }
    return *this;
  }
  void column(std::string_view name) {
    log_ += '\t';
    log_ += name;
    log_ += '=';
  }

 private:
  // Control characters and '%' as %XX, so that a line stays one line whatever a program calls itself.
  void append_escaped(std::string_view value) {
    for (const char c : value) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || byte == 0x7f || c == '%') {
        fmt::format_to(std::back_inserter(log_), "%{:02X}", byte);
      } else {
        log_ += c;
      }
    }
  }

  std::string& log_;
};

void append(std::uint64_t at_ns, const v1::Verdict& v, std::string& log) {
  Line(at_ns, "verdict", log)
      .number("operation", v.operation_id())
      .text("decision", v1::Verdict::Decision_Name(v.decision()))
      .text("because", v1::ReasonCode_Name(v.because()))
      .text("event", v1::MonitoredEvent_Name(v.event()))
      .text("hold", v1::HoldCapability_Name(v.hold()))
      .number("held_ns", v.held_ns())
      .yes_no("logged", v.logged())
      .yes_no("warned", v.user_warned())
      .number("prompt", v.prompt_id())
      .process(v.actor())
      .text("what", v.operation())
      .text("program", v.program())
      .text("target", v.target())
      .chain(v.reason());
}

void append(std::uint64_t at_ns, const v1::Prompt& p, std::string& log) {
  Line(at_ns, "prompt", log)
      .number("prompt", p.prompt_id())
      .number("operation", p.operation_id())
      .text("event", v1::MonitoredEvent_Name(p.event()))
      .number("session", p.session_id())
      .text("not_shown", p.not_shown() == v1::REASON_CODE_UNSPECIFIED ? "" : v1::ReasonCode_Name(p.not_shown()))
      .number("expires_at_ns", p.expires_at_ns())
      .number("countdown_s", p.countdown_s())
      .text("on_expiry", v1::OnExpiry_Name(p.on_expiry()))
      .process(p.process())
      .text("program", p.program())
      .text("target", p.target());
}

void append(std::uint64_t at_ns, const v1::PromptUpdate& u, std::string& log) {
  Line(at_ns, "prompt-update", log)
      .number("prompt", u.prompt_id())
      .text("change", v1::PromptUpdate::Change_Name(u.change()))
      .number("session", u.session_id())
      .number("expires_at_ns", u.expires_at_ns())
      .number("operations", u.operations())
      .text("event", v1::MonitoredEvent_Name(u.event()))
      .text("target", u.target());
}

void append(std::uint64_t at_ns, const v1::PromptClosed& c, std::string& log) {
  Line(at_ns, "prompt-closed", log).number("prompt", c.prompt_id()).text("because", v1::ReasonCode_Name(c.because()));
}

void append(std::uint64_t at_ns, const v1::Violation& v, std::string& log) {
  Line(at_ns, "violation", log)
      .number("violation", v.violation_id())
      .number("operation", v.operation_id())
      .text("event", v1::MonitoredEvent_Name(v.event()))
      .text("action", v1::MonitoredEventPolicy::Action_Name(v.action()))
      .text("result", v1::Verdict::Decision_Name(v.result()))
      .text("because", v1::ReasonCode_Name(v.because()))
      .number("wall_ns", v.wall_ns())
      .text("endpoint", v.endpoint())
      .text("user", v.user())
      .process(v.process())
      .text("what", v.operation())
      .text("rule", v.rule())
      .text("program", v.program())
      .text("target", v.target());
}

void append(std::uint64_t at_ns, const v1::Warning& w, std::string& log) {
  Line(at_ns, "warning", log)
      .text("event", v1::MonitoredEvent_Name(w.event()))
      .number("session", w.session_id())
      .text("program", w.program())
      .text("target", w.target());
}

void append(std::uint64_t at_ns, const v1::Status& s, std::string& log) {
  Line line(at_ns, "status", log);
  line.text("settings", s.settings_name())
      .yes_no("configured", s.configured_active())
      .yes_no("effective", s.effective_active())
      .text("because", v1::ReasonCode_Name(s.because()));
  for (const v1::EffectiveField& field : s.field()) {
    line.text(field.field(), field.configured() + "/" + field.effective() + "/" +
                                 v1::SettingSource_Name(field.source()) +
                                 (field.without_effect() == v1::REASON_CODE_UNSPECIFIED
                                      ? ""
                                      : "/" + v1::ReasonCode_Name(field.without_effect())));
  }
}

void append(std::uint64_t at_ns, const v1::SettingsRefused& r, std::string& log) {
  Line(at_ns, "settings-refused", log)
      .text("settings", r.settings_name())
      .text("field", r.field())
      .text("reason", r.reason());
}

void append(std::uint64_t at_ns, const v1::InputIgnored& i, std::string& log) {
  Line(at_ns, "input-ignored", log).text("what", i.what()).text("reason", i.reason());
}

void append(std::uint64_t at_ns, const v1::LimitReached& l, std::string& log) {
  Line(at_ns, "limit", log)
      .text("table", v1::LimitReached::Table_Name(l.table()))
      .number("limit", l.limit())
      .text("outcome", l.outcome());
}

void append(std::uint64_t at_ns, const v1::CloudStatus& s, std::string& log) {
  Line(at_ns, "cloud-status", log)
      .text("health", v1::CloudStatus::Health_Name(s.health()))
      .text("last_failure",
            s.last_failure() == v1::LOOKUP_FAILURE_UNSPECIFIED ? "" : v1::LookupFailure_Name(s.last_failure()))
      .number("failures", s.failures())
      .number("retry_at_ns", s.retry_at_ns())
      .number("added_wait_ns", s.added_wait_ns())
      .text("route", s.route());
}

void append(std::uint64_t at_ns, const v1::DetectionAnswer& a, std::string& log) {
  Line(at_ns, "detection-answer", log)
      .number("detection", a.detection_id())
      .text("verdict", v1::SafeSoftwareAnswer::Verdict_Name(a.verdict()))
      .number("waited_ns", a.waited_ns())
      .chain(a.reason());
}

void append(std::uint64_t at_ns, const v1::FileBackup& b, std::string& log) {
  Line(at_ns, "file-backup", log).process(b.process()).text("path", b.path());
}

void append(std::uint64_t at_ns, const v1::FileRestore& r, std::string& log) {
  Line(at_ns, "file-restore", log).process(r.process()).text("path", r.path());
}

}  // namespace

void append_time(std::uint64_t at_ns, std::string& text) {
  const std::uint64_t seconds = at_ns / kSecond_ns;
  fmt::format_to(std::back_inserter(text), "{:02}:{:02}:{:02}.{:09}", seconds / 3600, seconds / 60 % 60, seconds % 60,
                 at_ns % kSecond_ns);
}

void append_log_line(std::uint64_t at_ns, const v1::Output& output, std::string& log) {
  switch (output.kind_case()) {
    case v1::Output::kVerdict: return append(at_ns, output.verdict(), log);
    case v1::Output::kPrompt: return append(at_ns, output.prompt(), log);
    case v1::Output::kPromptUpdate: return append(at_ns, output.prompt_update(), log);
    case v1::Output::kPromptClosed: return append(at_ns, output.prompt_closed(), log);
    case v1::Output::kViolation: return append(at_ns, output.violation(), log);
    case v1::Output::kWarning: return append(at_ns, output.warning(), log);
    case v1::Output::kFileBackup: return append(at_ns, output.file_backup(), log);
    case v1::Output::kFileRestore: return append(at_ns, output.file_restore(), log);
    case v1::Output::kStatus: return append(at_ns, output.status(), log);
    case v1::Output::kSettingsRefused: return append(at_ns, output.settings_refused(), log);
    case v1::Output::kInputIgnored: return append(at_ns, output.input_ignored(), log);
    case v1::Output::kLimitReached: return append(at_ns, output.limit_reached(), log);
    case v1::Output::kCloudStatus: return append(at_ns, output.cloud_status(), log);
    case v1::Output::kDetectionAnswer: return append(at_ns, output.detection_answer(), log);
    // How a decision is carried out, not what was decided: a host may time and route it in its own order.
    case v1::Output::kTimerSet:
    case v1::Output::kTimerCancelled:
    case v1::Output::kHttpRequest:
    case v1::Output::kHttpCancel:
    case v1::Output::KIND_NOT_SET: return;
  }
}

void LogHash::add(std::uint64_t at_ns, const v1::Output& output) {
  constexpr std::size_t kHeldBackMax = 64 * 1024;
  append_log_line(at_ns, output, lines_);
  if (lines_.size() < kHeldBackMax) return;
  hash_.update(lines_);
  lines_.clear();
}

void LogHash::add_lines(std::string_view lines) {
  hash_ = whole();
  lines_.clear();
  hash_.update(lines);
}

Sha256 LogHash::whole() const {
  Sha256 whole = hash_;
  whole.update(lines_);
  return whole;
}

}  // namespace holdfast::engine
