// A store in a file of its own that ends with the test.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "cloud/sha256_text.h"
#include "cloud/store.h"

namespace holdfast::cloud {

inline constexpr std::int64_t kToday = 20'000;
inline const std::string kHash(64, 'd');

class TemporaryStore {
 public:
  TemporaryStore() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              ("holdfast-" + std::string(test->test_suite_name()) + '-' + test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~TemporaryStore() { std::filesystem::remove_all(folder_); }
  TemporaryStore(const TemporaryStore&) = delete;
  TemporaryStore& operator=(const TemporaryStore&) = delete;

  std::string path(const std::string& name = "store.sqlite") const { return (folder_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  // Of hashes as text and what is known of them.
  Store with(const std::vector<std::pair<std::string, Known>>& programs) const {
    auto store = Store::create(path());
    EXPECT_TRUE(store) << store.error().text();
    const auto filled = store->import([&](Store& into) -> Expected<void> {
      for (const auto& [hash, known] : programs) {
        if (auto put = into.put(*sha256_of_text(hash), known); !put) return put;
      }
      return {};
    });
    EXPECT_TRUE(filled);
    return std::move(*store);
  }

 private:
  std::filesystem::path folder_;
};

inline Known safe() { return {.verdict = v1::SafeSoftwareAnswer::SAFE, .detections = {}, .first_seen_day = {}}; }

}  // namespace holdfast::cloud
