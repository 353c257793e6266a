// Stands in for libFuzzer where it is not linked: runs a fuzz program over the seeds it is given, over beginnings of
// them and over copies with changed bytes. The changes are the same at each run, so a failure shows again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kCutsMax = 200;
constexpr int kChangedCopies = 300;
constexpr int kChangesPerCopyMax = 4;

// A linear congruential generator is random enough to choose bytes.
class Random {
 public:
  std::size_t below(std::size_t bound) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>(state_ >> 33) % bound;
  }

 private:
  std::uint64_t state_ = 1;
};

// A copy of exactly this size, so that a sanitizer sees a read behind its end.
void run(const Bytes& bytes) {
  Bytes exact(bytes.begin(), bytes.end());
  exact.shrink_to_fit();
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

void run_seed(const Bytes& seed) {
  run(seed);
  const std::size_t step = std::max<std::size_t>(1, seed.size() / kCutsMax);
  for (std::size_t size = 0; size < seed.size(); size += step) {
    run({seed.begin(), seed.begin() + static_cast<std::ptrdiff_t>(size)});
  }
  if (seed.empty()) return;
  Random random;
  for (int copy = 0; copy < kChangedCopies; ++copy) {
    Bytes changed = seed;
    for (std::size_t changes = 1 + random.below(kChangesPerCopyMax); changes > 0; --changes) {
      changed[random.below(changed.size())] = static_cast<std::uint8_t>(random.below(256));
    }
    run(changed);
  }
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<fs::path> seeds;
  for (int i = 1; i < count; ++i) {
    const fs::path given(arguments[i]);
    std::error_code error;
    if (!fs::is_directory(given, error)) {
      seeds.push_back(given);
      continue;
    }
    for (const auto& entry : fs::directory_iterator(given)) seeds.push_back(entry.path());
  }
  if (seeds.empty()) {
    std::fprintf(stderr, "there are no seeds: give files, or folders that hold some\n");
    return 2;
  }
  std::sort(seeds.begin(), seeds.end());
  for (const fs::path& seed : seeds) {
    std::ifstream in(seed, std::ios::binary);
    if (!in) {
      std::fprintf(stderr, "%s: cannot be read\n", seed.string().c_str());
      return 2;
    }
    // Before it runs: the last name that is printed is the one that failed.
    std::printf("%s\n", seed.filename().string().c_str());
    std::fflush(stdout);
    run_seed({std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()});
  }
  return 0;
}
