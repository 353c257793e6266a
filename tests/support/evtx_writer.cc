#include "tests/support/evtx_writer.h"

#include <zlib.h>

#include <algorithm>

namespace holdfast {
namespace {

constexpr std::size_t kFileHeaderBytes = 4096;
constexpr std::size_t kChunkBytes = 65'536;
constexpr std::size_t kChunkHeaderBytes = 512;
constexpr std::uint64_t kFirstTemplate = 0x1234;  // templates of a log differ in their number

void append(EvtxBytes& to, const EvtxBytes& bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

void put(EvtxBytes& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  std::ranges::copy(little_endian(value, size), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

uLong crc_of(const EvtxBytes& bytes, std::size_t begin, std::size_t end, uLong before = 0) {
  return crc32(before, bytes.data() + begin, static_cast<uInt>(end - begin));
}

// The header, which tells how many chunks there are and the number of the next record, and the chunks.
std::string file_of(const std::vector<EvtxBytes>& chunks, std::uint64_t next_record) {
  EvtxBytes header(kFileHeaderBytes);
  std::ranges::copy(std::string_view("ElfFile\0", 8), header.begin());
  put(header, 16, chunks.size() - 1, 8);  // the number of the last chunk
  put(header, 24, next_record, 8);
  put(header, 32, 128, 4);  // bytes of this header that are in use
  put(header, 36, 1, 2);    // version 3.1
  put(header, 38, 3, 2);
  put(header, 40, kFileHeaderBytes, 2);
  put(header, 42, chunks.size(), 2);
  put(header, 124, crc_of(header, 0, 120), 4);
  std::string file(header.begin(), header.end());
  for (const EvtxBytes& chunk : chunks) file.append(chunk.begin(), chunk.end());
  return file;
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
  Begun& element = begun_.emplace_back(Begun{.size_at = chunk_.size()});
  raw(little_endian(0, 4));
  name(called);
  if (!with_attributes) return *this;
  element.attributes_at = chunk_.size();
  return raw(little_endian(0, 4));
}

BinaryXmlWriter& BinaryXmlWriter::attribute(std::string_view called) {
  token(0x06);
  name(called);
  return *this;
}

void BinaryXmlWriter::end_attributes() {
  const std::size_t at = begun_.empty() ? 0 : begun_.back().attributes_at;
  if (at != 0) put(chunk_, at, chunk_.size() - at - 4, 4);
}

void BinaryXmlWriter::end_element() {
  if (begun_.empty()) return;  // a test of what nobody should write
  put(chunk_, begun_.back().size_at, chunk_.size() - begun_.back().size_at - 4, 4);
  begun_.pop_back();
}

BinaryXmlWriter& BinaryXmlWriter::close_start() {
  end_attributes();
  return token(0x02);
}

BinaryXmlWriter& BinaryXmlWriter::close_empty() {
  end_attributes();
  token(0x03);
  end_element();
  return *this;
}

BinaryXmlWriter& BinaryXmlWriter::close() {
  token(0x04);
  end_element();
  return *this;
}

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

EvtxWriter::EvtxWriter(std::uint64_t first_record)
    : chunk_(kChunkHeaderBytes), first_record_(first_record), next_record_(first_record) {}

std::size_t EvtxWriter::begin_record(std::uint64_t file_time) {
  const std::size_t begin = chunk_.size();
  append(chunk_, {0x2A, 0x2A, 0, 0});
  append(chunk_, little_endian(0, 4));
  append(chunk_, little_endian(next_record_++, 8));
  append(chunk_, little_endian(file_time, 8));
  last_record_at_ = begin;
  return begin;
}

std::size_t EvtxWriter::end_record(std::size_t begin) {
  while (chunk_.size() % 8 != 4) chunk_.push_back(0);
  const std::size_t size = chunk_.size() + 4 - begin;
  put(chunk_, begin + 4, size, 4);
  append(chunk_, little_endian(size, 4));
  return kFileHeaderBytes + begin;
}

void EvtxWriter::write_template(const EvtxEvent& event, std::uint64_t id) {
  append(chunk_, little_endian(0, 4));
  append(chunk_, little_endian(id, 16));
  const std::size_t size_at = chunk_.size();
  append(chunk_, little_endian(0, 4));
  BinaryXmlWriter xml(chunk_, names_);
  xml.fragment().open("Event", true).close_start();
  xml.open("System", true).close_start();
  xml.open("Provider", true, true).attribute("Name").text(event.provider).close_empty();
  xml.open("EventID", true).close_start().value(0).close();
  xml.open("TimeCreated", true, true).attribute("SystemTime").value(1).close_empty();
  if (!event.channel.empty()) xml.open("Channel", true).close_start().text(event.channel).close();
  xml.open("Computer", true).close_start().text(event.computer).close();
  xml.close();
  xml.open("EventData", true).close_start();
  std::uint16_t number = 2;
  for (const auto& field : event.fields)
    xml.open("Data", true, true).attribute("Name").text(field.first).close_start().value(number++, true).close();
  xml.close().close().end();
  put(chunk_, size_at, chunk_.size() - size_at - 4, 4);
}

std::size_t EvtxWriter::add(const EvtxEvent& event) {
  const std::size_t begin = begin_record(event.file_time);
  append(chunk_, {0x0F, 1, 1, 0, 0x0C, 1});
  std::string shape = event.provider + '\n' + event.channel + '\n' + event.computer;
  for (const auto& field : event.fields) shape += '\n' + field.first;
  const auto [known, is_new] =
      templates_.try_emplace(shape, Template{.id = kFirstTemplate + templates_.size(), .at = chunk_.size() + 8});
  append(chunk_, little_endian(known->second.id, 4));
  append(chunk_, little_endian(known->second.at, 4));
  if (is_new) write_template(event, known->second.id);
  std::vector<EvtxValue> values = {evtx_value(EvtxType::kUint16, little_endian(event.event_id, 2)),
                                   evtx_value(EvtxType::kFileTime, little_endian(event.file_time, 8))};
  for (const auto& field : event.fields) values.push_back(field.second);
  BinaryXmlWriter(chunk_, names_).values(values).end();
  return end_record(begin);
}

bool EvtxWriter::has_room() const { return chunk_.size() <= kChunkBytes; }

EvtxBytes EvtxWriter::whole_chunk() const {
  EvtxBytes chunk = chunk_;
  std::ranges::copy(std::string_view("ElfChnk\0", 8), chunk.begin());
  for (const std::size_t numbers_at : {8U, 24U}) {  // of records in the log, and as their headers tell them
    put(chunk, numbers_at, first_record_, 8);
    put(chunk, numbers_at + 8, next_record_ - 1, 8);
  }
  put(chunk, 40, 128, 4);  // bytes of this header
  put(chunk, 44, last_record_at_, 4);
  put(chunk, 48, chunk.size(), 4);  // where its records end
  put(chunk, 52, crc_of(chunk, kChunkHeaderBytes, chunk.size()), 4);
  put(chunk, 124, crc_of(chunk, 128, kChunkHeaderBytes, crc_of(chunk, 0, 120)), 4);
  chunk.resize(kChunkBytes);
  return chunk;
}

std::string EvtxWriter::file() const { return file_of({whole_chunk()}, next_record_); }

// ---------------------------------------------------------------- EvtxLog

void EvtxLog::add(const EvtxEvent& event) {
  EvtxWriter before = open_;
  open_.add(event);
  ++next_record_;
  if (open_.has_room()) return;
  full_.push_back(before.whole_chunk());
  open_ = EvtxWriter(next_record_ - 1);
  open_.add(event);
}

std::string EvtxLog::file() const {
  std::vector<EvtxBytes> chunks = full_;
  chunks.push_back(open_.whole_chunk());
  return file_of(chunks, next_record_);
}

}  // namespace holdfast
