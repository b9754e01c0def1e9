// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/keras/layer.h"
#include "sightline/keras/layer_state.h"
#include "sightline/keras/new_value.h"

namespace sightline::keras {
namespace {

[[noreturn]] void refuse_number(const std::string& layer, std::size_t has, const char* what,
                                std::size_t given) {
  fail(ErrorCode::mismatch, layer,
       "has " + std::to_string(has) + " " + what + ", is given " + std::to_string(given));
}

NewValue new_value(Variable& variable, const StateValues& values, std::size_t index) {
  const Variable* from = values.variable(index);
  const Tensor* tensor = values.tensor(index);
  if (tensor != nullptr) return {&variable, VariableAccess::made(variable, *tensor)};
  if (from == nullptr) fail(ErrorCode::mismatch, variable.path(), "is given a null pointer, expected values");
  const bool is_alike = from->dtype() == variable.dtype() && from->shape() == variable.shape();
  if (is_alike) return {&variable, VariableAccess::value(*from)};
  return {&variable, VariableAccess::made(variable, VariableAccess::stored(*from))};
}

}  // namespace

std::vector<Tensor> Layer::get_weights() const {
  std::vector<Tensor> values;
  for (const Variable* variable : weights()) values.push_back(variable->value());
  return values;
}

void Layer::set_weights(std::span<const Tensor> values) {
  const std::vector<Variable*> all = weights();
  if (values.size() != all.size()) refuse_number(name_, all.size(), "weights", values.size());
  std::vector<NewValue> made;
  for (std::size_t i = 0; i < all.size(); ++i)
    made.push_back({all[i], VariableAccess::made(*all[i], values[i])});
  take_values(std::move(made));
}

std::vector<NewValue> Layer::new_values(const StateValues& trainable, const StateValues& others) {
  const std::vector<Variable*> first = trainable_weights(), second = non_trainable_weights();
  if (trainable.size() != first.size())
    refuse_number(name_, first.size(), "trainable variables", trainable.size());
  if (others.size() != second.size())
    refuse_number(name_, second.size(), "non-trainable variables", others.size());
  std::vector<NewValue> made;
  for (std::size_t i = 0; i < first.size(); ++i) made.push_back(new_value(*first[i], trainable, i));
  for (std::size_t i = 0; i < second.size(); ++i) made.push_back(new_value(*second[i], others, i));
  return made;
}

// Everything that can be refused has been: the values fit.
void Layer::take_values(std::vector<NewValue> values) {
  std::vector<Layer*> changed;
  for (NewValue& value : values) {
    if (VariableAccess::value(*value.variable) == value.value) continue;
    VariableAccess::put_back(*value.variable, std::move(value.value));
    Layer* owner = value.variable->owner_;
    if (owner != nullptr && std::find(changed.begin(), changed.end(), owner) == changed.end())
      changed.push_back(owner);
  }
  tell_changed(changed);
}

void Layer::variable_assigned() { tell_changed({this}); }

// The layers and all around them, each once, sublayers first.
void Layer::tell_changed(const std::vector<Layer*>& changed) {
  std::set<Layer*> concerned, told;
  const auto add = [&](Layer* layer, const auto& again) -> void {
    if (!concerned.insert(layer).second) return;
    for (Layer* parent : layer->parents_) again(parent, again);
  };
  for (Layer* layer : changed) add(layer, add);
  const auto tell = [&](Layer* layer, const auto& again) -> void {
    if (!concerned.contains(layer) || !told.insert(layer).second) return;
    for (Layer* child : layer->sublayers_) again(child, again);
    layer->weights_changed();
  };
  for (Layer* layer : concerned) tell(layer, tell);
}

void Layer::save_own_variables(VariableStore& store) const {
  const std::vector<Variable*> own = store_order();
  for (std::size_t i = 0; i < own.size(); ++i) store.insert_or_assign(std::to_string(i), own[i]->value());
}

void Layer::load_own_variables(const VariableStore& store) {
  const std::vector<Variable*> own = store_order();
  if (store.size() != own.size()) refuse_number(name_, own.size(), "variables", store.size());
  std::vector<NewValue> made;
  for (std::size_t i = 0; i < own.size(); ++i) {
    const auto at = store.find(std::to_string(i));
    if (at == store.end())
      fail(ErrorCode::missing, name_, "has no variable " + std::to_string(i) + " in the store");
    made.push_back({own[i], VariableAccess::made(*own[i], at->second)});
  }
  take_values(std::move(made));
}

}  // namespace sightline::keras
