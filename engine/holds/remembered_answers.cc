#include "engine/holds/remembered_answers.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/holds/holds.h"
#include "engine/text/bounded_text.h"

namespace holdfast::engine {
namespace {

bool is_of(const v1::RememberedAnswer& answer, const ProgramKey& program) {
  return answer.has_process() && answer.process().pid() == program.pid &&
         answer.process().start_ns() == program.start_ns && computer_of(answer.endpoint()) == program.computer;
}

}  // namespace

std::string lasting_name(const WindowsPath& image) {
  if (image.lookalike) return {};
  std::string name = image.stream.empty() ? image.folded : image.folded + ':' + image.stream;
  return name.size() > kLastingNameBytesMax ? std::string() : name;
}

const v1::RememberedAnswer* RememberedAnswers::recall(v1::MonitoredEvent event, const ProcessRow& program,
                                                      v1::Remember at_most) const {
  if (answers_.empty() || at_most == v1::REMEMBER_ONCE) return nullptr;
  const std::string name = lasting_name(*program.image);
  const auto matches = [&](const v1::RememberedAnswer& answer) {
    if (answer.event() != event) return false;
    if (answer.has_process()) return is_of(answer, program.key);
    return at_most == v1::REMEMBER_ALWAYS && !name.empty() && answer.program() == name &&
           answer.sha256() == program.sha256 && computer_of(answer.endpoint()) == program.key.computer;
  };
  const auto latest = std::find_if(answers_.rbegin(), answers_.rend(), matches);
  return latest == answers_.rend() ? nullptr : &*latest;
}

void RememberedAnswers::remember(const v1::PromptState& prompt, const std::set<v1::MonitoredEvent>& events,
                                 const v1::PromptAnswer& answer, const EffectiveSettings& settings, Step& step) {
  const bool nobody = is_nobody(key_of(prompt.process(), prompt.endpoint()));
  for (const v1::MonitoredEvent event : events) {
    const v1::Remember at_most = settings.policy(event).remember;
    const bool wishes = answer.remember() != v1::REMEMBER_UNSPECIFIED && v1::Remember_IsValid(answer.remember());
    const v1::Remember how_long = std::min(wishes ? answer.remember() : at_most, at_most);
    if (how_long == v1::REMEMBER_ONCE) continue;
    const bool until_exit = how_long == v1::REMEMBER_UNTIL_EXIT || prompt.program().empty();
    if (until_exit && nobody) continue;  // it counts for whom it was given to, once
    v1::RememberedAnswer& kept = answers_.emplace_back();
    kept.set_event(event);
    kept.set_allow(answer.kind() == v1::PromptAnswer::ALLOW);
    kept.set_prompt_id(prompt.prompt_id());
    kept.set_endpoint(prompt.endpoint());
    if (until_exit) {
      *kept.mutable_process() = prompt.process();
    } else {
      kept.set_program(prompt.program());
      kept.set_sha256(prompt.sha256());
    }
  }
  limit_to(settings.limits.remembered_answers_max, step);
}

void RememberedAnswers::forget(const ProgramKey& process) {
  std::erase_if(answers_, [&](const v1::RememberedAnswer& answer) { return is_of(answer, process); });
}

void RememberedAnswers::limit_to(std::uint32_t answers_max, Step& step) {
  if (answers_.size() <= answers_max) return;
  step.limit_reached(v1::LimitReached::REMEMBERED_ANSWERS, answers_max, "the oldest answer was forgotten");
  while (answers_.size() > answers_max) answers_.pop_front();
}

void RememberedAnswers::save(v1::EngineState& state) const {
  for (const v1::RememberedAnswer& answer : answers_) *state.add_remembered() = answer;
}

Expected<void> RememberedAnswers::load(const v1::EngineState& state, std::uint32_t answers_max) {
  answers_.clear();
  for (const v1::RememberedAnswer& answer : state.remembered()) {
    const std::string field = fmt::format("remembered[{}]", answers_.size());
    if (!answer.has_process() && answer.program().empty()) return bad_state(field, "it does not say whom it is about");
    if (answer.program().size() > kLastingNameBytesMax) {
      return bad_state(field + ".program", "it is longer than the limit allows");
    }
    if (!is_bounded_text(answer.endpoint(), kEndpointBytesMax)) {
      return bad_state(field + ".endpoint", "it is longer than what is kept of a computer's name");
    }
    answers_.push_back(answer);
    // An engine before this one forgot only when it remembered.
    if (answers_.size() > answers_max) answers_.pop_front();
  }
  return {};
}

}  // namespace holdfast::engine
