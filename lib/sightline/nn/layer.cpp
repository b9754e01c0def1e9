// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/layer.h"

#include <algorithm>

#include "sightline/base/error.h"

namespace sightline {
namespace {

void check_shape(const Variable& variable, const Tensor& value) {
  if (value.shape() == variable.shape()) return;
  fail(
      ErrorCode::mismatch, variable.path(),
      "has shape " + to_string(variable.shape()) + ", is given a value of shape " + to_string(value.shape()));
}

template <class L>
void collect(L& layer, std::vector<L*>& all) {
  if (std::find(all.begin(), all.end(), &layer) != all.end()) return;
  all.push_back(&layer);
  for (L* child : layer.sublayers()) collect(*child, all);
}

// A layer and all below it, depth first; one that stands in two places once.
template <class L>
std::vector<L*> family(L& layer) {
  std::vector<L*> all;
  collect(layer, all);
  return all;
}

// The last part of a name in a weight file.
std::string last_part(const std::string& path) { return path.substr(path.rfind('.') + 1); }

}  // namespace

void Layer::set_trainable(bool trainable) {
  trainable_ = trainable;
  for (const Own& own : own_) {
    if (own.made_trainable) own.variable->set_trainable(trainable);
  }
  for (Layer* child : sublayers_) child->set_trainable(trainable);
}

std::vector<Variable*> Layer::ordered() const {
  std::vector<Variable*> result;
  for (const bool trainable : {true, false}) {
    for (const Own& own : own_) {
      if (own.made_trainable == trainable) result.push_back(own.variable.get());
    }
  }
  return result;
}

std::vector<Variable*> Layer::all_variables() const {
  std::vector<Variable*> all;
  for (const Layer* layer : family(*this)) {
    const std::vector<Variable*> own = layer->ordered();
    all.insert(all.end(), own.begin(), own.end());
  }
  return all;
}

std::vector<const Variable*> Layer::own_weights() const {
  const std::vector<Variable*> own = ordered();
  return {own.begin(), own.end()};
}

std::vector<Variable*> Layer::weights() { return all_variables(); }

std::vector<const Variable*> Layer::weights() const {
  const std::vector<Variable*> all = all_variables();
  return {all.begin(), all.end()};
}

std::vector<const Variable*> Layer::trainable_weights() const {
  std::vector<const Variable*> all = weights();
  std::erase_if(all, [&](const Variable* variable) { return !trainable_ || !variable->trainable(); });
  return all;
}

std::vector<const Variable*> Layer::non_trainable_weights() const {
  std::vector<const Variable*> all = weights();
  std::erase_if(all, [&](const Variable* variable) { return trainable_ && variable->trainable(); });
  return all;
}

std::int64_t Layer::count_params() const {
  if (!built())
    fail(ErrorCode::missing, name_, "is not built, expected build() or a call before count_params");
  std::int64_t count = 0;
  for (const Variable* variable : weights()) count += variable->shape().elements();
  return count;
}

std::vector<Tensor> Layer::get_weights() const {
  std::vector<Tensor> values;
  for (const Variable* variable : weights()) values.push_back(variable->value());
  return values;
}

void Layer::set_weights(std::span<const Tensor> values) {
  const std::vector<Variable*> all = weights();
  if (values.size() != all.size()) {
    fail(ErrorCode::mismatch, name_,
         "has " + std::to_string(all.size()) + " weights, is given " + std::to_string(values.size()));
  }
  for (std::size_t i = 0; i < all.size(); ++i) check_shape(*all[i], values[i]);
  for (Layer* layer : family(*this)) {
    layer->take_values(values.first(layer->own_.size()));
    values = values.subspan(layer->own_.size());
  }
}

// New values for own variables; what was made from the old ones is made again once.
void Layer::take_values(std::span<const Tensor> values) {
  if (own_.empty()) return;
  taking_values_ = true;
  for (Variable* variable : ordered()) {
    variable->assign(values.front());
    values = values.subspan(1);
  }
  taking_values_ = false;
  weights_changed();
}

void Layer::save_own_variables(VariableStore& store) const {
  const std::vector<Variable*> own = ordered();
  for (std::size_t i = 0; i < own.size(); ++i) store.insert_or_assign(std::to_string(i), own[i]->value());
}

void Layer::load_own_variables(const VariableStore& store) {
  const std::vector<Variable*> own = ordered();
  if (store.size() != own.size()) {
    fail(ErrorCode::mismatch, name_,
         "has " + std::to_string(own.size()) + " variables, the store has " + std::to_string(store.size()));
  }
  for (std::size_t i = 0; i < own.size(); ++i) {
    const auto at = store.find(std::to_string(i));
    if (at == store.end())
      fail(ErrorCode::missing, name_, "has no variable " + std::to_string(i) + " in the store");
    check_shape(*own[i], at->second);
  }
  taking_values_ = true;
  for (std::size_t i = 0; i < own.size(); ++i) own[i]->assign(store.find(std::to_string(i))->second);
  taking_values_ = false;
  weights_changed();
}

void Layer::build(const Shape& input_shape) {
  if (input_spec_) input_spec_->check(input_shape, name_);
  if (!dtype_policy_.quantization_mode().empty()) quantize(dtype_policy_.quantization_mode());
  build_shape_ = input_shape;
  built_ = true;
}

LayerConfig Layer::get_build_config() const {
  if (!build_shape_) return {};
  std::vector<std::int64_t> sizes;
  for (int axis = 0; axis < build_shape_->rank(); ++axis) sizes.push_back((*build_shape_)[axis]);
  return {{"input_shape", sizes}};
}

void Layer::build_from_config(const LayerConfig& config) {
  if (!config.contains("input_shape")) return;
  build(Shape(std::span(config_value<std::vector<std::int64_t>>(config, "input_shape"))));
}

LayerConfig Layer::get_config() const {
  return {{"name", name_}, {"dtype", dtype_policy_.name()}, {"trainable", trainable_}};
}

Shape Layer::compute_output_shape(const Shape& input_shape) const {
  fail(ErrorCode::unsupported, name_,
       "does not say which output shape follows from " + to_string(input_shape));
}

std::vector<Shape> Layer::sublayer_inputs(const Shape& input_shape) const {
  std::vector<Shape> inputs;
  Shape shape = input_shape;
  for (const Layer* child : sublayers_) {
    inputs.push_back(shape);
    shape = child->compute_output_shape(shape);
  }
  return inputs;
}

void Layer::quantize(std::string_view mode) {
  fail(ErrorCode::unsupported, name_,
       "cannot be quantized to " + std::string(mode) + ": it has no such form");
}

std::vector<float> Layer::losses() const {
  std::vector<float> all;
  for (const Layer* layer : family(*this))
    all.insert(all.end(), layer->losses_.begin(), layer->losses_.end());
  return all;
}

void Layer::clear_losses() {
  for (Layer* layer : family(*this)) layer->losses_.clear();
}

Variable& Layer::keep(std::unique_ptr<Variable> variable) {
  Variable& kept = *variable;
  kept.on_assign([this] {
    if (!taking_values_) weights_changed();
  });
  own_.push_back({std::move(variable), kept.trainable()});
  return kept;
}

// What a weight without a name is called: Keras numbers them from the second on.
std::string Layer::free_name() const {
  const auto taken = [&](const std::string& name) {
    return std::any_of(own_.begin(), own_.end(),
                       [&](const Own& own) { return own.variable->name() == name; });
  };
  std::string name = "variable";
  for (int number = 1; taken(name); ++number) name = "variable_" + std::to_string(number);
  return name;
}

Variable& Layer::add_weight(const NewWeight& weight) {
  const std::string name = weight.name.empty() ? free_name() : weight.name;
  const std::string path = this->path() + "/" + name;
  const bool taken =
      std::any_of(own_.begin(), own_.end(), [&](const Own& own) { return own.variable->name() == name; });
  if (taken) fail(ErrorCode::duplicate, path, "is the name of two variables of the layer");
  const DType dtype = weight.dtype.value_or(variable_dtype());
  const Initializer fallback(is_floating(dtype) ? "glorot_uniform" : "zeros");
  Variable& kept = keep(std::make_unique<Variable>(weight.initializer.value_or(fallback),
                                                   Variable::Options{.shape = weight.shape,
                                                                     .dtype = dtype,
                                                                     .trainable = weight.trainable,
                                                                     .name = name,
                                                                     .path = path,
                                                                     .seed = seed_for(weight.seed, path)}));
  if (!trainable_) kept.set_trainable(false);
  return kept;
}

const StoredTensor& Layer::add_weight(const WeightScope& scope, std::string_view name, const Shape& shape) {
  const std::string path = scope.full_name(name);
  has_stored_weights_ = true;
  return keep(std::make_unique<Variable>(scope.require(name, shape), last_part(path), path)).tensor();
}

void Layer::add_sublayer(Layer& child, std::string_view given) {
  if (!given.empty()) child.name_ = given;
  const auto taken = [&](const std::string& name) {
    return std::any_of(sublayers_.begin(), sublayers_.end(),
                       [&](const Layer* other) { return other != &child && other->name_ == name; });
  };
  const std::string name = child.name_;
  for (int number = 1; taken(child.name_); ++number) child.name_ = name + "_" + std::to_string(number);
  child.set_within(path() + "/");
  sublayers_.push_back(&child);
  has_stored_weights_ = has_stored_weights_ || child.built();
}

void Layer::take_arguments(const std::string& name, const DTypePolicy& dtype, bool trainable) {
  check_float32(dtype, name.empty() ? name_ : name);
  if (!name.empty()) name_ = name;
  set_within(within_);
  if (!trainable) set_trainable(false);
}

void Layer::set_within(const std::string& path) {
  within_ = path;
  for (Layer* child : sublayers_) child->set_within(this->path() + "/");
}

}  // namespace sightline
