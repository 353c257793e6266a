#include "engine/judgement/judge.h"

#include "engine/verdicts/reasons.h"

namespace holdfast::engine {
namespace {

ExceptionList::Hit find_exception(const Matter& matter) {
  const ProcessRow& program = matter.program;
  const v1::Operation& operation = matter.operation;
  const Law& law = matter.law;
  ExceptionList::Program sought{.path = program.image.get(), .sha256 = program.sha256, .trusted_signer = {}};
  if (program.signature == v1::SIGNATURE_STATUS_VALID) sought.trusted_signer = program.signer;
  const ExceptionList::Hit of_program = law.exceptions.find(sought);
  if (of_program.list == ExceptionList::List::kBlocked || operation.script().empty()) return of_program;
  // A script host acts for its script: an entry for the script counts as one for the program.
  const WindowsPath script = law.paths->normalise(operation.script());
  const ExceptionList::Hit of_script = law.exceptions.find({.path = &script, .sha256 = {}, .trusted_signer = {}});
  return of_script.list == ExceptionList::List::kNone ? of_program : of_script;
}

bool passes_silently(const Case& now) {
  const Judgement& judgement = now.judgement;
  const bool passes =
      judgement.outcome == Judgement::Outcome::kNothing || judgement.outcome == Judgement::Outcome::kAllow;
  return now.starts && passes && !judgement.telling(false).logged;
}

bool is_its_turn(Stage::When when, const Case& now, bool open) {
  switch (when) {
    case Stage::When::kOpen: return open;
    case Stage::When::kPassing: return passes_silently(now);
    case Stage::When::kAsking: return now.judgement.outcome == Judgement::Outcome::kAsk;
  }
  return false;
}

}  // namespace

const Subject& Case::subject() {
  if (matter.creator == nullptr) return matter.program.subject;
  starting_ = matter.program.subject;
  starting_.creator = matter.creator;
  return starting_;
}

bool Case::is_driven() const {
  return is_interpreter(matter.program.image->file_name()) || !matter.operation.script().empty();
}

// Where no sensor told of a client: files come over a share as the kernel's own work.
bool Case::serves_a_client() const {
  if (!matter.operation.remote_client().empty()) return true;
  const WindowsPath& image = *matter.program.image;
  if (image.kind != WindowsPath::Kind::kRelative || image.folded != "SYSTEM") return false;
  switch (matter.operation.what_case()) {
    case v1::Operation::kFileCreate:
    case v1::Operation::kFileWrite:
    case v1::Operation::kFileDelete:
    case v1::Operation::kFileRename:
    case v1::Operation::kFileAccess: return true;
    default: return false;
  }
}

const ExceptionList::Hit& Case::exception() {
  if (!exception_) exception_ = find_exception(matter);
  return *exception_;
}

void Judgement::clear() {
  outcome = Outcome::kNothing;
  grounds = Grounds::kNothing;
  event = v1::MONITORED_EVENT_UNSPECIFIED;
  action = nullptr;
  rule = nullptr;
  question = v1::HttpRequest::PURPOSE_UNSPECIFIED;
  about.clear();
  reasons.Clear();
  target.clear();
}

Judgement& Judge::judge(const Matter& matter) {
  judgement_.clear();
  findings_.clear();
  Case now(matter, findings_, judgement_);
  bool open = true;
  for (const Stage& stage : chain_) {
    if (!is_its_turn(stage.when, now, open) || !stage.settles(now)) continue;
    open = false;
    // Most operations are none that anybody waits for or speaks of: no later stage looks at them.
    if (judgement_.outcome == Judgement::Outcome::kNothing && !now.starts) break;
  }
  return judgement_;
}

}  // namespace holdfast::engine
