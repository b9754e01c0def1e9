// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/layer_state.h"

#include <algorithm>
#include <unordered_set>

namespace sightline::keras {
namespace {

template <class L>
void collect(L& layer, std::vector<L*>& all, std::unordered_set<const Layer*>& seen) {
  if (!seen.insert(&layer).second) return;
  all.push_back(&layer);
  for (L* child : layer.sublayers()) collect(*child, all, seen);
}

template <class L>
std::vector<L*> collected(L& layer) {
  std::vector<L*> all;
  std::unordered_set<const Layer*> seen;
  collect(layer, all, seen);
  return all;
}

// The newest of the states that live in this thread; each knows the one before it.
thread_local LayerState* newest = nullptr;

}  // namespace

std::vector<Layer*> layers_of(Layer& layer) { return collected(layer); }
std::vector<const Layer*> layers_of(const Layer& layer) { return collected(layer); }

LayerState::LayerState(Layer& layer) {
  for (Layer* each : layers_of(layer)) remember(*each);
  before_ = newest;
  newest = this;
}

LayerState::~LayerState() { newest = before_; }

void LayerState::remember(Layer& layer) {
  const auto same = [&](const Entry& entry) { return entry.layer == &layer; };
  if (std::any_of(entries_.begin(), entries_.end(), same)) return;
  Entry entry{.layer = &layer,
              .values = {},
              .sublayers = layer.sublayers_.size(),
              .name = layer.name_,
              .has_given_name = layer.has_given_name_,
              .trainable = layer.trainable_,
              .built = layer.built_,
              .build_shapes = layer.build_shapes_,
              .input_spec = layer.input_spec_,
              .dtype_policy = layer.dtype_policy_,
              .losses = layer.losses_};
  for (const Layer::Own& own : layer.own_)
    entry.values.push_back({own, VariableAccess::value(*own.variable), own.variable->trainable()});
  entries_.push_back(std::move(entry));
}

void LayerState::before_adding(Layer& layer) {
  for (LayerState* state = newest; state != nullptr; state = state->before_) {
    for (Layer* each : layers_of(layer)) state->remember(*each);
  }
}

void LayerState::forget(const Layer& layer) {
  for (LayerState* state = newest; state != nullptr; state = state->before_)
    std::erase_if(state->entries_, [&](const Entry& entry) { return entry.layer == &layer; });
}

void LayerState::remove_added(Layer& layer, std::size_t sublayers) {
  while (layer.sublayers_.size() > sublayers) {
    std::erase(layer.sublayers_.back()->parents_, &layer);
    layer.sublayers_.pop_back();
  }
}

void LayerState::put_back() {
  std::vector<Layer*> changed;
  for (Entry& entry : entries_) {
    Layer& layer = *entry.layer;
    bool is_changed = layer.own_.size() != entry.values.size();
    remove_added(layer, entry.sublayers);
    layer.own_.resize(entry.values.size());
    for (std::size_t i = 0; i < entry.values.size(); ++i) {
      const Value& before = entry.values[i];
      Variable& variable = *before.own.variable;
      is_changed = is_changed || layer.own_[i].variable != before.own.variable ||
                   VariableAccess::value(variable) != before.value;
      layer.own_[i] = before.own;
      VariableAccess::put_back(variable, before.value);
      variable.set_trainable(before.trainable);
    }
    layer.name_ = entry.name;
    layer.has_given_name_ = entry.has_given_name;
    layer.trainable_ = entry.trainable;
    layer.built_ = entry.built;
    layer.build_shapes_ = entry.build_shapes;
    layer.input_spec_ = entry.input_spec;
    layer.dtype_policy_ = entry.dtype_policy;
    layer.losses_ = entry.losses;
    if (is_changed) changed.push_back(&layer);
  }
  Layer::tell_changed(changed);
}

}  // namespace sightline::keras
