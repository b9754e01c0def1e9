// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <span>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/keras/layer.h"
#include "sightline/keras/layer_state.h"
#include "sightline/keras/new_value.h"
#include "sightline/keras/rows.h"
#include "sightline/tensor/dtype_conversion.h"

namespace sightline::keras {
namespace {

// How many calls of layers this thread is inside of.
thread_local int calls_running = 0;

struct RunningCall {
  RunningCall() { ++calls_running; }
  ~RunningCall() { --calls_running; }
  RunningCall(const RunningCall&) = delete;
  RunningCall& operator=(const RunningCall&) = delete;
};

bool computes_in(DType dtype) { return dtype == DType::f32 || dtype == DType::f16 || dtype == DType::bf16; }

void round_to(DType dtype, std::span<float> values) {
  if (dtype == DType::f32) return;
  for (float& value : values) {
    value = dtype == DType::f16 ? f16_to_float(float_to_f16(value)) : bf16_to_float(float_to_bf16(value));
  }
}

Tensor rounded_copy(TensorView<const float> values, DType dtype) {
  Tensor result(values.shape());
  std::copy_n(values.data(), values.elements(), result.data());
  round_to(dtype, result.view().flat());
  return result;
}

std::vector<Shape> shapes_of(TensorViews inputs) {
  std::vector<Shape> shapes;
  for (const TensorView<const float>& input : inputs) shapes.push_back(input.shape());
  return shapes;
}

}  // namespace

void Layer::finish_build(std::span<const Shape> input_shapes) {
  if (input_spec_) {
    for (const Shape& shape : input_shapes) input_spec_->check(shape, name_);
  }
  const std::string& mode = dtype_policy_.quantization_mode();
  if (!mode.empty() && (mode != "int8" || !has_int8_form())) refuse_to_quantize(mode);
  build_shapes_.assign(input_shapes.begin(), input_shapes.end());
  built_ = true;
}

void Layer::build(const Shape& input_shape) { finish_build({&input_shape, 1}); }
void Layer::build(std::span<const Shape> input_shapes) { finish_build(input_shapes); }

void Layer::build_with(std::span<const Shape> input_shapes) {
  if (input_shapes.size() == 1) {
    build(input_shapes.front());
  } else {
    build(input_shapes);
  }
  if (!built_) fail(ErrorCode::missing, name_, "is not built: its build does not call Layer::build");
}

LayerConfig Layer::get_build_config() const {
  LayerConfig config;
  for (std::size_t i = 0; i < build_shapes_.size(); ++i) {
    const std::span<const std::int64_t> sizes = build_shapes_[i].sizes();
    config["input_shape" + (build_shapes_.size() == 1 ? "" : "_" + std::to_string(i))] =
        std::vector<std::int64_t>(sizes.begin(), sizes.end());
  }
  return config;
}

void Layer::build_from_config(const LayerConfig& config) {
  std::vector<Shape> shapes;
  const auto take = [&](const std::string& key) {
    if (!config.contains(key)) return false;
    shapes.emplace_back(std::span<const std::int64_t>(config_value<std::vector<std::int64_t>>(config, key)));
    return true;
  };
  if (!take("input_shape")) {
    while (take("input_shape_" + std::to_string(shapes.size()))) {
    }
  }
  if (shapes.empty()) return;
  LayerState before(*this);
  try {
    build_with(shapes);
  } catch (...) {
    before.put_back();
    throw;
  }
}

Tensor Layer::call(TensorView<const float>) {
  fail(ErrorCode::unsupported, name_, "is called with one tensor, which " + class_name_ + " does not take");
}

Tensor Layer::call(TensorViews inputs) {
  fail(ErrorCode::unsupported, name_,
       "is called with " + std::to_string(inputs.size()) + " tensors, which " + class_name_ +
           " does not take");
}

void Layer::check_inputs(TensorViews inputs) const {
  if (!computes_in(compute_dtype())) {
    fail(ErrorCode::unsupported, name_,
         "computes in " + std::string(dtype_name(compute_dtype())) +
             ", expected float32, float16 or bfloat16");
  }
  if (inputs.empty()) fail(ErrorCode::unsupported, name_, "is called without a tensor");
  for (const TensorView<const float>& input : inputs) {
    if (input_spec_) input_spec_->check(input.shape(), name_);
    check_has_values(input, name_);
  }
  if (!built_ || build_shapes_.size() == inputs.size()) return;
  const bool is_other_form = (build_shapes_.size() == 1) != (inputs.size() == 1);
  fail(is_other_form ? ErrorCode::unsupported : ErrorCode::mismatch, name_,
       "is called with " + std::to_string(inputs.size()) + " tensors, but was built for " +
           std::to_string(build_shapes_.size()));
}

Tensor Layer::rounded_call(TensorViews inputs) {
  if (calls_running == 0) clear_losses();
  const RunningCall running;
  const auto call_form = [this](TensorViews values) {
    return values.size() == 1 ? call(values.front()) : call(values);
  };
  if (compute_dtype() == DType::f32) return call_form(inputs);
  std::vector<Tensor> rounded;
  std::vector<TensorView<const float>> views;
  for (const TensorView<const float>& input : inputs) {
    rounded.push_back(rounded_copy(input, compute_dtype()));
    views.push_back(std::as_const(rounded.back()).view());
  }
  Tensor outputs = call_form(views);
  if (outputs.dtype() == DType::f32) round_to(compute_dtype(), outputs.view().flat());
  return outputs;
}

Tensor Layer::operator()(TensorView<const float> inputs) { return (*this)(TensorViews(&inputs, 1)); }

Tensor Layer::operator()(TensorViews inputs) {
  check_inputs(inputs);
  if (built_) return rounded_call(inputs);
  LayerState before(*this);
  try {
    build_with(shapes_of(inputs));
    return rounded_call(inputs);
  } catch (...) {
    before.put_back();
    throw;
  }
}

StatelessResult Layer::stateless_call(const StateValues& trainable_variables,
                                      const StateValues& non_trainable_variables,
                                      TensorView<const float> inputs) {
  return stateless_call(trainable_variables, non_trainable_variables, TensorViews(&inputs, 1));
}

StatelessResult Layer::stateless_call(const StateValues& trainable_variables,
                                      const StateValues& non_trainable_variables, TensorViews inputs) {
  if (!built_) fail(ErrorCode::missing, name_, "is not built, expected build() or a call before");
  LayerState before(*this);
  StatelessResult result;
  try {
    take_values(new_values(trainable_variables, non_trainable_variables));
    clear_losses();
    result.outputs = (*this)(inputs);
    for (const Variable* variable : non_trainable_weights())
      result.non_trainable_variables.push_back(variable->value());
    result.losses = losses();
  } catch (...) {
    before.put_back();
    throw;
  }
  before.put_back();
  return result;
}

}  // namespace sightline::keras
