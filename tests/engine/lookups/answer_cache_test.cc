#include "engine/lookups/answer_cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/engine/lookups/purposes.h"
#include "tests/support/random.h"

namespace holdfast::engine {
namespace {

std::string hash(std::uint64_t number) {
  std::string bytes(32, '\0');
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(number >> 8 * i);
  return bytes;
}
Answer answer(std::uint64_t number) { return {.verdict = {}, .detections = number, .age_days = std::nullopt}; }

// The same, as plainly as it can be written.
class NaiveCache {
 public:
  explicit NaiveCache(std::size_t max) : max_(max) {}
  std::optional<Answer> find(v1::HttpRequest::Purpose purpose, const std::string& sha256, std::uint64_t now_ns) {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].purpose != purpose || rows_[i].sha256 != sha256) continue;
      const Row row = rows_[i];
      rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(i));
      if (row.expires_at_ns <= now_ns) return std::nullopt;
      rows_.push_back(row);
      return row.answer;
    }
    return std::nullopt;
  }
  void put(v1::HttpRequest::Purpose purpose, const std::string& sha256, const Answer& value, std::uint64_t expires) {
    std::erase_if(rows_, [&](const Row& row) { return row.purpose == purpose && row.sha256 == sha256; });
    rows_.push_back({purpose, sha256, value, expires});
    if (rows_.size() > max_) rows_.erase(rows_.begin());
  }
  void age(std::uint64_t by_ns) {
    for (Row& row : rows_) row.expires_at_ns = row.expires_at_ns > by_ns ? row.expires_at_ns - by_ns : 0;
  }

 private:
  struct Row {
    v1::HttpRequest::Purpose purpose;
    std::string sha256;
    Answer answer;
    std::uint64_t expires_at_ns;
  };
  std::size_t max_;
  std::vector<Row> rows_;
};

TEST(AnswerCache, ForgetsWhatNoLongerCounts) {
  AnswerCache cache;
  cache.put(kSafe, hash(1), answer(7), 100);
  EXPECT_EQ(cache.find(kSafe, hash(1), 99), answer(7));
  EXPECT_EQ(cache.find(kSafe, hash(1), 100), std::nullopt);
  EXPECT_EQ(cache.size(), 0U);
}

TEST(AnswerCache, AgesByTimeThatNoClockShows) {
  AnswerCache cache;
  cache.put(kSafe, hash(1), answer(7), 100);
  cache.put(kSafe, hash(2), answer(8), 1'000);
  cache.age(90);
  EXPECT_EQ(cache.find(kSafe, hash(1), 9), answer(7));
  EXPECT_EQ(cache.find(kSafe, hash(1), 10), std::nullopt);
  cache.put(kSafe, hash(1), answer(9), 100);
  EXPECT_EQ(cache.find(kSafe, hash(1), 99), answer(9)) << "what comes later is as young as ever";
  cache.age(UINT64_MAX);
  EXPECT_EQ(cache.find(kSafe, hash(2), 0), std::nullopt);
}

TEST(AnswerCache, KeepsPurposesApart) {
  AnswerCache cache;
  cache.put(kSafe, hash(1), answer(7), 100);
  EXPECT_EQ(cache.find(kPrevalence, hash(1), 0), std::nullopt);
}

TEST(AnswerCache, SaysWhenAnAnswerHadToGo) {
  AnswerCache cache;
  EXPECT_FALSE(cache.set_answers_max(2));
  EXPECT_FALSE(cache.put(kSafe, hash(1), answer(1), 100));
  EXPECT_FALSE(cache.put(kSafe, hash(2), answer(2), 100));
  EXPECT_TRUE(cache.put(kSafe, hash(3), answer(3), 100));
  EXPECT_TRUE(cache.set_answers_max(1));
  EXPECT_EQ(cache.find(kSafe, hash(3), 0), answer(3));
}

TEST(AnswerCache, DoesWhatTheNaiveOneDoesAlsoAfterASnapshot) {
  constexpr std::uint32_t kMax = 8;
  AnswerCache cache;
  cache.set_answers_max(kMax);
  NaiveCache naive(kMax);
  Random random(1);
  for (std::uint64_t now = 0; now < 20'000; ++now) {
    const auto purpose = random.below(2) == 0 ? kSafe : kPrevalence;
    const std::string sha256 = hash(random.below(10));
    if (random.below(3) == 0) {
      const std::uint64_t expires = now + 1 + random.below(40);
      cache.put(purpose, sha256, answer(now), expires);
      naive.put(purpose, sha256, answer(now), expires);
    } else {
      ASSERT_EQ(cache.find(purpose, sha256, now), naive.find(purpose, sha256, now)) << now;
    }
    if (random.below(50) == 0) {
      const std::uint64_t slept = random.below(30);
      cache.age(slept);
      naive.age(slept);
    }
    if (random.below(500) == 0) {
      v1::CloudState state;
      cache.save(state);
      AnswerCache restored;
      restored.set_answers_max(kMax);
      ASSERT_TRUE(restored.load(state));
      v1::CloudState again;
      restored.save(again);
      ASSERT_EQ(state.SerializeAsString(), again.SerializeAsString());
      cache = std::move(restored);
    }
  }
}

TEST(AnswerCache, RefusesAStateThatCannotBe) {
  v1::CloudState state;
  v1::CachedAnswer& row = *state.add_answer();
  row.set_purpose(kSafe);
  row.set_sha256("short");
  EXPECT_EQ(AnswerCache().load(state).error().field, "cloud.answer[0]");
  row.set_sha256(hash(1));
  *state.add_answer() = row;
  EXPECT_EQ(AnswerCache().load(state).error().what, "it stands twice");
}

}  // namespace
}  // namespace holdfast::engine
