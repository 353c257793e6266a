#include "tests/sensors/evtx/evtx_writer.h"

#include <zlib.h>

#include <algorithm>

namespace holdfast {
namespace {

constexpr std::size_t kFileHeaderBytes = 4096;
constexpr std::size_t kChunkBytes = 65'536;
constexpr std::size_t kChunkHeaderBytes = 512;

void append(EvtxBytes& to, const EvtxBytes& bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

void put(EvtxBytes& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  std::ranges::copy(little_endian(value, size), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

uLong crc_of(const EvtxBytes& bytes, std::size_t begin, std::size_t end, uLong before = 0) {
  return crc32(before, bytes.data() + begin, static_cast<uInt>(end - begin));
}

}  // namespace

EvtxBytes utf16le(std::string_view ascii) {
  EvtxBytes bytes;
  for (const char c : ascii) append(bytes, {static_cast<std::uint8_t>(c), 0});
  return bytes;
}

EvtxBytes little_endian(std::uint64_t value, std::size_t size) {
  EvtxBytes bytes;
  for (std::size_t i = 0; i < size; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(value));
    value >>= 8U;
  }
  return bytes;
}

EvtxValue evtx_value(EvtxType type, EvtxBytes bytes) { return {static_cast<std::uint8_t>(type), std::move(bytes)}; }
EvtxValue evtx_text(std::string_view ascii) { return evtx_value(EvtxType::kString, utf16le(ascii)); }
EvtxValue evtx_u32(std::uint32_t value) { return evtx_value(EvtxType::kUint32, little_endian(value, 4)); }

// ---------------------------------------------------------------- BinaryXmlWriter

BinaryXmlWriter& BinaryXmlWriter::token(std::uint8_t byte) {
  chunk_.push_back(byte);
  return *this;
}

BinaryXmlWriter& BinaryXmlWriter::raw(const EvtxBytes& bytes) {
  append(chunk_, bytes);
  return *this;
}

void BinaryXmlWriter::name(std::string_view name) {
  const auto [known, is_new] =
      names_.emplace(std::string(name), static_cast<std::uint32_t>(chunk_.size() + sizeof(std::uint32_t)));
  raw(little_endian(known->second, 4));
  if (!is_new) return;
  raw(little_endian(0, 6)).raw(little_endian(name.size(), 2)).raw(utf16le(name)).raw({0, 0});
}

BinaryXmlWriter& BinaryXmlWriter::fragment() { return raw({0x0F, 1, 1, 0}); }

BinaryXmlWriter& BinaryXmlWriter::open(std::string_view called, bool in_template, bool with_attributes) {
  token(with_attributes ? 0x41 : 0x01);
  if (in_template) raw({0xFF, 0xFF});
  raw(little_endian(0, 4));
  name(called);
  return with_attributes ? raw(little_endian(0, 4)) : *this;
}

BinaryXmlWriter& BinaryXmlWriter::attribute(std::string_view called) {
  token(0x06);
  name(called);
  return *this;
}

BinaryXmlWriter& BinaryXmlWriter::close_start() { return token(0x02); }
BinaryXmlWriter& BinaryXmlWriter::close_empty() { return token(0x03); }
BinaryXmlWriter& BinaryXmlWriter::close() { return token(0x04); }
BinaryXmlWriter& BinaryXmlWriter::end() { return token(0x00); }

BinaryXmlWriter& BinaryXmlWriter::text(std::string_view constant) {
  return token(0x05).token(0x01).raw(little_endian(constant.size(), 2)).raw(utf16le(constant));
}

BinaryXmlWriter& BinaryXmlWriter::value(std::uint16_t number, bool optional) {
  return token(optional ? 0x0E : 0x0D).raw(little_endian(number, 2)).token(0x01);
}

BinaryXmlWriter& BinaryXmlWriter::values(const std::vector<EvtxValue>& values) {
  raw(little_endian(values.size(), 4));
  for (const EvtxValue& value : values) raw(little_endian(value.bytes.size(), 2)).raw({value.type, 0});
  for (const EvtxValue& value : values) raw(value.bytes);
  return *this;
}

// ---------------------------------------------------------------- EvtxWriter

EvtxWriter::EvtxWriter() : chunk_(kChunkHeaderBytes) {}

std::size_t EvtxWriter::begin_record(std::uint64_t file_time) {
  const std::size_t begin = chunk_.size();
  append(chunk_, {0x2A, 0x2A, 0, 0});
  append(chunk_, little_endian(0, 4));
  append(chunk_, little_endian(++records_, 8));
  append(chunk_, little_endian(file_time, 8));
  return begin;
}

std::size_t EvtxWriter::end_record(std::size_t begin) {
  while (chunk_.size() % 8 != 4) chunk_.push_back(0);
  const std::size_t size = chunk_.size() + 4 - begin;
  put(chunk_, begin + 4, size, 4);
  append(chunk_, little_endian(size, 4));
  return kFileHeaderBytes + begin;
}

void EvtxWriter::write_template(std::string_view provider, const Fields& fields) {
  append(chunk_, little_endian(0, 4));
  append(chunk_, little_endian(0x1234, 16));
  const std::size_t size_at = chunk_.size();
  append(chunk_, little_endian(0, 4));
  BinaryXmlWriter xml(chunk_, names_);
  xml.fragment().open("Event", true).close_start();
  xml.open("System", true).close_start();
  xml.open("Provider", true, true).attribute("Name").text(provider).close_empty();
  xml.open("EventID", true).close_start().value(0).close();
  xml.open("TimeCreated", true, true).attribute("SystemTime").value(1).close_empty();
  xml.open("Computer", true).close_start().text("host").close();
  xml.close();
  xml.open("EventData", true).close_start();
  std::uint16_t number = 2;
  for (const auto& field : fields)
    xml.open("Data", true, true).attribute("Name").text(field.first).close_start().value(number++, true).close();
  xml.close().close().end();
  put(chunk_, size_at, chunk_.size() - size_at - 4, 4);
}

std::size_t EvtxWriter::add_event(std::string_view provider, std::uint16_t event_id, const Fields& fields,
                                  std::uint64_t file_time) {
  const std::size_t begin = begin_record(file_time);
  append(chunk_, {0x0F, 1, 1, 0, 0x0C, 1});
  append(chunk_, little_endian(0x1234, 4));
  std::string shape(provider);
  for (const auto& field : fields) shape += '\n' + field.first;
  const auto [known, is_new] = templates_.emplace(shape, chunk_.size() + 4);
  append(chunk_, little_endian(known->second, 4));
  if (is_new) write_template(provider, fields);
  std::vector<EvtxValue> values = {evtx_value(EvtxType::kUint16, little_endian(event_id, 2)),
                                   evtx_value(EvtxType::kFileTime, little_endian(file_time, 8))};
  for (const auto& field : fields) values.push_back(field.second);
  BinaryXmlWriter(chunk_, names_).values(values);
  return end_record(begin);
}

std::string EvtxWriter::file() const {
  EvtxBytes header(kFileHeaderBytes);
  std::ranges::copy(std::string_view("ElfFile\0", 8), header.begin());
  put(header, 42, 1, 2);  // chunks
  EvtxBytes chunk = chunk_;
  std::ranges::copy(std::string_view("ElfChnk\0", 8), chunk.begin());
  put(chunk, 48, chunk_.size(), 4);  // where its records end
  put(chunk, 52, crc_of(chunk, kChunkHeaderBytes, chunk.size()), 4);
  put(chunk, 124, crc_of(chunk, 128, kChunkHeaderBytes, crc_of(chunk, 0, 120)), 4);
  chunk.resize(kChunkBytes);
  std::string file(header.begin(), header.end());
  file.append(chunk.begin(), chunk.end());
  return file;
}

}  // namespace holdfast
