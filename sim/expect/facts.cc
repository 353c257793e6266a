#include "sim/expect/facts.h"

namespace holdfast {
namespace {

void open_prompt(Facts& facts, std::size_t step, std::uint64_t at_ns, const v1::Prompt& prompt) {
  PromptFact fact{.step = step,
                  .opened_ns = at_ns,
                  .prompt = &prompt,
                  .shown_ns = {},
                  .session_id = 0,
                  .operations = 1,
                  .closed_ns = {},
                  .closed_because = v1::REASON_CODE_UNSPECIFIED};
  if (prompt.not_shown() == v1::REASON_CODE_UNSPECIFIED) {
    fact.shown_ns = at_ns;
    fact.session_id = prompt.session_id();
  }
  facts.prompts.push_back(fact);
}

PromptFact* find_prompt(Facts& facts, std::uint64_t id) {
  for (auto prompt = facts.prompts.rbegin(); prompt != facts.prompts.rend(); ++prompt) {
    if (prompt->prompt->prompt_id() == id) return &*prompt;
  }
  return nullptr;
}

void update_prompt(Facts& facts, std::uint64_t at_ns, const v1::PromptUpdate& update) {
  PromptFact* prompt = find_prompt(facts, update.prompt_id());
  if (prompt == nullptr) return;
  if (update.change() == v1::PromptUpdate::OPERATION_JOINED) ++prompt->operations;
  if (update.change() != v1::PromptUpdate::MOVED_TO_SESSION || update.not_shown() != v1::REASON_CODE_UNSPECIFIED)
    return;
  if (!prompt->shown_ns) prompt->shown_ns = at_ns;
  prompt->session_id = update.session_id();
}

void close_prompt(Facts& facts, std::uint64_t at_ns, const v1::PromptClosed& closed) {
  PromptFact* prompt = find_prompt(facts, closed.prompt_id());
  if (prompt == nullptr || prompt->closed_ns) return;
  prompt->closed_ns = at_ns;
  prompt->closed_because = closed.because();
}

// Attempts by their id, so that outcomes find theirs.
class Requests {
 public:
  explicit Requests(std::vector<RequestFact>& facts) : facts_(facts) {}

  void asked(std::size_t step, std::uint64_t at_ns, const v1::HttpRequest& request) {
    latest_[request.request_id()] = facts_.size();
    facts_.push_back({.step = step, .at_ns = at_ns, .request = &request});
  }
  void ended(const v1::HttpOutcome& outcome) {
    if (RequestFact* fact = find(outcome.request_id()); fact != nullptr && fact->outcome == nullptr) {
      fact->outcome = &outcome;
    }
  }
  void cancelled(std::uint64_t id) {
    if (RequestFact* fact = find(id)) fact->cancelled = true;
  }

 private:
  RequestFact* find(std::uint64_t id) {
    const auto latest = latest_.find(id);
    return latest == latest_.end() ? nullptr : &facts_[latest->second];
  }

  std::vector<RequestFact>& facts_;
  std::map<std::uint64_t, std::size_t> latest_;  // by request id
};

}  // namespace

Facts gather_facts(const std::vector<Step>& steps) {
  Facts facts;
  Requests requests(facts.requests);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::uint64_t at_ns = steps[i].input.at_ns();
    if (steps[i].input.has_http_outcome()) requests.ended(steps[i].input.http_outcome());
    for (const v1::Output& output : steps[i].outputs) {
      switch (output.kind_case()) {
        case v1::Output::kVerdict: facts.verdicts.push_back({i, at_ns, &output.verdict()}); break;
        case v1::Output::kPrompt: open_prompt(facts, i, at_ns, output.prompt()); break;
        case v1::Output::kPromptUpdate: update_prompt(facts, at_ns, output.prompt_update()); break;
        case v1::Output::kPromptClosed: close_prompt(facts, at_ns, output.prompt_closed()); break;
        case v1::Output::kViolation: facts.violations.push_back({i, at_ns, &output.violation()}); break;
        case v1::Output::kStatus: facts.statuses.push_back({i, at_ns, &output.status()}); break;
        case v1::Output::kSettingsRefused: facts.refused.push_back({i, at_ns, &output.settings_refused()}); break;
        case v1::Output::kLimitReached: facts.limits.push_back({i, at_ns, &output.limit_reached()}); break;
        case v1::Output::kHttpRequest: requests.asked(i, at_ns, output.http_request()); break;
        case v1::Output::kHttpCancel: requests.cancelled(output.http_cancel().request_id()); break;
        case v1::Output::kCloudStatus: facts.cloud_statuses.push_back({i, at_ns, &output.cloud_status()}); break;
        case v1::Output::kDetectionAnswer:
          facts.detection_answers.push_back({i, at_ns, &output.detection_answer()});
          break;
        case v1::Output::kWarning: ++facts.warnings; break;
        case v1::Output::kInputIgnored: ++facts.inputs_ignored; break;
        default: break;
      }
    }
  }
  return facts;
}

}  // namespace holdfast
