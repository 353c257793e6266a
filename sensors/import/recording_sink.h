// Lets an import write a recording.
#pragma once

#include <optional>
#include <string>

#include "sensors/import/import.h"
#include "sensors/recording/recording.h"

namespace holdfast {

class RecordingSink final : public ImportSink {
 public:
  explicit RecordingSink(std::string path);
  // A recording that was not closed is removed: a failed import leaves nothing behind.
  ~RecordingSink() override;
  RecordingSink(const RecordingSink&) = delete;
  RecordingSink& operator=(const RecordingSink&) = delete;

  Expected<void> begin(const v1::RecordingHeader& header) override;
  Expected<void> take(const v1::Input& input) override;
  bool begins_anew() const override { return true; }
  // Writes the summary into the trailer and gives the file its final name.
  Expected<void> close(const v1::ImportSummary& summary);

 private:
  std::string path_;
  std::optional<RecordingWriter> writer_;
};

}  // namespace holdfast
