#include "reports/decision_listing.h"

namespace holdfast {

DecisionListing::DecisionListing(const DecisionListingOptions& options) : options_(options) {
  context_.time = options.time;
}

void DecisionListing::add(std::uint64_t at_ns, const v1::Verdict& verdict) {
  summary_.add(verdict);
  const Outcome outcome = outcome_of(verdict);
  const bool telling = outcome != Outcome::kPassed && outcome != Outcome::kAssessed;
  if (telling && first_telling_ == 0) first_telling_ = summary_.decisions();
  if (outcome == Outcome::kAssessed && first_assessed_ == 0) first_assessed_ = summary_.decisions();
  if (telling || options_.all) return list(at_ns, verdict, telling_);
  if (outcome == Outcome::kAssessed && telling_.listed == 0) list(at_ns, verdict, assessed_);
}

void DecisionListing::list(std::uint64_t at_ns, const v1::Verdict& verdict, Listed& where) {
  if (options_.limit != 0 && where.listed == options_.limit) {
    ++where.unlisted;
    return;
  }
  ++where.listed;
  if (options_.json) {
    write_decision(summary_.decisions(), at_ns, verdict, context_, where.json);
    return;
  }
  const TimeText& time = options_.time;
  where.lines += day_heading(time, at_ns, where.day);
  where.lines += decision_line(summary_.decisions(), at_ns, verdict, time, {.colours = options_.colours}) + '\n';
}

}  // namespace holdfast
