#include "tests/corpus/corpus_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "tests/support/repository.h"

namespace holdfast {

namespace fs = std::filesystem;

fs::path corpus_folder() { return fs::path(in_repository("..")) / "shared" / "corpus"; }

namespace {

constexpr int kSkipped = 77;  // what ctest takes for it; GoogleTest itself would count the tests as passed

class CorpusIsHere final : public testing::Environment {
 public:
  void SetUp() override {
    if (fs::exists(corpus_folder() / "README.md")) return;
    std::printf("skipped: the corpus of public recordings is not in %s\n", corpus_folder().string().c_str());
    std::exit(kSkipped);
  }
};
const auto* const kCorpusIsHere = testing::AddGlobalTestEnvironment(new CorpusIsHere);

}  // namespace

std::vector<std::string> files_with(const fs::path& folder, std::initializer_list<std::string_view> endings) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder, fs::directory_options::follow_directory_symlink)) {
    if (entry.is_regular_file() && std::ranges::find(endings, entry.path().extension().string()) != endings.end())
      files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace holdfast
