// One act that two sources tell of: Sysmon 1 and Security 4688 of a start, Sysmon 13, Security 4697 and System 7045 of
// a service. The first one counts; what comes within two seconds from another source repeats it: it adds what the first
// one left out, and is marked.
//
//   Repetitions repetitions(write);
//   repetitions.take(input, EventProvider::kSecurity);
//   repetitions.finish();
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/schema/error.h"
#include "engine/schema/input.pb.h"
#include "sensors/import/event_mapping.h"

namespace holdfast {

// What tells one act from others, the same whichever source tells it.
struct Act {
  std::string name;          // "task|PC1|\UPDATER"; empty for what no two sources tell, or where too little is told
  std::uint32_t rights = 0;  // of an access: one with further rights is another act
};
Act act_of(const v1::Operation& operation);

class Repetitions {
 public:
  static constexpr std::uint64_t kWindow_ns = 2'000'000'000;
  static constexpr std::size_t kHeldMax = 16'384;      // of the last two seconds
  static constexpr std::size_t kOfOneNameMax = 1'024;  // the latest of them are compared

  using Give = std::function<Expected<void>(v1::Input&)>;

  // `give` gets the operations in the order in which they were taken, each once nobody can add to it any more.
  explicit Repetitions(Give give) : give_(std::move(give)) {}

  // Takes the content of `input`, an operation that `provider` tells, which comes after all that were taken before
  // (wall_ns). Two that one provider tells are two acts.
  Expected<void> take(v1::Input& input, EventProvider provider);
  Expected<void> finish();

  std::uint64_t repeated() const { return repeated_; }
  // Operations that were no longer compared before their two seconds were over: too many came in them.
  std::uint64_t not_compared() const { return not_compared_; }

 private:
  struct Held {
    v1::Input input;
    Act act;
    std::uint32_t told_by = 0;  // a bit for each provider
  };

  // Whether `held` repeats what was told: the first telling of its act that its provider has not answered yet.
  void compare(Held& held);
  Expected<void> give_first();

  Give give_;
  std::deque<std::unique_ptr<Held>> held_;
  std::unordered_map<std::string, std::vector<Held*>> acts_;  // by their names: what was told first
  std::vector<std::unique_ptr<Held>> spare_;
  std::uint32_t providers_ = 0;  // a bit for each that told anything
  bool compares_ = false;        // there are several
  std::uint64_t repeated_ = 0;
  std::uint64_t not_compared_ = 0;
};

}  // namespace holdfast
