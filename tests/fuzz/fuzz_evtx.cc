// A Windows event log, whatever the bytes: the reader must end, elements must be closed as they were opened, and what
// it tells must be UTF-8, and the same where elements are told in one. The first byte chooses what the rest is: a whole
// file, a chunk behind a good header, or one event.
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
  explicit CheckedXml(bool in_one = false) : in_one_(in_one) {}

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
  bool takes_elements() const override { return in_one_; }
  std::string* begin_element(XmlElement& element) override {
    open(element.name);
    if (!element.attribute.empty()) attribute(element.attribute, element.attribute_value);
    element_text_.clear();
    return &element_text_;
  }
  void end_element() override {
    text(element_text_);
    close();
  }

  int depth = 0;
  std::string texts;

 private:
  void keep(std::string_view text) { texts.append(text.substr(0, 4096)); }

  bool in_one_;
  std::string element_text_;
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
  BinaryXmlReader other;
  reader.enter(chunk);
  other.enter(chunk);
  CheckedXml xml;
  CheckedXml in_one(true);
  const bool whole = reader.read(0, chunk.size(), xml) == nullptr;
  require((other.read(0, chunk.size(), in_one) == nullptr) == whole);
  if (!whole) return;
  require(xml.depth == 0 && in_one.depth == 0 && xml.texts == in_one.texts);
  require(reader.odd_values() == other.odd_values() && reader.replaced() == other.replaced());
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
