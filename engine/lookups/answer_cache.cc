#include "engine/lookups/answer_cache.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/lookups/lookup_key.h"
#include "engine/step/step.h"

namespace holdfast::engine {

std::optional<Answer> AnswerCache::find(v1::HttpRequest::Purpose purpose, std::string_view sha256,
                                        std::uint64_t now_ns) {
  write_lookup_key(purpose, sha256, scratch_);
  const auto found = by_key_.find(scratch_);
  if (found == by_key_.end()) return std::nullopt;
  const auto entry = found->second;
  if (entry->expires_at_ns <= now_ns) {
    by_key_.erase(found);
    by_use_.erase(entry);
    return std::nullopt;
  }
  by_use_.splice(by_use_.end(), by_use_, entry);
  return entry->answer;
}

bool AnswerCache::put(v1::HttpRequest::Purpose purpose, std::string_view sha256, const Answer& answer,
                      std::uint64_t expires_at_ns) {
  write_lookup_key(purpose, sha256, scratch_);
  if (const auto found = by_key_.find(scratch_); found != by_key_.end()) {
    const auto entry = found->second;
    entry->answer = answer;
    entry->expires_at_ns = expires_at_ns;
    by_use_.splice(by_use_.end(), by_use_, entry);
    return false;
  }
  by_use_.push_back({.key = scratch_, .answer = answer, .expires_at_ns = expires_at_ns});
  by_key_.emplace(by_use_.back().key, std::prev(by_use_.end()));
  return shrink();
}

bool AnswerCache::shrink() {
  bool forgot = false;
  while (by_use_.size() > answers_max_) {
    by_key_.erase(by_use_.front().key);
    by_use_.pop_front();
    forgot = true;
  }
  return forgot;
}

void AnswerCache::clear() {
  by_key_.clear();
  by_use_.clear();
}

void AnswerCache::age(std::uint64_t by_ns) {
  for (Entry& entry : by_use_) entry.expires_at_ns -= std::min(entry.expires_at_ns, by_ns);
}

bool AnswerCache::set_answers_max(std::uint32_t answers_max) {
  answers_max_ = answers_max;
  return shrink();
}

void AnswerCache::save(v1::CloudState& state) const {
  for (const Entry& entry : by_use_) {
    v1::CachedAnswer& kept = *state.add_answer();
    kept.set_purpose(purpose_of_lookup_key(entry.key));
    kept.set_sha256(std::string(sha256_of_lookup_key(entry.key)));
    kept.set_expires_at_ns(entry.expires_at_ns);
    kept.set_verdict(entry.answer.verdict);
    kept.set_detections(entry.answer.detections);
    if (entry.answer.age_days) kept.set_age_days(*entry.answer.age_days);
  }
}

Expected<void> AnswerCache::load(const v1::CloudState& state) {
  const auto refuse = [&](std::string what) {
    return bad_state(fmt::format("cloud.answer[{}]", by_use_.size()), std::move(what));
  };
  by_use_.clear();
  by_key_.clear();
  for (const v1::CachedAnswer& kept : state.answer()) {
    if (!is_lookup_key(kept.purpose(), kept.sha256())) return refuse("it does not say what it answers");
    const std::size_t before = by_use_.size();
    if (before == answers_max_) return refuse("there are more than the limit allows");
    Answer answer{.verdict = kept.verdict(), .detections = kept.detections(), .age_days = std::nullopt};
    if (kept.has_age_days()) answer.age_days = kept.age_days();
    put(kept.purpose(), kept.sha256(), answer, kept.expires_at_ns());
    if (by_use_.size() == before) return refuse("it stands twice");
  }
  return {};
}

}  // namespace holdfast::engine
