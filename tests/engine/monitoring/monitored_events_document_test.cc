// docs/monitored-events.md promises to list every row; a promise in the documents is a check.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "engine/monitoring/event_rule.h"
#include "engine/monitoring/event_rules.h"
#include "tests/support/repository.h"

namespace holdfast::engine {
namespace {

std::string document() {
  std::ifstream file(in_repository("docs/monitored-events.md"), std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The first cell of each table row that begins with an id: "| `startup.run-key` | ... | no |".
struct Line {
  std::string id;
  std::string rest;
};

std::vector<Line> lines_with_ids(const std::string& text) {
  std::vector<Line> all;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.starts_with("| `")) continue;
    const std::size_t close = line.find('`', 3);
    all.push_back({line.substr(3, close - 3), line.substr(close)});
  }
  return all;
}

TEST(MonitoredEventsDocument, NamesEveryRowOnceAndNoOther) {
  std::multiset<std::string> documented;
  for (const Line& line : lines_with_ids(document())) documented.insert(line.id);
  std::multiset<std::string> written;
  for (const EventRule& rule : event_rules()) written.insert(std::string(rule.id));
  EXPECT_EQ(documented, written);
}

TEST(MonitoredEventsDocument, SaysWhereTrustDoesNotSettle) {
  for (const Line& line : lines_with_ids(document())) {
    for (const EventRule& rule : event_rules()) {
      if (rule.id != line.id) continue;
      EXPECT_EQ(line.rest.ends_with("| no |"), !rule.trust_settles) << line.id;
    }
  }
}

}  // namespace
}  // namespace holdfast::engine
