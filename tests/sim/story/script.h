// A source of inputs for tests of the sensors that merge several.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "sim/world/input_source.h"

namespace holdfast {

// Losses of given counts at given moments.
class Script final : public InputSource {
 public:
  struct Line {
    Moment moment;
    std::uint64_t events;
    bool happens = true;
  };
  explicit Script(std::deque<Line> lines) : lines_(std::move(lines)) {}
  std::optional<Moment> due() const override {
    return lines_.empty() ? std::nullopt : std::optional<Moment>(lines_.front().moment);
  }
  bool take(v1::Input& input) override {
    const Line line = lines_.front();
    lines_.pop_front();
    if (line.happens) input.mutable_loss()->set_events(line.events);
    return line.happens;
  }

 private:
  std::deque<Line> lines_;
};

}  // namespace holdfast
