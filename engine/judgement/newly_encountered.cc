#include "engine/judgement/newly_encountered.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "engine/path/case_folding.h"

namespace holdfast::engine {
namespace {

using Outcome = Judgement::Outcome;

struct ChannelWord {
  v1::Download::Channel channel;
  std::string_view word;
};
constexpr std::array kChannelWords = {
    ChannelWord{v1::Download::CHANNEL_HTTP, "HTTP"},
    ChannelWord{v1::Download::CHANNEL_HTTPS, "HTTP over TLS"},
    ChannelWord{v1::Download::CHANNEL_EMAIL, "email"},
    ChannelWord{v1::Download::CHANNEL_OTHER, "another way"},
};

std::string_view word_of(v1::Download::Channel channel) {
  const auto row = std::ranges::find(kChannelWords, channel, &ChannelWord::channel);
  return row == kChannelWords.end() ? "an unknown way" : row->word;
}

std::string seen_text(const v1::Download& download) {
  std::string text(word_of(download.channel()));
  if (!download.url().empty()) text += ", " + download.url();
  if (download.port() != 0) text += fmt::format(", port {}", download.port());
  return text;
}

// Zone 3, the Internet, or 4, restricted sites; the field counts from 1.
bool marked_as_from_outside(const v1::Download& download) { return download.zone_id() >= 4; }

bool has_extension(std::string_view name, std::string_view extension) { return folded(name).ends_with(extension); }

// What speaks against asking about the program; nothing if nothing does.
struct Obstacle {
  v1::ReasonCode code;
  std::string text = {};
  std::int64_t number = 0;
};

std::optional<Obstacle> obstacle_of_channel(const Arrival& arrival, const ArrivalRule* rule, bool by_mark,
                                            const Case& now) {
  const v1::Download& download = *arrival.download;
  const bool told = download.channel() != v1::Download::CHANNEL_OTHER || marked_as_from_outside(download);
  const bool covered = rule != nullptr && (rule->covered || (by_mark && rule->covered_by_mark && told));
  if (!covered) return Obstacle{.code = v1::CHANNEL_NOT_COVERED, .text = std::string(word_of(download.channel()))};
  const auto& ports = now.matter.tables.newly_encountered.ports;
  const bool any_port = now.settings().platform->newly_encountered_any_port || !rule->ports_matter;
  if (!any_port && download.port() != 0 && std::ranges::find(ports, download.port()) == ports.end()) {
    return Obstacle{.code = v1::PORT_NOT_COVERED, .text = {}, .number = download.port()};
  }
  return std::nullopt;
}

std::optional<Obstacle> obstacle_of_file(const Arrival& arrival, const ArrivalRule& rule) {
  const v1::Download& download = *arrival.download;
  if (arrival.member == nullptr) {
    if (has_extension(download.path(), ".EXE")) return std::nullopt;
    return Obstacle{.code = v1::FILE_TYPE_NOT_COVERED, .text = download.path()};
  }
  const bool archive = has_extension(download.path(), ".ZIP") || has_extension(download.path(), ".RAR");
  if (!rule.archives || !archive || !has_extension(arrival.member->name(), ".EXE")) {
    return Obstacle{.code = v1::FILE_TYPE_NOT_COVERED, .text = download.path()};
  }
  if (!arrival.member->encrypted() && !download.encrypted_listing()) return std::nullopt;
  return Obstacle{.code = v1::ARCHIVE_ENCRYPTED, .text = download.path()};
}

std::optional<Obstacle> find_obstacle(const Arrival& arrival, const Case& now) {
  const NewlyEncounteredRules& rules = now.matter.tables.newly_encountered;
  const NewlyEncountered& newly = now.settings().newly_encountered;
  if (rules.never_on_servers && now.settings().platform->server) {
    return Obstacle{.code = v1::SERVERS_EXCLUDED, .text = std::string(now.settings().platform->name)};
  }
  if (rules.needs_web_reputation && !newly.web_reputation) return Obstacle{.code = v1::WEB_REPUTATION_OFF};
  const auto* rule =
      std::to_address(std::ranges::find(rules.arrivals, arrival.download->channel(), &ArrivalRule::channel));
  if (rule == std::to_address(rules.arrivals.end())) rule = nullptr;
  if (auto obstacle = obstacle_of_channel(arrival, rule, newly.by_hash_and_provenance, now)) return obstacle;
  if (auto obstacle = obstacle_of_file(arrival, *rule)) return obstacle;
  if (rule->matched_by_name && !newly.by_hash_and_provenance && !arrival.same_name) {
    const std::string& name = arrival.member == nullptr ? arrival.download->path() : arrival.member->name();
    return Obstacle{.code = v1::NAME_DOES_NOT_MATCH, .text = name};
  }
  return std::nullopt;
}

// The likeliest arrival that nothing speaks against: what else the program may have come with does not hide it. Where
// there is none, what speaks against the latest.
struct Judged {
  Arrival arrival;
  std::optional<Obstacle> obstacle;
};
std::optional<Judged> judge_arrivals(const Case& now) {
  const ProcessRow& program = now.matter.program;
  const bool by_name = !now.settings().newly_encountered.by_hash_and_provenance;
  const std::vector<Arrival> arrivals =
      now.matter.downloads.find(*program.image, program.sha256, by_name, program.endpoint);
  if (arrivals.empty()) return std::nullopt;
  for (const Arrival& arrival : arrivals) {
    if (!find_obstacle(arrival, now)) return Judged{.arrival = arrival, .obstacle = {}};
  }
  const Arrival& latest = *std::ranges::max_element(arrivals, {}, &Arrival::number);
  return Judged{.arrival = latest, .obstacle = find_obstacle(latest, now)};
}

// Why the answer makes the program a newly encountered one; empty if it does not.
std::string why_new(const Answer& answer, const NewlyEncountered& newly) {
  std::string why;
  if (answer.detections < newly.prevalence_below) why = fmt::format("{} detections", answer.detections);
  const bool young = answer.age_days ? *answer.age_days < newly.age_below_days : answer.detections == 0;
  if (!young) return why;
  if (!why.empty()) why += ", ";
  return why + (answer.age_days ? fmt::format("{} days old", *answer.age_days) : "never met before");
}

// The SHA-256 to ask about: the program's own, else the one it arrived with.
const std::string& sha256_of(const ProcessRow& program, const Arrival& arrival) {
  if (!program.sha256.empty()) return program.sha256;
  return arrival.member == nullptr ? arrival.download->sha256() : arrival.member->sha256();
}

}  // namespace

void judge_newly_encountered(Case& now) {
  Judgement& judgement = now.judgement;
  const ProcessRow& program = now.matter.program;
  const NewlyEncountered& newly = now.settings().newly_encountered;
  if (!newly.enabled || !now.settings().active) return;
  const auto judged = judge_arrivals(now);
  if (!judged) return;
  const Arrival& arrival = judged->arrival;

  if (judgement.reasons.empty()) judgement.add(v1::BEHAVIOR_MONITORING_ACTIVE, now.settings().platform->name);
  judgement.add(v1::DOWNLOAD_SEEN, seen_text(*arrival.download));
  const auto let_pass = [&] {
    if (judgement.outcome == Outcome::kNothing) judgement.outcome = Outcome::kAllow;
  };
  if (judged->obstacle) {
    judgement.add(judged->obstacle->code, judged->obstacle->text, judged->obstacle->number);
    return let_pass();
  }
  if (newly.approved_suppresses) {
    const ExceptionList::Hit hit =
        now.matter.law.exceptions.find({.path = program.image.get(), .sha256 = program.sha256, .trusted_signer = {}});
    if (hit.list == ExceptionList::List::kApproved) {
      judgement.add(v1::ON_APPROVED_LIST, hit.entry, hit.line);
      return let_pass();
    }
  }

  const std::string& sha256 = sha256_of(program, arrival);
  const auto finding = now.matter.reputation.of(v1::HttpRequest::PREVALENCE, sha256);
  if (!finding) {
    judgement.event = v1::NEWLY_ENCOUNTERED_PROGRAM;
    judgement.outcome = Outcome::kLookUp;
    judgement.question = v1::HttpRequest::PREVALENCE;
    judgement.about = sha256;
    return;
  }
  if (!finding->answered()) {
    judgement.add(v1::PREVALENCE_FAILED, v1::LookupFailure_Name(finding->failure), finding->attempts);
    return let_pass();
  }
  const std::string why = why_new(finding->answer, newly);
  if (why.empty()) {
    judgement.add(v1::NOT_NEWLY_ENCOUNTERED, {}, static_cast<std::int64_t>(finding->answer.detections));
    return let_pass();
  }
  judgement.add(v1::NEWLY_ENCOUNTERED, why, finding->attempts);
  judgement.event = v1::NEWLY_ENCOUNTERED_PROGRAM;
  judgement.action = &action_rule(now.matter.tables, now.settings().policy(judgement.event).action);
  judgement.add(judgement.action->asks ? v1::ACTION_IS_PROMPT : v1::ACTION_IS_LOG_ONLY);
  judgement.decide(judgement.action->asks ? Outcome::kAsk : Outcome::kAllow, Grounds::kAction);
  judgement.target = program.image->text;
}

}  // namespace holdfast::engine
