// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/layer.h"

#include <algorithm>
#include <deque>
#include <unordered_set>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/keras/layer_names.h"
#include "sightline/keras/layer_state.h"
#include "sightline/weights/weights.h"

namespace sightline::keras {
namespace {

std::string joined_names(std::span<const Layer* const> layers) {
  std::string names;
  for (const Layer* layer : layers) names.append(names.empty() ? "" : ", ").append(layer->name());
  return names.empty() ? "none" : names;
}

template <class V>
std::vector<V*> with_trainable(std::vector<V*> all, bool layer_trainable, bool wanted) {
  std::erase_if(
      all, [&](const Variable* variable) { return (layer_trainable && variable->trainable()) != wanted; });
  return all;
}

}  // namespace

LayerOptions layer_options(const LayerConfig& config) {
  LayerOptions options;
  if (config.contains("name")) options.name = config_value<std::string>(config, "name");
  options.dtype = config_value<std::string>(config, "dtype", options.dtype.name());
  options.trainable = config_value<bool>(config, "trainable", options.trainable);
  return options;
}

Layer::Layer(std::string_view class_name, const LayerOptions& options)
    : class_name_(class_name),
      name_(checked_or_numbered_name(options.name, class_name, "layer")),
      has_given_name_(options.name.has_value()),
      dtype_policy_(options.dtype),
      trainable_(options.trainable) {}

Layer::~Layer() {
  LayerState::forget(*this);
  for (Layer* child : sublayers_) std::erase(child->parents_, this);
  for (Layer* parent : parents_) std::erase(parent->sublayers_, this);
}

std::string Layer::path() const { return parents_.empty() ? name_ : parents_.front()->path() + "/" + name_; }

void Layer::set_trainable(bool trainable) {
  trainable_ = trainable;
  for (const Own& own : own_) {
    if (own.made_trainable) own.variable->set_trainable(trainable);
  }
  for (Layer* child : sublayers_) child->set_trainable(trainable);
}

std::vector<Variable*> Layer::ordered_own() const {
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
  for (const Layer* layer : layers_of(*this)) {
    const std::vector<Variable*> own = layer->ordered_own();
    all.insert(all.end(), own.begin(), own.end());
  }
  return all;
}

std::vector<Variable*> Layer::own_weights() { return ordered_own(); }
std::vector<const Variable*> Layer::own_weights() const {
  const std::vector<Variable*> own = ordered_own();
  return {own.begin(), own.end()};
}

std::vector<Variable*> Layer::weights() { return all_variables(); }
std::vector<const Variable*> Layer::weights() const {
  const std::vector<Variable*> all = all_variables();
  return {all.begin(), all.end()};
}

std::vector<Variable*> Layer::trainable_weights() { return with_trainable(weights(), trainable_, true); }
std::vector<const Variable*> Layer::trainable_weights() const {
  return with_trainable(weights(), trainable_, true);
}
std::vector<Variable*> Layer::non_trainable_weights() { return with_trainable(weights(), trainable_, false); }
std::vector<const Variable*> Layer::non_trainable_weights() const {
  return with_trainable(weights(), trainable_, false);
}

std::int64_t Layer::count_params() const {
  if (!built()) fail(ErrorCode::missing, name_, "is not built, so its parameters cannot be counted");
  std::int64_t count = 0;
  for (const Variable* variable : weights()) count += variable->shape().elements();
  return count;
}

const Layer& Layer::get_layer(std::string_view name) const {
  for (const Layer* layer : sublayers_) {
    if (layer->name_ == name) return *layer;
  }
  fail(ErrorCode::missing, name_,
       "has no sublayer '" + std::string(name) + "'; its sublayers are: " + joined_names(sublayers()));
}

Layer& Layer::get_layer(std::string_view name) {
  return const_cast<Layer&>(std::as_const(*this).get_layer(name));  // a sublayer is not const itself
}

LayerConfig Layer::get_config() const {
  return {{"name", name_}, {"dtype", dtype_policy_.name()}, {"trainable", trainable_}};
}

Shape Layer::compute_output_shape(const Shape& input_shape) const {
  fail(ErrorCode::unsupported, name_,
       "does not say which output shape follows from " + to_string(input_shape));
}

// Keras's order: own losses, direct sublayers in turn, each followed by its own sublayers, those in reverse.
// Source: keras/src/layers/layer.py, `_flatten_layers`.
std::vector<float> Layer::losses() const {
  std::vector<float> all = losses_;
  std::unordered_set<const Layer*> seen;
  std::deque<const Layer*> queue(sublayers_.begin(), sublayers_.end());
  while (!queue.empty()) {
    const Layer* layer = queue.front();
    queue.pop_front();
    if (!seen.insert(layer).second) continue;
    all.insert(all.end(), layer->losses_.begin(), layer->losses_.end());
    for (const Layer* child : layer->sublayers_) queue.push_front(child);
  }
  return all;
}

void Layer::clear_losses() {
  for (Layer* layer : layers_of(*this)) layer->losses_.clear();
}

void Layer::check_not_built(std::string_view subject) const {
  if (built_)
    fail(ErrorCode::unsupported, subject, "cannot be added to '" + name_ + "', which is built already");
}

Variable* Layer::find_own(std::string_view name) const {
  const auto at =
      std::find_if(own_.begin(), own_.end(), [&](const Own& own) { return own.variable->name() == name; });
  return at == own_.end() ? nullptr : at->variable.get();
}

Variable* Layer::own_weight(std::string_view name) { return find_own(name); }

// The next number of the process under which the layer has no variable with a given name.
std::string Layer::free_variable_name() const {
  std::string name;
  do {
    name = checked_or_numbered_name({}, "Variable", "variable");
  } while (find_own(name) != nullptr);
  return name;
}

void Layer::check_free_name(std::string_view name) const {
  if (find_own(name) != nullptr)
    fail(ErrorCode::duplicate, path() + "/" + std::string(name), "is the name of two variables of the layer");
}

Variable& Layer::keep(std::unique_ptr<Variable> variable, bool made_trainable) {
  check_free_name(variable->name());
  if (!trainable_) variable->set_trainable(false);
  own_.push_back({std::move(variable), made_trainable});
  return *own_.back().variable;
}

Variable& Layer::add_weight(const NewWeight& weight) {
  check_not_built(weight.name.empty() ? "a variable" : weight.name);
  return make(weight);
}

Variable& Layer::make(const NewWeight& weight) {
  if (!weight.name.empty()) check_free_name(weight.name);
  const DType dtype = weight.dtype.value_or(variable_dtype());
  const VariableOptions options{.dtype = dtype,
                                .trainable = weight.trainable,
                                .name = weight.name.empty() ? free_variable_name() : weight.name};
  const Initializer fallback(is_floating(dtype) ? "glorot_uniform" : "zeros");
  auto variable = std::unique_ptr<Variable>(
      new Variable(weight.initializer.value_or(fallback), weight.shape, options, this));
  variable->has_given_name_ = !weight.name.empty();
  return keep(std::move(variable), weight.trainable);
}

Variable& Layer::add_stored_weight(const WeightScope& scope, std::string_view name, const Shape& shape,
                                   std::string_view variable_name) {
  const std::string own_name(variable_name.empty() ? name : variable_name);
  check_not_built(own_name);
  check_name(own_name, "variable");
  check_free_name(own_name);
  auto value = std::make_shared<VariableValue>();
  value->stored = scope.require(name, shape);
  return keep(std::unique_ptr<Variable>(new Variable(std::move(value), own_name, this)), true);
}

bool Layer::is_part_of(const Layer& layer) const {
  const std::vector<const Layer*> all = layers_of(layer);
  return std::find(all.begin(), all.end(), this) != all.end();
}

void Layer::add_sublayer(Layer& child, std::string_view name) {
  check_not_built(name.empty() ? child.name_ : name);
  if (is_part_of(child))
    fail(ErrorCode::unsupported, child.name_, "cannot be added to '" + name_ + "', which is a part of it");
  if (!name.empty()) check_name(name, "layer");
  LayerState::before_adding(child);
  if (!name.empty()) {
    child.name_ = name;
    child.has_given_name_ = true;
  }
  if (std::find(sublayers_.begin(), sublayers_.end(), &child) != sublayers_.end()) return;
  sublayers_.push_back(&child);
  child.parents_.push_back(this);
}

}  // namespace sightline::keras
