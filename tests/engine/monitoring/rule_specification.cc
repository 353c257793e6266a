#include "tests/engine/monitoring/rule_specification.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace holdfast::engine {
namespace {

struct Piece {
  enum Kind { kFixed, kFree, kDeep, kLeft } kind = kFixed;
  std::string text;
};

std::vector<Piece> pieces_of(const std::string& marked) {
  struct Mark {
    std::string_view open;
    std::string_view close;
    Piece::Kind kind;
  };
  static constexpr Mark kMarks[] = {{"<<", ">>", Piece::kDeep}, {"<=", ">", Piece::kLeft}, {"<", ">", Piece::kFree}};
  std::vector<Piece> pieces;
  for (std::size_t at = 0; at < marked.size();) {
    const std::size_t open = marked.find('<', at);
    if (open != at) pieces.push_back({Piece::kFixed, marked.substr(at, open - at)});
    if (open == std::string::npos) break;
    for (const Mark& mark : kMarks) {
      if (marked.compare(open, mark.open.size(), mark.open) != 0) continue;
      const std::size_t begin = open + mark.open.size();
      const std::size_t close = marked.find(mark.close, begin);
      pieces.push_back({mark.kind, marked.substr(begin, close - begin)});
      at = close + mark.close.size();
      break;
    }
  }
  return pieces;
}

std::string joined(const std::vector<Piece>& pieces) {
  std::string text;
  for (const Piece& piece : pieces) text += piece.text;
  return text;
}

std::string with(std::vector<Piece> pieces, std::size_t at, std::string text) {
  pieces[at].text = std::move(text);
  return joined(pieces);
}

// A drive becomes another, any other part gets a letter more.
std::vector<std::string> spoilt_parts(const std::string& text) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\\', at), text.size());
    if (end - at == 2 && text[at + 1] == ':') {
      all.push_back(std::string(text).replace(at, 1, "Q"));
    } else if (end != at) {
      all.push_back(std::string(text).insert(at + (end - at) / 2, "q"));
    }
    at = end + 1;
  }
  return all;
}

constexpr OperationMask kFamilies[] = {
    kFileChanges,
    kKeyArrives | kValueChanges,
    kTaskCreated | kTaskChanged,
    kThreadInjected | kProcessOpened | kProcessTerminated,
    kWmiConsumerAdded | kWmiBindingAdded,
    kFirewallRuleChanged | kFirewallSettingChanged,
};

constexpr char kAside[] = R"(C:\elsewhere\aside.bin)";

void set_process(v1::ProcessKey& key, std::uint32_t pid) {
  key.set_pid(pid);
  key.set_start_ns(pid * 1000);
}

template <typename Add>
void for_each_kind(OperationMask kinds, Add&& add) {
  for (OperationMask left = kinds; left != 0; left &= left - 1) add(left & (0U - left));
}

bool lies_above(const std::string& key, const std::vector<std::string>& targets) {
  return std::ranges::any_of(targets,
                             [&](const std::string& target) { return without_marks(target).starts_with(key + '\\'); });
}

// Each key above one of the targets.
std::vector<std::string> keys_above(const std::vector<std::string>& targets) {
  std::vector<std::string> all;
  for (const std::string& target : targets) {
    std::string key = without_marks(target);
    while (key.find('\\') != std::string::npos) {
      key.resize(key.rfind('\\'));
      all.push_back(key);
    }
  }
  return all;
}

std::string kind_name(OperationMask kind) { return "kind " + std::to_string(kind); }

std::string described(const RuleCase& c) {
  return kind_name(c.kind) + " target '" + c.target + "' value '" + c.value + "' text '" + c.text + "' access " +
         std::to_string(c.access) + " actor '" + c.actor + "' facts " + std::to_string(c.facts);
}

std::string ids(const Findings& findings) {
  std::string text;
  for (const EventRule* rule : findings.rules) text.append(text.empty() ? "" : ", ").append(rule->id);
  return text.empty() ? "nothing" : text;
}

}  // namespace

std::string without_marks(const std::string& marked) { return joined(pieces_of(marked)); }

std::vector<std::string> spoilt(const std::string& marked) {
  const std::vector<Piece> pieces = pieces_of(marked);
  // Beside any number of parts, one part more is nothing else.
  const bool depth_matters = std::ranges::none_of(pieces, [](const Piece& p) { return p.kind == Piece::kDeep; });
  std::vector<std::string> all;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].kind == Piece::kFixed) {
      for (const std::string& text : spoilt_parts(pieces[i].text)) all.push_back(with(pieces, i, text));
    } else if (pieces[i].kind == Piece::kFree && depth_matters && marked.find('\\') != std::string::npos) {
      all.push_back(with(pieces, i, R"(one\two)"));
    }
  }
  return all;
}

std::vector<std::string> varied(const std::string& marked) {
  const std::vector<Piece> pieces = pieces_of(marked);
  std::vector<std::string> all;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].kind == Piece::kFree) all.push_back(with(pieces, i, "Other"));
    if (pieces[i].kind != Piece::kDeep) continue;
    const std::string before = pieces[i].text.starts_with('\\') ? "\\" : "";
    const std::string after = pieces[i].text.ends_with('\\') ? "\\" : "";
    all.push_back(with(pieces, i, ""));
    all.push_back(with(pieces, i, before + "Other" + after));
    all.push_back(with(pieces, i, before + R"(Other\Another)" + after));
  }
  return all;
}

RuleCase plain_example(const RuleSpecification& rule, OperationMask kind) {
  RuleCase example;
  const OperationMask telling = rule.kinds & ~OperationMask{kKeyMovedHere};
  example.kind = kind != 0 ? kind : telling & (0U - telling);
  example.target = rule.targets.front();
  example.value = rule.values.front();
  example.text = rule.texts.front();
  if (!rule.rights.empty()) example.access = rule.rights.front();
  example.actor = rule.actors.front();
  example.facts = rule.facts;
  example.module = rule.module;
  example.creator = rule.creator;
  return example;
}

std::vector<Expectation> expectations_of(const RuleSpecification& rule) {
  std::vector<Expectation> all;
  const auto expect = [&](const RuleCase& example, bool matches, bool exact) {
    const bool moved = example.kind == kKeyMovedHere;
    all.push_back({.example = example, .matches = matches, .exact = exact && !moved, .by_event = matches && moved});
  };
  const auto vary = [&](OperationMask kind, const auto& choices, auto member, bool matches, bool exact) {
    for (const auto& choice : choices) {
      RuleCase example = plain_example(rule, kind);
      example.*member = choice;
      expect(example, matches, exact);
    }
  };

  for_each_kind(rule.kinds, [&](OperationMask kind) {
    vary(kind, rule.targets, &RuleCase::target, true, true);
    vary(kind, rule.texts, &RuleCase::text, true, true);
    vary(kind, rule.rights, &RuleCase::access, true, true);
    vary(kind, rule.actors, &RuleCase::actor, true, true);
    const bool has_value = (kind & (kValueSet | kValueDeleted)) != 0;
    if (has_value) vary(kind, rule.values, &RuleCase::value, true, true);
    for (const Change& change : rule.matches) {
      RuleCase example = plain_example(rule, kind);
      change(example);
      expect(example, true, true);
    }
    for (const std::string& target : rule.quiet_targets) {
      const bool brings_it = kind == kKeyMovedHere && lies_above(target, rule.targets);
      vary(kind, std::vector<std::string>{target}, &RuleCase::target, brings_it, false);
    }
    if (kind == kKeyMovedHere) {
      const std::size_t before = all.size();
      vary(kind, keys_above(rule.targets), &RuleCase::target, true, false);
      // What a row leaves out at a key, another row may see below it.
      for (std::size_t i = before; i < all.size(); ++i) all[i].of_the_table = true;
    }
    // A key that is moved into place or made brings values nobody names, and a file that is changed has no command.
    if (has_value) vary(kind, rule.quiet_values, &RuleCase::value, false, false);
    if ((kind & (kKeyMovedHere | kKeyCreated | kKeyDeleted)) == 0) {
      vary(kind, rule.quiet_texts, &RuleCase::text, false, false);
    }
    vary(kind, rule.quiet_actors, &RuleCase::actor, false, false);
    for (const Change& change : rule.quiet) {
      RuleCase example = plain_example(rule, kind);
      change(example);
      expect(example, false, false);
    }
    if (!rule.rights.empty() && (kind & (kFileOpened | kProcessOpened)) != 0) {
      std::uint32_t named = 0;
      for (const std::uint32_t right : rule.rights) named |= right;
      vary(kind, std::vector<std::uint32_t>{~named}, &RuleCase::access, false, false);
    }
  });

  const OperationMask first = plain_example(rule).kind;
  for (const std::string& target : rule.targets) {
    vary(first, spoilt(target), &RuleCase::target, false, false);
    vary(first, varied(target), &RuleCase::target, true, false);
  }
  for (const std::string& value : rule.values) {
    const OperationMask kind = rule.kinds & (kValueSet | kValueDeleted);
    if (kind == 0 || value.empty()) continue;
    vary(kind & (0U - kind), spoilt(value), &RuleCase::value, false, false);
    vary(kind & (0U - kind), varied(value), &RuleCase::value, true, false);
  }
  for (const OperationMask family : kFamilies) {
    if ((family & rule.kinds) == 0) continue;
    for_each_kind(family & ~rule.kinds, [&](OperationMask kind) { expect(plain_example(rule, kind), false, false); });
  }
  return all;
}

v1::Operation operation_of(const RuleCase& c) {
  v1::Operation o;
  o.set_id(1);
  set_process(*o.mutable_actor(), 4711);
  o.set_actor_image(c.actor);
  o.set_actor_user(c.user);
  const std::string target = without_marks(c.target);
  const std::string value = without_marks(c.value);
  const std::uint32_t other = c.on_itself ? 4711U : 500U;
  switch (c.kind) {
    case kStart: {
      v1::Process& p = *o.mutable_process_start();
      p.set_pid(4711);
      p.set_image(target);
      p.set_command_line(c.text);
      p.set_original_file_name(c.original_name);
      p.set_parent_image(c.creator);
      break;
    }
    case kFileCreated:
      o.mutable_file_create()->set_path(target);
      o.mutable_file_create()->set_executable(c.executable);
      break;
    case kFileWritten:
      o.mutable_file_write()->set_path(target);
      o.mutable_file_write()->set_executable(c.executable);
      break;
    case kFileDeleted:
      o.mutable_file_delete()->set_path(target);
      o.mutable_file_delete()->set_executable(c.executable);
      break;
    case kFileMovedAway:
      o.mutable_file_rename()->set_path(target);
      o.mutable_file_rename()->set_new_path(kAside);
      o.mutable_file_rename()->set_executable(c.executable);
      break;
    case kFileMovedHere:
      o.mutable_file_rename()->set_path(kAside);
      o.mutable_file_rename()->set_new_path(target);
      o.mutable_file_rename()->set_executable(c.executable);
      break;
    case kFileOpened:
      o.mutable_file_access()->set_path(target);
      o.mutable_file_access()->set_access_mask(c.access);
      break;
    case kKeyCreated: o.mutable_registry_key_create()->set_key(target); break;
    case kKeyDeleted: o.mutable_registry_key_delete()->set_key(target); break;
    case kKeyMovedHere:
      o.mutable_registry_key_rename()->set_key(R"(HKLM\Software\Vendor\Prepared)");
      o.mutable_registry_key_rename()->set_new_key(target);
      break;
    case kValueSet:
      o.mutable_registry_set()->set_key(target);
      o.mutable_registry_set()->set_value(value);
      o.mutable_registry_set()->set_data(c.text);
      break;
    case kValueDeleted:
      o.mutable_registry_delete()->set_key(target);
      o.mutable_registry_delete()->set_value(value);
      break;
    case kServiceInstalled:
      o.mutable_service_install()->set_name("Example");
      o.mutable_service_install()->set_image_path(c.text);
      break;
    case kTaskCreated:
    case kTaskChanged:
      o.mutable_scheduled_task_register()->set_name(target);
      o.mutable_scheduled_task_register()->set_content(c.text);
      o.mutable_scheduled_task_register()->set_updated(c.kind == kTaskChanged);
      break;
    case kDriverLoaded: o.mutable_driver_load()->set_path(target); break;
    case kThreadInjected: {
      v1::RemoteThread& thread = *o.mutable_remote_thread();
      set_process(*thread.mutable_target(), other);
      thread.set_target_image(target);
      thread.set_start_function(c.text);
      thread.set_start_module(c.module);
      break;
    }
    case kProcessOpened:
      set_process(*o.mutable_process_access()->mutable_target(), other);
      o.mutable_process_access()->set_target_image(target);
      o.mutable_process_access()->set_access_mask(c.access);
      break;
    case kProcessTerminated:
      set_process(*o.mutable_process_terminate()->mutable_target(), other);
      o.mutable_process_terminate()->set_target_image(target);
      break;
    case kWmiConsumerAdded:
    case kWmiBindingAdded:
      o.mutable_wmi_subscription()->set_part(c.kind == kWmiConsumerAdded ? v1::WmiSubscription::PART_CONSUMER
                                                                         : v1::WmiSubscription::PART_BINDING);
      o.mutable_wmi_subscription()->set_content(c.text);
      break;
    case kAuditPolicyChanged: o.mutable_audit_policy_change()->set_changes(c.text); break;
    case kFirewallRuleChanged:
      o.mutable_firewall_policy_change()->set_kind(v1::FirewallPolicyChange::KIND_RULE_ADDED);
      o.mutable_firewall_policy_change()->set_rule(c.text);
      break;
    case kFirewallSettingChanged:
      o.mutable_firewall_policy_change()->set_kind(v1::FirewallPolicyChange::KIND_SETTING_CHANGED);
      o.mutable_firewall_policy_change()->set_value(c.text);
      break;
    default: break;
  }
  return o;
}

const Findings& Trial::run(EventMatcher& matcher, const RuleCase& example) {
  // At a start the subject is the program that is to start.
  const bool starts = example.kind == kStart;
  return run(matcher, operation_of(example), starts ? without_marks(example.target) : example.actor, example.facts,
             starts ? example.creator : std::string());
}

const Findings& Trial::run(EventMatcher& matcher, const v1::Operation& operation, const std::string& actor,
                           std::uint32_t facts, const std::string& creator) {
  const WindowsPath image = paths_.normalise(actor);
  const WindowsPath creator_path = paths_.normalise(creator);
  Subject subject;
  subject.image = &image;
  subject.facts = facts;
  subject.creator = &creator_path;
  matcher.match(operation, subject, false, findings_);
  return findings_;
}

std::string broken_promise(EventMatcher& matcher, const PathNormaliser& paths, const RuleSpecification& rule,
                           bool alone) {
  Trial trial(paths);
  for (const Expectation& expectation : expectations_of(rule)) {
    if (alone && expectation.of_the_table) continue;
    const Findings& findings = trial.run(matcher, expectation.example);
    const auto hit = expectation.by_event && !alone ? std::ranges::find(findings.rules, rule.event, &EventRule::event)
                                                    : std::ranges::find(findings.rules, rule.id, &EventRule::id);
    const bool hits = hit != findings.rules.end();
    if (hits != expectation.matches) {
      return std::string(hits ? "matches " : "misses ") + described(expectation.example) + ", found " + ids(findings);
    }
    if (hits && (*hit)->event != rule.event) return "another event for " + described(expectation.example);
    if (hits && (*hit)->id == rule.id && (*hit)->trust_settles != rule.trust_settles) {
      return "whether trust settles it differs";
    }
    if (alone) continue;
    if (expectation.exact && findings.rules.size() != rule.also.size() + 1) {
      return "found " + ids(findings) + " for " + described(expectation.example);
    }
    for (const std::string& id : rule.also) {
      if (expectation.exact && std::ranges::find(findings.rules, id, &EventRule::id) == findings.rules.end()) {
        return "found " + ids(findings) + " without " + id + " for " + described(expectation.example);
      }
    }
  }
  return {};
}

}  // namespace holdfast::engine
