// Writes fixtures/events/campaign.evtx anew, of campaign.json beside it: write_campaign_log, in the project's root.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/campaign_log.h"

int main() {
  const std::string folder = "fixtures/events/";
  std::ifstream json(folder + "campaign.json", std::ios::binary);
  const auto log = holdfast::campaign_log(std::string(std::istreambuf_iterator<char>(json), {}));
  if (!log) {
    std::fprintf(stderr, "write_campaign_log: %s\n", log.error().text().c_str());
    return 1;
  }
  std::ofstream file(folder + "campaign.evtx", std::ios::binary);
  file.write(log->data(), static_cast<std::streamsize>(log->size()));
  return file.good() ? 0 : 1;
}
