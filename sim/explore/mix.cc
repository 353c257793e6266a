#include "sim/explore/mix.h"

#include <algorithm>

#include "engine/text/units.h"

namespace holdfast {
namespace {

// The order is that of Move: operation, answer, outcome, session, settings, profile, service, network, clock, loss,
// detection, start, stop, stray answer, stray outcome, stray timer, repeated number, backwards, empty.
constexpr std::array kMixes = {
    Mix{"all", "everything", {10'000, 500, 700, 80, 50, 30, 30, 60, 20, 20, 150, 10, 10, 40, 40, 40, 20, 20, 10}, true},
    Mix{"asking",
        "prompts, sessions and answers",
        {10'000, 1'500, 100, 300, 80, 20, 30, 5, 5, 5, 5, 5, 5, 60, 5, 60, 5, 5, 5}},
    Mix{.name = "bounds",
        .summary = "small limits that change while somebody waits",
        .weights = {10'000, 100, 1'500, 200, 400, 5, 5, 150, 5, 5, 300, 5, 5, 5, 5, 5, 5, 5, 5},
        .tight = true},
    Mix{"services",
        "questions to the services outside",
        {10'000, 300, 2'500, 20, 80, 20, 20, 300, 5, 5, 800, 5, 5, 5, 150, 60, 5, 5, 5}},
    Mix{"processes",
        "starts, exits and reused numbers of processes",
        {10'000, 200, 100, 40, 20, 10, 10, 10, 10, 40, 20, 5, 5, 5, 5, 5, 5, 5, 5}},
    Mix{"restore",
        "settings, profiles and restarts between snapshots",
        {10'000, 500, 500, 150, 250, 250, 120, 100, 60, 10, 80, 60, 60, 10, 10, 10, 5, 5, 5}},
    Mix{"hostile-states",
        "states that somebody damaged",
        {10'000, 800, 1'000, 100, 60, 60, 60, 100, 10, 10, 200, 10, 10, 5, 5, 5, 5, 5, 5},
        true},
};

// What no seed goes without; everything else may be left out.
bool always(Move move) { return move == Move::kOperation; }

}  // namespace

std::span<const Mix> mixes() { return kMixes; }

const Mix* find_mix(std::string_view name) {
  const auto* const found = std::ranges::find(kMixes, name, &Mix::name);
  return found == kMixes.end() ? nullptr : found;
}

Menu draw_menu(const Mix& mix, Choices& choices) {
  constexpr std::array<std::uint32_t, 4> kFactors = {1, 4, 4, 16};  // quarters
  Menu menu;
  for (std::size_t i = 0; i < kMoves; ++i) {
    const auto move = static_cast<Move>(i);
    if (always(move)) {
      menu.weights.at(i) = std::uint32_t{mix.weights.at(i)} * 4;
    } else if (!choices.chance(30)) {
      menu.weights.at(i) = std::uint32_t{mix.weights.at(i)} * choices.pick(kFactors);
    }
    menu.weight += menu.weights.at(i);
  }
  menu.step_ns =
      choices.pick(std::array{kMillisecond_ns, 100 * kMillisecond_ns, kSecond_ns, 10 * kSecond_ns, 600 * kSecond_ns});
  menu.same_time_percent = choices.pick(std::array{0U, 20U, 20U, 80U});
  menu.late_percent = choices.pick(std::array{0U, 0U, 0U, 5U, 50U});
  menu.unknown_start_percent = choices.pick(std::array{0U, 0U, 10U, 50U, 100U});
  menu.held_percent = choices.pick(std::array{30U, 60U, 90U, 100U});
  menu.monitored_percent = choices.pick(std::array{0U, 50U, 90U});
  menu.starts_percent = choices.pick(std::array{3U, 10U, 25U, 60U});
  menu.exits_percent = choices.pick(std::array{0U, 3U, 10U, 25U});
  menu.twice_percent = choices.pick(std::array{0U, 0U, 1U, 5U});
  menu.pids = choices.pick(std::array{2U, 5U, 12U, 60U});
  menu.pool = choices.pick(std::array{8U, 24U, 64U, 160U});
  menu.far_future_in = choices.pick(std::array{0U, 0U, 0U, 2'000U});
  menu.services_percent = choices.pick(std::array{20U, 60U, 95U});
  menu.small_limits_percent = choices.pick(std::array{0U, 30U, 90U});
  if (mix.tight) menu.small_limits_percent = 95;
  return menu;
}

}  // namespace holdfast
