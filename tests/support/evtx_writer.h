// Writes Windows event logs for tests: templates as Windows makes them, every checksum right, so that a test breaks
// exactly what it means to break.
//
//   EvtxWriter log;                                          EvtxLog log;
//   log.add_event("Test", 7, {{"Pid", evtx_u32(4)}});        for (const EvtxEvent& event : events) log.add(event);
//   log.chunk()[600] ^= 1;                                   write(file, log.file());
//   read(log.file());
//
// EvtxWriter is one chunk, for tests that break it; EvtxLog takes as many as its events need.
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

inline constexpr const char* kSysmonProvider = "Microsoft-Windows-Sysmon";  // the provider

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
  // Where the sizes of an element and of its attributes stand; they are known when these end.
  struct Begun {
    std::size_t size_at = 0;
    std::size_t attributes_at = 0;  // 0: it has none
  };

  BinaryXmlWriter& token(std::uint8_t byte);
  void name(std::string_view name);
  void end_attributes();
  void end_element();

  std::vector<Begun> begun_;
  EvtxBytes& chunk_;
  std::map<std::string, std::uint32_t>& names_;
};

// An event as providers with a manifest write it.
struct EvtxEvent {
  std::string provider;
  std::uint16_t event_id = 0;
  std::uint64_t file_time = 0;  // of 100 ns since 1601
  std::string channel = {};     // none: not told
  std::string computer = "host";
  std::vector<std::pair<std::string, EvtxValue>> fields = {};
};

class EvtxWriter {
 public:
  using Fields = std::vector<std::pair<std::string, EvtxValue>>;

  // Records are numbered from `first_record` on.
  explicit EvtxWriter(std::uint64_t first_record = 1);

  // System with provider, id, time, channel and computer, EventData with the fields. Events of one shape share a
  // template. Returns the record's offset in the file.
  std::size_t add(const EvtxEvent& event);
  std::size_t add_event(std::string_view provider, std::uint16_t event_id, const Fields& fields,
                        std::uint64_t file_time = 132'436'767'701'230'000ULL) {  // 2020-09-04 07:06:10.123
    return add({.provider = std::string(provider), .event_id = event_id, .file_time = file_time, .fields = fields});
  }
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

  bool has_room() const;          // false where the chunk is larger than Windows allows
  EvtxBytes whole_chunk() const;  // with its header and to its full size
  std::uint64_t records() const { return next_record_ - first_record_; }

 private:
  std::size_t begin_record(std::uint64_t file_time = 0);
  std::size_t end_record(std::size_t begin);
  void write_template(const EvtxEvent& event, std::uint64_t id);

  struct Template {
    std::uint64_t id = 0;
    std::size_t at = 0;  // of its definition in the chunk
  };

  EvtxBytes chunk_;
  std::map<std::string, std::uint32_t> names_;
  std::map<std::string, Template> templates_;  // by what they tell
  std::uint64_t first_record_;
  std::uint64_t next_record_;
  std::size_t last_record_at_ = 0;
};

// A log of any length.
class EvtxLog {
 public:
  void add(const EvtxEvent& event);
  std::string file() const;

 private:
  std::vector<EvtxBytes> full_;
  EvtxWriter open_;
  std::uint64_t next_record_ = 1;
};

}  // namespace holdfast
