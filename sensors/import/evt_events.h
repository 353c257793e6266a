// Events of the logs of Windows XP and 2003 (.evt): records one behind the other, the newest ones over the oldest. The
// structures are EVENTLOGRECORD and its neighbours of winnt.h; the header and the end are as Microsoft's "Event Log
// File Format" describes them. An event's texts stand there in their order only, so that a table names them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sensors/byte_source.h"
#include "sensors/import/event_source.h"

namespace holdfast {

bool is_evt(std::string_view start);

class EvtEvents final : public EventSource {
 public:
  // `bytes` must outlive the source.
  explicit EvtEvents(ByteSource& bytes) : source_(bytes) {}

  Expected<Next> next(EventDocument& event) override;
  std::uint64_t line() const override { return 0; }
  std::uint64_t offset() const override { return offset_; }
  const std::string& reason() const override { return reason_; }
  std::uint64_t number() const override { return number_; }
  std::uint64_t bytes_read() const override { return base_ + buffer_.size(); }
  void add_remarks(ImportRemarks& remarks) const override { remarks.replaced_surrogates += replaced_; }

 private:
  Expected<bool> fill(std::size_t size);  // false where the file ends before
  Expected<bool> find_record();           // into record_; false at the file's end
  bool is_whole(std::span<const std::uint8_t> bytes) const;
  Next malformed(const char* reason, std::uint64_t offset);
  const char* read_record(EventDocument& event);
  std::string_view kept(std::span<const std::uint8_t> utf16);

  ByteSource& source_;
  std::vector<std::uint8_t> buffer_;
  std::size_t at_ = 0;
  std::uint64_t base_ = 0;           // position in the file of buffer_[0]
  std::vector<std::uint8_t> first_;  // bytes behind the header: where the last record goes on that the file's end cuts
  std::vector<std::uint8_t> record_;
  bool started_ = false;
  bool source_ended_ = false;
  bool in_remains_ = true;  // what no record begins is the rest of one that was overwritten
  std::uint64_t damaged_at_ = 0;
  bool is_damaged_ = false;
  std::deque<std::string> texts_;  // of the event
  std::uint64_t offset_ = 0;
  std::uint64_t number_ = 0;
  std::uint64_t replaced_ = 0;
  std::string reason_;
};

}  // namespace holdfast
