#include <fmt/format.h>

#include "engine/core/core.h"

namespace holdfast::engine {

void Engine::Core::report_limit(v1::LimitReached::Table table, std::uint64_t limit, std::string outcome) {
  v1::LimitReached& reached = *out().mutable_limit_reached();
  reached.set_table(table);
  reached.set_limit(limit);
  reached.set_outcome(std::move(outcome));
}

// A held operation that arrives while no engine is in charge goes on, and says why.
void Engine::Core::release_without_judging(const v1::Operation& operation, v1::ReasonCode because) {
  if (!is_held(operation)) return;
  judgement.clear();
  judgement.add(because);
  ProcessRow subject;
  WindowsPath image;
  image.text = operation.what_case() == v1::Operation::kProcessStart ? operation.process_start().image()
                                                                     : operation.actor_image();
  subject.set_image(std::make_shared<const WindowsPath>(std::move(image)));
  decide(operation, subject, v1::Verdict::ALLOW, now_ns);
}

// The program an operation is judged by: the acting one, or at a start the one that is to start.
ProcessRow& Engine::Core::subject_of(const v1::Operation& operation) {
  if (operation.what_case() != v1::Operation::kProcessStart) return processes.actor(operation, *law.paths);
  const v1::Process& process = operation.process_start();
  v1::ProcessKey key;
  key.set_pid(process.pid());
  key.set_start_ns(process.start_ns());
  ProcessRow* known = processes.find_exactly(key);
  return known == nullptr ? processes.start(process, *law.paths) : *known;
}

void Engine::Core::judge_now(const v1::Operation& operation, const ProcessRow& program, const FindingStates* found) {
  const Law now{tables, law.effective, law.exceptions, *law.paths, *law.matcher, downloads};
  const Reputation reputation(cloud, cloud_step(), found);
  if (operation.what_case() != v1::Operation::kProcessStart) {
    return judge(operation, program, program.subject, now, reputation, findings, judgement);
  }
  Subject subject = program.subject;
  if (const ProcessRow* creator = processes.find(operation.actor())) subject.creator = creator->image.get();
  judge(operation, program, subject, now, reputation, findings, judgement);
}

void Engine::Core::end_process(ProcessRow& row) {
  const ProcessId id{row.key.pid, row.key.start_ns};
  if (const auto open = prompt_of_process.find(id); open != prompt_of_process.end()) {
    settle_all(prompts.at(open->second), v1::Verdict::MOOT, make_reason(v1::PROGRAM_EXITED));
  }
  settle_lookups_of(row);
  std::erase_if(remembered, [&](const v1::RememberedAnswer& answer) {
    return answer.process().pid() == row.key.pid && answer.process().start_ns() == row.key.start_ns;
  });
  processes.exit(row);
}

// What the operation tells of files that came from outside (DOMAIN 7).
void Engine::Core::note_arrival(const v1::Operation& operation) {
  bool forgot = false;
  switch (operation.what_case()) {
    case v1::Operation::kDownload: forgot = downloads.add(operation.download(), now_ns, *law.paths); break;
    case v1::Operation::kFileStreamCreate:
      forgot = downloads.mark(operation.file_stream_create().path(), operation.file_stream_create().contents(), now_ns,
                              *law.paths);
      break;
    case v1::Operation::kFileDelete: downloads.unmark(operation.file_delete().path(), *law.paths); break;
    default: return;
  }
  if (!forgot) return;
  report_limit(v1::LimitReached::DOWNLOADS, law.effective.limits.downloads_max, "the oldest download was forgotten");
}

void Engine::Core::carry_out(const v1::Operation& operation, ProcessRow& subject, std::uint64_t asked_at_ns,
                             const FindingStates* found) {
  switch (judgement.outcome) {
    case Judgement::Outcome::kNothing: break;
    case Judgement::Outcome::kAllow: decide(operation, subject, v1::Verdict::ALLOW, asked_at_ns); break;
    case Judgement::Outcome::kDeny:
      decide(operation, subject, v1::Verdict::DENY, asked_at_ns);
      if (operation.what_case() == v1::Operation::kProcessStart && is_held(operation)) processes.exit(subject);
      break;
    case Judgement::Outcome::kAsk: ask(operation, subject, asked_at_ns); break;
    case Judgement::Outcome::kLookUp: look_up(operation, subject, asked_at_ns, found); break;
  }
}

void Engine::Core::on(const v1::Operation& operation) {
  if (!started || stopped)
    return release_without_judging(operation, started ? v1::AGENT_STOPPED : v1::AGENT_NOT_STARTED);
  if (is_held(operation) && pending_operations.contains(operation.id())) {
    return ignore("operation", fmt::format("operation {} is held already", operation.id()));
  }
  ProcessRow* const ended = processes.ended_by(operation, *law.paths);
  if (ended != nullptr) end_process(*ended);
  const bool again = ended != nullptr && operation.what_case() == v1::Operation::kProcessStart;
  ProcessRow& subject = again ? processes.start(operation.process_start(), *law.paths) : subject_of(operation);
  report_dropped();
  note_arrival(operation);
  judge_now(operation, subject, nullptr);
  if (findings.new_facts != 0) subject.subject.facts |= findings.new_facts;
  if (operation.what_case() == v1::Operation::kImageLoad) {
    // The loader maps the program itself first: event logs tell the signature there and not at the start.
    processes.learn_signature(operation.actor(), operation.image_load(), *law.paths);
  }
  carry_out(operation, subject, now_ns, nullptr);
  if (operation.what_case() == v1::Operation::kProcessExit) end_process(subject);
}

}  // namespace holdfast::engine
