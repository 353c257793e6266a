// Answers of services that still count: bounded, the least recently used is forgotten first (DOMAIN 8).
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/lookups/answer_reader.h"
#include "engine/schema/error.h"
#include "engine/schema/state.pb.h"

namespace holdfast::engine {

class AnswerCache {
 public:
  // `sha256`: 32 bytes, as below. Nothing where no answer counts at `now_ns`.
  std::optional<Answer> find(v1::HttpRequest::Purpose purpose, std::string_view sha256, std::uint64_t now_ns);

  // Puts or replaces. True where another answer had to go.
  bool put(v1::HttpRequest::Purpose purpose, std::string_view sha256, const Answer& answer,
           std::uint64_t expires_at_ns);

  void clear();
  // So much time passed that no clock of the engine shows.
  void age(std::uint64_t by_ns);
  // Forgets down to the new limit. True where an answer had to go.
  bool set_answers_max(std::uint32_t answers_max);

  std::size_t size() const { return by_use_.size(); }
  void save(v1::CloudState& state) const;
  // Refuses a key that is no SHA-256 or stands twice.
  Expected<void> load(const v1::CloudState& state);

 private:
  struct Entry {
    std::string key;
    Answer answer;
    std::uint64_t expires_at_ns;
  };
  bool shrink();

  std::list<Entry> by_use_;                                                  // the next to be forgotten first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key_;  // keys lie in by_use_
  std::string scratch_;
  std::uint32_t answers_max_ = 65'536;
};

}  // namespace holdfast::engine
