// The decisions of a run as they come: those worth a line are listed up to a limit, all are counted.
//
//   DecisionListing listing({.time = TimeText::by_wall_clock(started_wall_ns), .limit = 40});
//   listing.add(at_ns, verdict);
//   print(listing.lines() + listing.summary().table());
#pragma once

#include <cstdint>
#include <string>

#include "engine/schema/output.pb.h"
#include "reports/decisions.h"
#include "reports/explain.h"
#include "reports/json.h"
#include "reports/summary.h"
#include "reports/wording.h"

namespace holdfast {

struct DecisionListingOptions {
  TimeText time = TimeText::since_start();
  std::uint64_t limit = 40;  // most that are listed; 0: all
  bool all = false;          // also what was only assessed or passed
  bool json = false;         // for json() instead of lines()
  bool colours = false;
};

class DecisionListing {
 public:
  explicit DecisionListing(const DecisionListingOptions& options);

  void add(std::uint64_t at_ns, const v1::Verdict& verdict);

  // What was asked, denied or moot; if nothing was, what was assessed. One line each, with a line per day by the wall
  // clock.
  const std::string& lines() const { return chosen().lines; }
  // The same as elements of an array.
  JsonWriter& json() { return chosen().json; }
  std::uint64_t unlisted() const { return chosen().unlisted; }
  const DecisionSummary& summary() const { return summary_; }
  // Number of the first decision that stopped or asked, or else of the first that was assessed; 0: none.
  std::uint64_t most_telling() const { return first_telling_ != 0 ? first_telling_ : first_assessed_; }

 private:
  struct Listed {
    std::string lines;
    JsonWriter json;
    std::uint64_t listed = 0;
    std::uint64_t unlisted = 0;
    std::uint64_t day = 0;
  };

  void list(std::uint64_t at_ns, const v1::Verdict& verdict, Listed& where);
  bool tells() const { return telling_.listed != 0 || options_.all; }
  Listed& chosen() { return tells() ? telling_ : assessed_; }
  const Listed& chosen() const { return tells() ? telling_ : assessed_; }

  DecisionListingOptions options_;
  ExplainContext context_;
  DecisionSummary summary_;
  Listed telling_;
  Listed assessed_;
  std::uint64_t first_telling_ = 0;
  std::uint64_t first_assessed_ = 0;
};

}  // namespace holdfast
