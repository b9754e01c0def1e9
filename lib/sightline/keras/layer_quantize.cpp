// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/keras/layer.h"
#include "sightline/keras/layer_state.h"

namespace sightline::keras {

void Layer::check_quantize_mode(std::string_view mode) const {
  if (!built_) fail(ErrorCode::missing, name_, "is not built, so it cannot be quantized");
  const std::string& current = dtype_policy_.quantization_mode();
  if (mode != "int8")
    fail(ErrorCode::unsupported, name_, "cannot be quantized to '" + std::string(mode) + "', expected int8");
  if (!current.empty())
    fail(ErrorCode::unsupported, name_,
         "cannot be quantized to '" + std::string(mode) + "': it is quantized to " + current + " already");
}

void Layer::refuse_to_quantize(std::string_view mode) const {
  fail(ErrorCode::unsupported, name_,
       "cannot be quantized to '" + std::string(mode) + "': " + class_name_ + " has no such form");
}

void Layer::quantize(std::string_view mode) { refuse_to_quantize(mode); }

void Layer::replace_by_int8(std::string_view name, std::span<const NewWeight> replacements) {
  if (find_own(name) == nullptr) fail(ErrorCode::missing, name_, "has no weight '" + std::string(name) + "'");
  DTypePolicy policy("int8_from_" + dtype_policy_.name());
  std::vector<Own> before = own_;
  std::erase_if(own_, [&](const Own& own) { return own.variable->name() == name; });
  try {
    for (const NewWeight& weight : replacements) make(weight);
  } catch (...) {
    own_ = std::move(before);
    throw;
  }
  dtype_policy_ = std::move(policy);
  variable_assigned();
}

void Layer::quantize_parts(std::string_view mode) {
  check_quantize_mode(mode);
  std::vector<Layer*> parts;
  const auto add_parts = [&](Layer& layer, const auto& again) -> void {
    for (Layer* child : layer.sublayers_) {
      if (!child->has_int8_form()) {
        again(*child, again);
      } else if (std::find(parts.begin(), parts.end(), child) == parts.end()) {
        parts.push_back(child);
      }
    }
  };
  add_parts(*this, add_parts);
  LayerState before(*this);
  try {
    for (Layer* part : parts) part->quantize(mode);
    dtype_policy_ = DTypePolicy("int8_from_" + dtype_policy_.name());
  } catch (...) {
    before.put_back();
    throw;
  }
}

}  // namespace sightline::keras
