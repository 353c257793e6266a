// A Windows event log, whatever the bytes: the reader must end, elements must be closed as they were opened, and what
// it tells must be UTF-8. The first byte chooses what the rest is: a whole file, a chunk behind a good header, or one
// event.
//
// Links: holdfast_evtx holdfast_schema
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/schema/recording.pb.h"
#include "sensors/evtx/evtx_reader.h"
#include "tests/sensors/memory_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace holdfast {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

class CheckedXml final : public XmlSink {
 public:
  void open(std::string_view element) override {
    ++depth;
    keep(element);
  }
  void attribute(std::string_view name, std::string_view value) override {
    require(depth > 0);
    keep(name);
    keep(value);
  }
  void text(std::string_view piece) override {
    require(depth > 0);
    keep(piece);
  }
  void next_item() override { require(depth > 0); }
  void close() override { require(depth-- > 0); }

  int depth = 0;
  std::string texts;

 private:
  void keep(std::string_view text) { texts.append(text.substr(0, 4096)); }
};

// A protobuf string must be UTF-8 to be read back.
bool is_utf8(const std::string& text) {
  v1::RecordingHeader header;
  header.set_source(text);
  v1::RecordingHeader again;
  return again.ParseFromString(header.SerializeAsString());
}

void read_file(const std::string& file) {
  MemoryBytes bytes(file, file.size());
  EvtxReader reader(bytes);
  for (std::size_t steps = 0;; ++steps) {
    require(steps <= file.size());
    CheckedXml xml;
    const auto next = reader.next(xml);
    if (!next || *next == EvtxReader::Next::kEnd) return;
    require(reader.offset() <= file.size());  // a torn chunk is told at the file's end
    if (*next == EvtxReader::Next::kRecord) require(xml.depth == 0 && is_utf8(xml.texts));
  }
}

void read_event(const std::string& event) {
  const std::vector<std::uint8_t> chunk(event.begin(), event.end());
  BinaryXmlReader reader;
  reader.enter(chunk);
  CheckedXml xml;
  if (reader.read(0, chunk.size(), xml) == nullptr) require(xml.depth == 0);
}

}  // namespace
}  // namespace holdfast

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holdfast;
  if (size == 0) return 0;
  const std::string rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string header(kEvtxMagic);
  header.resize(4096);
  switch (data[0] % 3) {
    case 0: read_file(rest); break;
    case 1: read_file(header + rest); break;
    default: read_event(rest); break;
  }
  return 0;
}
