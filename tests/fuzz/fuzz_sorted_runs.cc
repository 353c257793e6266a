// Runs of sorted events beside an output, one of which somebody changed: what is given lies in order, or the change is
// told. The first byte is how many events were added, the rest is what lies in the first run's place when they are
// merged; nothing: the run as it was written.
//
// Links: holdfast_import
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sensors/import/event_sorter.h"
#include "sensors/recording/binary_file.h"

namespace holdfast {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// A disk of names and bytes.
class KeptFiles final : public Disk {
 public:
  std::map<std::string, std::vector<std::uint8_t>> files;

  Expected<std::unique_ptr<DiskFile>> create(const std::string& path, const std::string&) override {
    files[path].clear();
    return std::make_unique<File>(files[path]);
  }
  Expected<BinaryReader> open(const std::string& path) override { return BinaryReader::of(path, files.at(path)); }
  Expected<void> remove(const std::string& path) override {
    files.erase(path);
    return {};
  }

  Expected<void> make_folder(const std::string&) override { return {}; }
  Expected<std::vector<Entry>> list(const std::string&) override { return std::vector<Entry>(); }
  Expected<void> rename(const std::string&, const std::string&) override { return {}; }
  Expected<void> sync_file(const std::string&) override { return {}; }
  Expected<void> sync_folder(const std::string&) override { return {}; }

 private:
  class File final : public DiskFile {
   public:
    explicit File(std::vector<std::uint8_t>& bytes) : bytes_(bytes) {}
    Expected<void> append(std::span<const std::uint8_t> bytes) override {
      bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
      return {};
    }
    std::uint64_t size_bytes() const override { return bytes_.size(); }
    Expected<void> close() override { return {}; }

   private:
    std::vector<std::uint8_t>& bytes_;
  };
};

}  // namespace
}  // namespace holdfast

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holdfast;
  if (size == 0) return 0;
  KeptFiles disk;
  std::size_t given = 0;
  const std::size_t added = data[0];
  const bool is_changed = size > 1;
  {
    EventSorter sorter({.runs_beside = "r", .memory_bytes_max = 200, .disk = &disk});
    v1::Input input;
    for (std::size_t i = 0; i < added; ++i) {
      input.set_sequence(i + 1);
      const EventPlace place{.wall_ns = (i * 7) % 16, .log = 1, .number = i};
      require(sorter.add(place, input).has_value());
    }
    if (is_changed && !disk.files.empty()) disk.files.begin()->second.assign(data + 1, data + size);
    EventPlace last;
    const auto finished = sorter.finish([&](const EventPlace& place, v1::Input&) -> Expected<void> {
      require(last <= place);
      last = place;
      ++given;
      return {};
    });
    require(finished.has_value() || (is_changed && !finished.error().what.empty()));
    require(is_changed || given == added);
  }
  require(disk.files.empty());
  return 0;
}
