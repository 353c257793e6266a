#include "engine/verdicts/reasons.h"

#include <google/protobuf/descriptor.h>

#include <string>

namespace holdfast::engine {
namespace {

void fill(v1::Reason& reason, v1::ReasonCode code, std::string_view text, std::int64_t number) {
  reason.set_code(code);
  if (!text.empty()) reason.set_text(std::string(text));  // even an empty text would be allocated
  reason.set_number(number);
}

}  // namespace

void add_reason(Reasons& chain, v1::ReasonCode code, std::string_view text, std::int64_t number) {
  fill(*chain.Add(), code, text, number);
}

v1::Reason make_reason(v1::ReasonCode code, std::string_view text, std::int64_t number) {
  v1::Reason reason;
  fill(reason, code, text, number);
  return reason;
}

std::string_view operation_name(v1::Operation::WhatCase what) {
  static const auto& operation = *v1::Operation::descriptor();
  const auto* field = operation.FindFieldByNumber(what);
  return field == nullptr ? std::string_view("nothing") : std::string_view(field->name());
}

}  // namespace holdfast::engine
