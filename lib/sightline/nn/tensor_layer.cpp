// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/tensor_layer.h"

#include <algorithm>
#include <map>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/tensor/dtype_conversion.h"

namespace sightline {
namespace {

void round_to(DType dtype, std::span<float> values) {
  if (dtype == DType::f32) return;
  for (float& value : values) {
    value = dtype == DType::f16 ? f16_to_float(float_to_f16(value)) : bf16_to_float(float_to_bf16(value));
  }
}

Tensor copy_of(TensorView<const float> values) {
  Tensor result(values.shape());
  std::copy_n(values.data(), values.elements(), result.data());
  return result;
}

// Puts the values and losses of a layer and of those below it back when it goes.
class KeepState {
 public:
  explicit KeepState(Layer& layer) : layer_(layer) {
    for (Variable* variable : layer.weights()) values_.emplace_back(variable, variable->keep_value());
    keep_losses(layer);
  }
  ~KeepState() {
    for (auto& [variable, value] : values_) variable->put_back(std::move(value));
    layer_.clear_losses();
    for (const auto& [layer, losses] : losses_) {
      for (const float loss : losses) layer->add_loss(loss);
    }
  }
  KeepState(const KeepState&) = delete;
  KeepState& operator=(const KeepState&) = delete;

 private:
  void keep_losses(Layer& layer) {
    losses_.insert_or_assign(&layer,
                             std::vector<float>(layer.own_losses().begin(), layer.own_losses().end()));
    for (Layer* child : layer.sublayers()) keep_losses(*child);
  }

  Layer& layer_;
  std::vector<std::pair<Variable*, Variable::Kept>> values_;
  std::map<Layer*, std::vector<float>> losses_;
};

// How many calls of layers this thread is inside of.
thread_local int calls_running = 0;

struct RunningCall {
  RunningCall() { ++calls_running; }
  ~RunningCall() { --calls_running; }
  RunningCall(const RunningCall&) = delete;
  RunningCall& operator=(const RunningCall&) = delete;
};

// The values of all weights, in their order, from the two lists.
std::vector<Tensor> in_order(const Layer& layer, std::span<const Tensor> trainable,
                             std::span<const Tensor> others) {
  const std::vector<const Variable*> first = layer.trainable_weights();
  if (trainable.size() != first.size() || others.size() != layer.non_trainable_weights().size()) {
    fail(ErrorCode::mismatch, layer.name(),
         "has " + std::to_string(first.size()) + " trainable and " +
             std::to_string(layer.non_trainable_weights().size()) + " other variables, is given " +
             std::to_string(trainable.size()) + " and " + std::to_string(others.size()));
  }
  std::vector<Tensor> values;
  for (const Variable* variable : layer.weights()) {
    const bool is_trainable = std::find(first.begin(), first.end(), variable) != first.end();
    std::span<const Tensor>& from = is_trainable ? trainable : others;
    values.push_back(copy_of(from.front().view()));
    from = from.subspan(1);
  }
  return values;
}

}  // namespace

Tensor TensorLayer::operator()(TensorView<const float> inputs) {
  if (compute_dtype() != DType::f32 && compute_dtype() != DType::f16 && compute_dtype() != DType::bf16) {
    fail(ErrorCode::unsupported, name(),
         "computes in " + std::string(dtype_name(compute_dtype())) +
             ", expected float32, float16 or bfloat16");
  }
  if (input_spec()) input_spec()->check(inputs.shape(), name());
  if (!built()) {
    // Before a build makes variables that a refusal would leave behind.
    if (!dtype_policy().quantization_mode().empty()) quantize(dtype_policy().quantization_mode());
    build(inputs.shape());
    if (!built()) fail(ErrorCode::missing, name(), "is not built: its build does not call Layer::build");
  }
  if (calls_running == 0) clear_losses();
  const RunningCall running;
  if (compute_dtype() == DType::f32) return call(inputs);
  Tensor rounded = copy_of(inputs);
  round_to(compute_dtype(), rounded.view().flat());
  Tensor outputs = call(rounded.view());
  round_to(compute_dtype(), outputs.view().flat());
  return outputs;
}

TensorLayer::StatelessResult TensorLayer::stateless_call(std::span<const Tensor> trainable_variables,
                                                         std::span<const Tensor> non_trainable_variables,
                                                         TensorView<const float> inputs) {
  if (!built()) fail(ErrorCode::missing, name(), "is not built, expected build() or a call before");
  const std::vector<Tensor> values = in_order(*this, trainable_variables, non_trainable_variables);
  const KeepState keep(*this);
  set_weights(values);
  clear_losses();
  StatelessResult result;
  result.outputs = (*this)(inputs);
  for (const Variable* variable : non_trainable_weights())
    result.non_trainable_variables.push_back(variable->value());
  result.losses = losses();
  return result;
}

}  // namespace sightline
