// The chain of judgement: a table of stages, passed one after the other until one settles the operation (DOMAIN 1, 2,
// 4, 6, 7 and 8).
//
//   Judge judge;
//   const Judgement& judgement = judge.judge({operation, program, law, tables, downloads, reputation, answers});
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engine/downloads/download_ledger.h"
#include "engine/exceptions/exception_list.h"
#include "engine/holds/remembered_answers.h"
#include "engine/judgement/judgement.h"
#include "engine/lookups/reputation.h"
#include "engine/processes/process_table.h"
#include "engine/settings/law.h"
#include "engine/tables/tables.h"

namespace holdfast::engine {

// What is judged, and all that may be known of it. Nothing is changed by judging but scratch memory, and which answers
// of the services were used last.
struct Matter {
  const v1::Operation& operation;
  const ProcessRow& program;   // that acts; at a process start, the one that is to start
  const WindowsPath* creator;  // at a process start: the program that starts it; null: unknown
  Law& law;
  const Tables& tables;
  const DownloadLedger& downloads;
  const Reputation& reputation;
  const RememberedAnswers& remembered;
};

// A matter on its way through the chain.
class Case {
 public:
  // All must outlive the case.
  Case(const Matter& judged, Findings& found, Judgement& so_far)
      : matter(judged),
        findings(found),
        judgement(so_far),
        held(is_held(judged.operation)),
        starts(judged.operation.what_case() == v1::Operation::kProcessStart) {}

  const Matter& matter;
  Findings& findings;
  Judgement& judgement;
  const bool held;    // somebody waits for the verdict
  const bool starts;  // a program is to start

  const EffectiveSettings& settings() const { return matter.law.effective; }
  // What the rules see of the program. Most operations never look at it, nor at the memory where it lies.
  const Subject& subject();
  // The program does a script's bidding, so that its own good name says nothing.
  bool is_driven() const;
  // It does what somebody on another computer asked for, or may do so: the same holds.
  bool serves_a_client() const;
  // The entry that covers the program, or the script that it acts for.
  const ExceptionList::Hit& exception();

 private:
  Subject starting_;  // the subject, where its creator is known
  std::optional<ExceptionList::Hit> exception_;
};

struct Stage {
  enum class When : std::uint8_t {
    kOpen,     // nothing has settled the operation yet
    kPassing,  // a start that passes without a line in the log
    kAsking,   // somebody would be asked
  };
  std::string_view name;
  When when;
  bool (*settles)(Case&);  // true: the stages that wait for an open case are passed over
};

// In the order in which they are passed.
std::span<const Stage> chain_of_judgement();

class Judge {
 public:
  // `chain` must outlive the judge.
  explicit Judge(std::span<const Stage> chain = chain_of_judgement()) : chain_(chain) {}

  // What is found stays until the next matter.
  Judgement& judge(const Matter& matter);
  Judgement& judgement() { return judgement_; }
  const Findings& findings() const { return findings_; }

 private:
  std::span<const Stage> chain_;
  Findings findings_;
  Judgement judgement_;
};

}  // namespace holdfast::engine
