// Writes all fields of every event of Windows event logs as text, a line for each element and attribute, to standard
// output: what evtxexport does, with our reader and nothing else, for comparing the two.
//
//   evtx_to_text FILE...
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "sensors/evtx/evtx_reader.h"

namespace holdfast::bench {
namespace {

class File final : public ByteSource {
 public:
  explicit File(const char* path) : stream_(path, std::ios::binary) {}
  Expected<std::size_t> read(char* to, std::size_t size) override {
    stream_.read(to, static_cast<std::streamsize>(size));
    return static_cast<std::size_t>(stream_.gcount());
  }

 private:
  std::ifstream stream_;
};

class EventText final : public XmlSink {
 public:
  void open(std::string_view element) override {
    begin_line(element);
    open_.push_back(element);
  }
  void attribute(std::string_view name, std::string_view value) override {
    begin_line(open_.back());
    ((out_ += '.') += name) += ": ";
    out_ += value;
    has_text_ = true;
  }
  void text(std::string_view piece) override {
    if (!has_text_) out_ += ": ";
    has_text_ = true;
    out_ += piece;
  }
  void next_item() override { text(", "); }
  void close() override { open_.pop_back(); }

  // What is told of a damaged event is taken back.
  void end_event(bool whole) {
    open_.clear();
    if (!whole) out_.resize(event_begin_);
    if (whole) out_ += "\n\n";
    if (out_.size() > kBufferBytes) flush();
    event_begin_ = out_.size();
  }
  void flush() {
    std::fwrite(out_.data(), 1, out_.size(), stdout);
    out_.clear();
  }

 private:
  static constexpr std::size_t kBufferBytes = 65'536;

  void begin_line(std::string_view name) {
    (out_ += '\n') += name;
    has_text_ = false;
  }

  std::string out_;
  std::size_t event_begin_ = 0;
  std::vector<std::string_view> open_;
  bool has_text_ = false;
};

bool write_events(const char* path, EventText& text) {
  File file(path);
  EvtxReader reader(file);
  for (;;) {
    const Expected<EvtxReader::Next> next = reader.next(text);
    if (!next) std::fprintf(stderr, "%s: %s\n", path, next.error().text().c_str());
    if (!next) return false;
    text.end_event(*next == EvtxReader::Next::kRecord);
    if (*next == EvtxReader::Next::kEnd) return true;
  }
}

}  // namespace
}  // namespace holdfast::bench

int main(int count, char** arguments) {
  holdfast::bench::EventText text;
  bool good = true;
  for (int i = 1; i < count; ++i) good = holdfast::bench::write_events(arguments[i], text) && good;
  text.flush();
  return good ? 0 : 1;
}
