// What is to be done about one operation, before anybody is asked: the chain of DOMAIN 1, 2, 4, 6, 7 and 8 in its
// order.
#pragma once

#include <cstdint>
#include <string>

#include "engine/downloads/download_ledger.h"
#include "engine/exceptions/exception_list.h"
#include "engine/lookups/reputation.h"
#include "engine/monitoring/event_rules.h"
#include "engine/processes/process_table.h"
#include "engine/schema/output.pb.h"
#include "engine/settings/effective_settings.h"

namespace holdfast::engine {

// The rules in force, all of them const while an operation is judged.
struct Law {
  const Tables& tables;
  const EffectiveSettings& settings;
  const ExceptionList& exceptions;
  const PathNormaliser& paths;
  EventMatcher& matcher;  // keeps scratch memory only
  const DownloadLedger& downloads;
};

// A chain of reasons as messages keep it, so that it moves into one.
using Reasons = google::protobuf::RepeatedPtrField<v1::Reason>;

struct Judgement {
  enum class Outcome : std::uint8_t {
    kNothing,  // no rule speaks of it and nobody waits for a verdict
    kAllow,
    kDeny,
    kAsk,
    kLookUp,  // `question` must be answered first
  };
  Outcome outcome = Outcome::kNothing;
  v1::MonitoredEvent event = v1::MONITORED_EVENT_UNSPECIFIED;
  const ActionRule* action = nullptr;  // of the event that decided; null if none did
  const EventRule* rule = nullptr;     // likewise
  v1::HttpRequest::Purpose question = v1::HttpRequest::PURPOSE_UNSPECIFIED;  // with kLookUp
  std::string about;                                                         // likewise: SHA-256 of the program
  bool logged = false;
  bool user_warned = false;
  Reasons reasons;
  std::string target;

  void add(v1::ReasonCode code, std::string_view text = {}, std::int64_t number = 0);
  void clear();
};

// Judges `operation` of `program` (at a process start: the program that is to start) into `judgement`. `subject`: what
// the rules see of the program. `findings` is scratch memory and holds afterwards what the rules found. Nothing is
// changed but these two, and which answers of the cloud were used last.
void judge(const v1::Operation& operation, const ProcessRow& program, const Subject& subject, const Law& law,
           const Reputation& reputation, Findings& findings, Judgement& judgement);

// The row of the action table; every action has one.
const ActionRule& action_rule(const Tables& tables, v1::MonitoredEventPolicy::Action action);

// Somebody waits for a verdict.
bool is_held(const v1::Operation& operation);

}  // namespace holdfast::engine
