#include "sim/world/user.h"

#include <algorithm>
#include <utility>

#include "sim/text/duration.h"

namespace holdfast {
namespace {

// Checked when the scenario was read.
std::uint64_t ns(const std::string& duration) { return duration.empty() ? 0 : parse_duration(duration).value_or(0); }

bool can_be_seen(v1::SessionChanged::State state) {
  return state == v1::SessionChanged::ACTIVE || state == v1::SessionChanged::REMOTE;
}

}  // namespace

UserModel::UserModel(const v1::UserModel& model, PlanningOrder& order)
    : model_(model),
      order_(order),
      session_id_(model.session_id() == 0 ? 1 : model.session_id()),
      name_(model.user().empty() ? "EXAMPLE\\user" : model.user()),
      can_see_(!model.has_not_logged_on()) {}

void UserModel::see(std::uint64_t at_ns, const v1::Output& output) {
  if (output.has_prompt()) {
    const v1::Prompt& prompt = output.prompt();
    const bool here = prompt.not_shown() == v1::REASON_CODE_UNSPECIFIED && prompt.session_id() == session_id_;
    if (here) shown(at_ns, prompt.prompt_id());
  } else if (output.has_prompt_update() && output.prompt_update().change() == v1::PromptUpdate::MOVED_TO_SESSION) {
    const v1::PromptUpdate& update = output.prompt_update();
    if (update.session_id() == session_id_ && update.not_shown() == v1::REASON_CODE_UNSPECIFIED) {
      shown(at_ns, update.prompt_id());
    } else {
      hidden(at_ns, update.prompt_id());
    }
  } else if (output.has_prompt_closed()) {
    closed(at_ns, output.prompt_closed().prompt_id());
  }
}

void UserModel::shown(std::uint64_t at_ns, std::uint64_t prompt_id) {
  const auto [prompt, is_new] = open_.try_emplace(prompt_id, SeenPrompt{.number = seen_, .here = false});
  if (is_new) ++seen_;
  if (std::exchange(prompt->second.here, true) || !can_see_) return;
  plan(at_ns, prompt_id, prompt->second.number);
}

void UserModel::hidden(std::uint64_t at_ns, std::uint64_t prompt_id) {
  const auto prompt = open_.find(prompt_id);
  if (prompt == open_.end()) return;
  prompt->second.here = false;
  std::erase_if(planned_, [&](const Planned& planned) {
    return planned.answer.prompt_id() == prompt_id && planned.clicked_ns > at_ns;
  });
}

void UserModel::closed(std::uint64_t at_ns, std::uint64_t prompt_id) {
  // A click of this very moment is under way already and arrives, late.
  hidden(at_ns, prompt_id);
  open_.erase(prompt_id);
}

void UserModel::session_changed(std::uint64_t at_ns, const v1::SessionChanged& change) {
  if (change.session_id() != session_id_) return;
  const bool sees_now = can_be_seen(change.state());
  if (sees_now == can_see_) return;
  can_see_ = sees_now;
  if (!can_see_) {
    std::erase_if(planned_, [&](const Planned& planned) { return planned.clicked_ns >= at_ns; });
    return;
  }
  for (const auto& [id, prompt] : open_) {
    if (prompt.here) plan(at_ns, id, prompt.number);
  }
}

void UserModel::plan(std::uint64_t at_ns, std::uint64_t prompt_id, std::size_t number) {
  if (number < static_cast<std::size_t>(model_.then_size())) {
    const v1::UserModel::Answers& answers = model_.then(static_cast<int>(number));
    if (answers.kind() != v1::PromptAnswer::KIND_UNSPECIFIED) plan_answer(at_ns, prompt_id, answers);
    return;
  }
  if (model_.has_answers()) plan_answer(at_ns, prompt_id, model_.answers());
  if (model_.has_prompt_program_dead()) {
    plan_click(at_ns, 0, prompt_id, v1::PromptAnswer::NOT_SHOWN, v1::REMEMBER_UNSPECIFIED);
  }
}

void UserModel::plan_answer(std::uint64_t at_ns, std::uint64_t prompt_id, const v1::UserModel::Answers& answers) {
  const std::uint64_t clicks_ns = at_ns + ns(answers.after());
  if (const std::uint64_t interacts_ns = ns(answers.interacts_for()); interacts_ns != 0) {
    plan_click(clicks_ns - interacts_ns, 0, prompt_id, v1::PromptAnswer::INTERACTION_STARTED, v1::REMEMBER_UNSPECIFIED);
  }
  plan_click(clicks_ns, ns(answers.under_way_for()), prompt_id, answers.kind(), answers.remember());
}

void UserModel::plan_click(std::uint64_t clicked_ns, std::uint64_t under_way_ns, std::uint64_t prompt_id,
                           v1::PromptAnswer::Kind kind, v1::Remember remember) {
  Planned planned{.arrives = {clicked_ns + under_way_ns, order_.next()}, .clicked_ns = clicked_ns, .answer = {}};
  planned.answer.set_prompt_id(prompt_id);
  planned.answer.set_kind(kind);
  planned.answer.set_remember(remember);
  planned.answer.set_session_id(session_id_);
  planned_.push_back(std::move(planned));
}

std::optional<Moment> UserModel::due() const {
  std::optional<Moment> first;
  for (const Planned& planned : planned_) {
    if (!first || planned.arrives < *first) first = planned.arrives;
  }
  return first;
}

bool UserModel::take(v1::Input& input) {
  const auto first = std::min_element(planned_.begin(), planned_.end(),
                                      [](const Planned& a, const Planned& b) { return a.arrives < b.arrives; });
  *input.mutable_prompt_answer() = std::move(first->answer);
  planned_.erase(first);
  return true;
}

}  // namespace holdfast
