// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/containers/json.h"

namespace sightline {

/// Maximum number of steps of one kind. The tokenizers of published models have at most eight.
inline constexpr std::size_t kMaxSteps = 64;

/// A type of step in a `tokenizer.json`, and how it is read.
template <class Step>
struct StepType {
  std::string_view name;
  std::unique_ptr<Step> (*read)(const Json& spec);
};

/// A kind of steps: "a normalizer", whose sequences list their steps under "normalizers".
template <class Step>
struct StepKind {
  std::string_view name, list_key;
  std::span<const StepType<Step>> types;
};

/// Appends the steps that `spec` describes; null describes none. A sequence within a sequence adds its steps
/// to the same list. Errors: unsupported for a type that is not in the kind's table, with its name; limit
/// (`kMaxSteps`); missing, type, and those of the steps.
template <class Step>
void append_steps(const StepKind<Step>& kind, const Json& spec, std::vector<std::unique_ptr<Step>>& steps) {
  if (spec.is_null()) return;
  const Json type = spec.at("type");
  const std::string_view name = type.as_string();
  if (name == "Sequence") {
    const Json list = spec.at(kind.list_key);
    if (!list.is_array()) fail(ErrorCode::type, list.path(), "is not a list");
    list.for_each_element([&](const Json& step) { append_steps(kind, step, steps); });
    return;
  }
  const auto found = std::ranges::find(kind.types, name, &StepType<Step>::name);
  if (found == kind.types.end()) {
    fail(ErrorCode::unsupported, type.path(),
         "is \"" + printable(name) + "\", " + std::string(kind.name) + " that is not supported");
  }
  if (steps.size() == kMaxSteps) {
    fail(ErrorCode::limit, spec.path(), "exceeds the limit of " + std::to_string(kMaxSteps) + " steps");
  }
  steps.push_back(found->read(spec));
}

}  // namespace sightline
