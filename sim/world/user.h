// A person at the machine, as far as prompts know people.
//
// Faults this model knows, each of which a scenario can choose:
//   - never answers; answers some prompts and not others (`then`)
//   - answers late: the click is under way while the prompt closes, so an answer arrives that nobody waits for
//   - closes the window without a choice
//   - uses the prompt for a while, then answers, or leaves it unanswered
//   - is not logged on
//   - sits before a prompt program that is dead: it reports at once that nothing was shown
//   - goes away: while the session is locked, disconnected or logged off nobody sees prompts and no click happens; back
//   at
//     the screen the person starts over with whatever still waits
// Not modelled: a prompt program that answers what nobody clicked (use `at { prompt_answer {...} }`).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/schema/input.pb.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/scenario.pb.h"
#include "sim/world/input_source.h"

namespace holdfast {

class UserModel final : public InputSource {
 public:
  // Durations of `model` must be valid (Timeline::compile checks them). `order` must outlive the user.
  UserModel(const v1::UserModel& model, PlanningOrder& order);

  std::uint32_t session_id() const { return session_id_; }
  const std::string& name() const { return name_; }
  bool logged_on() const { return can_see_; }

  // What the person gets to see; called for every output, whoever it is meant for.
  void see(std::uint64_t at_ns, const v1::Output& output);
  // The session's state changed.
  void session_changed(std::uint64_t at_ns, const v1::SessionChanged& change);

  std::optional<Moment> due() const override;
  bool take(v1::Input& input) override;

 private:
  // Something the person will do.
  struct Planned {
    Moment arrives;
    std::uint64_t clicked_ns = 0;
    v1::PromptAnswer answer;
  };

  void shown(std::uint64_t at_ns, std::uint64_t prompt_id);
  void hidden(std::uint64_t at_ns, std::uint64_t prompt_id);
  void closed(std::uint64_t at_ns, std::uint64_t prompt_id);
  void plan(std::uint64_t at_ns, std::uint64_t prompt_id, std::size_t number);
  void plan_answer(std::uint64_t at_ns, std::uint64_t prompt_id, const v1::UserModel::Answers& answers);
  void plan_click(std::uint64_t clicked_ns, std::uint64_t under_way_ns, std::uint64_t prompt_id,
                  v1::PromptAnswer::Kind kind, v1::Remember remember);

  struct SeenPrompt {
    std::size_t number = 0;  // from 0: the how-manieth the person saw
    bool here = false;       // it stands in the person's session, seen or not
  };

  const v1::UserModel& model_;
  PlanningOrder& order_;
  std::uint32_t session_id_;
  std::string name_;
  bool can_see_;
  std::map<std::uint64_t, SeenPrompt> open_;  // by prompt id
  std::size_t seen_ = 0;
  std::vector<Planned> planned_;  // few: at most three per open prompt
};

}  // namespace holdfast
