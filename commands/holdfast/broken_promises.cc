#include "commands/holdfast/broken_promises.h"

#include "reports/wording.h"

namespace holdfast {

ExitCode tell_broken_promises(const std::vector<std::string>& sentences, Terminal& terminal) {
  for (const std::string& sentence : sentences) terminal.err("holdfast: broken promise: " + printable(sentence) + '\n');
  return sentences.empty() ? ExitCode::kAsExpected : ExitCode::kExpectationFailed;
}

}  // namespace holdfast
