// Events as the rows of a table: EvtxECmd's, Kibana's, Splunk's, PowerShell's Export-Csv. The names of the columns say
// what they hold, as the members of a JSON document do.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "sensors/import/csv_reader.h"
#include "sensors/import/event_source.h"

namespace holdfast {

// True where the first row of `start` names columns that can make an event.
bool is_table_of_events(std::string_view start);

class CsvEvents final : public EventSource {
 public:
  // All must outlive the source.
  CsvEvents(ByteSource& bytes, EventDocumentReader& reader, const ImportLimits& limits)
      : rows_(bytes, limits.document_bytes_max), reader_(reader) {}

  Expected<Next> next(EventDocument& event) override;
  std::uint64_t line() const override { return rows_.line(); }
  std::uint64_t offset() const override { return 0; }
  const std::string& reason() const override { return reason_; }
  std::uint64_t number() const override { return rows_.line(); }
  std::uint64_t bytes_read() const override { return rows_.bytes_read(); }
  void add_remarks(ImportRemarks&) const override {}

 private:
  struct Column {
    std::string name;
    bool read = true;
    bool grouped = false;  // a number that Kibana writes as "4,711"
    bool utc = false;      // a time whose zone the column's name tells
  };

  void take_header();
  Next malformed(std::string reason);

  CsvReader rows_;
  EventDocumentReader& reader_;
  std::vector<Column> columns_;
  std::vector<NamedText> row_;
  std::deque<std::string> made_;  // of the row: numbers without their commas, times with their zone
  std::string reason_;
};

}  // namespace holdfast
