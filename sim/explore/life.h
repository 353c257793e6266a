// A whole life of an engine's world, made up input by input: what comes next depends on what the engine has asked for
// (timers, prompts, requests) and on the choices.
//
//   Life life(material, menu, choices);
//   while (...) { engine.step(life.next(), outputs); life.see(outputs); }
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/schema/input.pb.h"
#include "engine/schema/output.pb.h"
#include "sim/explore/choices.h"
#include "sim/explore/material.h"
#include "sim/explore/mix.h"

namespace holdfast {

class Life {
 public:
  // All must outlive this.
  Life(const Material& material, const Menu& menu, Choices& choices);

  // Valid until the next call.
  const v1::Input& next();
  // What the engine said to it.
  void see(const std::vector<v1::Output>& outputs);

 private:
  struct OpenPrompt {
    std::uint64_t id;
    v1::ProcessKey process;
  };
  struct Request {
    std::uint64_t id;
    std::string url;
  };
  struct Timer {
    std::uint64_t at_ns;
    std::uint64_t id;
    auto operator<=>(const Timer&) const = default;
  };

  bool fire_due(std::uint64_t until_ns);
  std::uint64_t pause();
  Move draw_move();
  void make(Move move);
  v1::Input& stamped(v1::Input& input);
  void make_operation();
  void make_start_of_program(v1::Operation& operation);
  void make_actor(v1::Operation& operation);
  std::uint64_t start_of(std::size_t pid);
  void make_answer(std::uint64_t prompt_id);
  void make_outcome(std::uint64_t request_id, const std::string& url);
  void make_answer_of_service(const std::string& url, v1::HttpOutcome& outcome);
  void make_session();
  void make_detection();
  void make_start_of_agent();
  void make_stray_timer();

  const Material& material_;
  const Menu& menu_;
  Choices& choices_;
  std::vector<v1::Input> pool_;  // operations, used again and again
  v1::Input scratch_;
  v1::Input* made_ = nullptr;

  std::uint64_t now_ns_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t last_operation_id_ = 0;
  v1::Settings settings_;  // the last that came
  v1::Download arrived_;   // the last file that came from outside: some programs that start are that
  std::uint64_t last_start_ns_ = 1'000;
  std::vector<std::uint64_t> starts_;  // of the latest run, by index of its pid
  std::vector<std::string> images_;    // likewise
  bool running_ = false;               // the agent
  std::uint64_t detections_ = 0;

  // What the engine waits for.
  std::set<Timer> timers_;
  std::vector<OpenPrompt> prompts_;
  std::vector<Request> requests_;
  std::uint64_t last_prompt_id_ = 0;
  std::uint64_t last_request_id_ = 0;
  std::uint64_t last_timer_id_ = 0;
};

}  // namespace holdfast
