#include "tests/corpus/corpus_files.h"

#include <algorithm>

namespace holdfast {

namespace fs = std::filesystem;

fs::path corpus_folder() { return fs::path(HOLDFAST_SOURCE_DIR).parent_path() / "shared" / "corpus"; }

bool corpus_is_here() { return fs::exists(corpus_folder() / "README.md"); }

std::string corpus_missing() {
  return "\n*** THE CORPUS OF REAL RECORDINGS IS NOT HERE (" + corpus_folder().string() +
         "): NOTHING OF IT WAS TESTED ***";
}

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
