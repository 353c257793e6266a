// Writes Windows event logs for tests: one chunk, templates as Windows makes them, every checksum right, so that a test
// breaks exactly what it means to break.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sensors/evtx/value_text.h"

namespace holdfast {

using EvtxBytes = std::vector<std::uint8_t>;

EvtxBytes utf16le(std::string_view ascii);
EvtxBytes little_endian(std::uint64_t value, std::size_t size);

// A typed value of an event.
struct EvtxValue {
  std::uint8_t type = 0;
  EvtxBytes bytes;
};
EvtxValue evtx_text(std::string_view ascii);
EvtxValue evtx_u32(std::uint32_t value);
EvtxValue evtx_value(EvtxType type, EvtxBytes bytes);

// Tokens of binary XML at their place in a chunk: a name is told where it is first used.
class BinaryXmlWriter {
 public:
  // Writes behind the bytes that `chunk` already has.
  BinaryXmlWriter(EvtxBytes& chunk, std::map<std::string, std::uint32_t>& names) : chunk_(chunk), names_(names) {}

  BinaryXmlWriter& fragment();
  BinaryXmlWriter& open(std::string_view name, bool in_template, bool with_attributes = false);
  BinaryXmlWriter& attribute(std::string_view name);
  BinaryXmlWriter& close_start();
  BinaryXmlWriter& close_empty();
  BinaryXmlWriter& close();
  BinaryXmlWriter& text(std::string_view constant);
  BinaryXmlWriter& value(std::uint16_t number, bool optional = false);
  // How many, their sizes and types, and they themselves: what follows a template in an event.
  BinaryXmlWriter& values(const std::vector<EvtxValue>& values);
  BinaryXmlWriter& raw(const EvtxBytes& bytes);
  BinaryXmlWriter& end();

 private:
  BinaryXmlWriter& token(std::uint8_t byte);
  void name(std::string_view name);

  EvtxBytes& chunk_;
  std::map<std::string, std::uint32_t>& names_;
};

class EvtxWriter {
 public:
  using Fields = std::vector<std::pair<std::string, EvtxValue>>;

  EvtxWriter();

  // An event as providers with a manifest write it: System with provider, id, time and computer, EventData with
  // `fields`. Events of one shape share a template. Returns the record's offset in the file.
  std::size_t add_event(std::string_view provider, std::uint16_t event_id, const Fields& fields,
                        std::uint64_t file_time = 132'436'767'701'230'000ULL);  // 2020-09-04 07:06:10.123
  // A record whose event `write` puts there.
  template <typename Write>
  std::size_t add_record(const Write& write) {
    const std::size_t begin = begin_record();
    BinaryXmlWriter writer(chunk_, names_);
    write(writer);
    return end_record(begin);
  }

  // The whole file. Checksums are those of the chunk as it is then.
  std::string file() const;
  // The chunk without its header's numbers, to be broken by a test.
  EvtxBytes& chunk() { return chunk_; }

 private:
  std::size_t begin_record(std::uint64_t file_time = 0);
  std::size_t end_record(std::size_t begin);
  void write_template(std::string_view provider, const Fields& fields);

  EvtxBytes chunk_;
  std::map<std::string, std::uint32_t> names_;
  std::map<std::string, std::size_t> templates_;  // by provider and names of fields: offset of the definition
  std::uint64_t records_ = 0;
};

}  // namespace holdfast
