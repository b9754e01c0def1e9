// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "keras/quantize_support.h"
#include "keras/small_clip.h"
#include "sightline/weights/safetensors.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/golden.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;
using Catch::Matchers::Contains;

namespace {

// A quantized Dense of 5 units for 8 inputs.
std::unique_ptr<keras::Dense> quantized_dense(const keras::LayerOptions& options = {}) {
  auto dense = std::make_unique<keras::Dense>(keras::Dense::Arguments{.units = 5}, options);
  dense->build(Shape{-1, 8});
  dense->weights()[0]->assign(waves(Shape{5, 8}, 0.7F));
  dense->weights()[1]->assign(waves(Shape{5}, 1.3F));
  dense->quantize("int8");
  return dense;
}

std::vector<std::string> names_of(const std::vector<keras::Variable*>& weights) {
  std::vector<std::string> names;
  for (const keras::Variable* weight : weights) names.push_back(weight->name());
  return names;
}

}  // namespace

TEST_CASE("quantize: a quantized Dense is a layer like any other", "[keras]") {
  const auto dense = quantized_dense({.name = "dense"});
  CHECK(names_of(dense->weights()) == std::vector<std::string>{"bias", "kernel", "kernel_scale"});
  CHECK(names_of(dense->trainable_weights()) == std::vector<std::string>{"bias"});
  CHECK(dense->weights()[1]->path() == "dense/kernel");
  CHECK(dense->count_params() == 50);
  CHECK_THAT(dense->summary(), Contains("Total params: 50 (80.00 B)"));
  CHECK_THAT(dense->summary(), Contains("Non-trainable params: 45 (60.00 B)"));
  CHECK_THAT(dense->summary({.with_weights = true}), Contains("[5, 8] int8"));
  dense->set_trainable(false);
  CHECK(dense->trainable_weights().empty());
  dense->set_trainable(true);
  CHECK(names_of(dense->trainable_weights()) == std::vector<std::string>{"bias"});
  CHECK(dense->compute_output_shape(Shape{3, 8}) == Shape{3, 5});
  CHECK(error_of([&] { (*dense)(keras::ops::ones({1, 7})); }).code == "MISMATCH");
}

TEST_CASE("quantize: a Dense is made again from its configurations and its weights, every bit", "[keras]") {
  const auto dense = quantized_dense({.name = "dense", .trainable = false});
  const Tensor x = waves(Shape{3, 8}, 0.3F), y = (*dense)(x);
  const std::string json = keras::to_json(dense->get_config());
  CHECK_THAT(json, Contains(R"("dtype": "int8_from_float32")"));
  const auto again = keras::Dense::from_config(keras::config_from_json(json));
  again->build_from_config(dense->get_build_config());
  CHECK(again->get_config() == dense->get_config());
  CHECK(again->trainable_weights().empty());
  CHECK(values_of((*again)(x)) == std::vector<float>(15));  // the kernel begins as zeros
  again->set_weights(dense->get_weights());
  check_same_bits(values_of((*again)(x)), values_of(y));
  CHECK(error_of([&] { again->quantize("int8"); }) ==
        Failure{"UNSUP", "dense: cannot be quantized to 'int8': it is quantized to int8 already"});
}

TEST_CASE("quantize: int8 weights go through a file, and those of float32 do not", "[keras][error]") {
  const TempFolder folder;
  const std::string path = folder / "dense.safetensors", unquantized = folder / "float.safetensors";
  const auto dense = quantized_dense();
  dense->save_weights(path);
  const Weights file = Safetensors().read(path);
  CHECK(file.names() == std::vector<std::string>{"bias", "kernel", "kernel_scale"});
  CHECK(file.find("kernel")->dtype == DType::i8);
  const Tensor x = waves(Shape{3, 8}, 0.3F);
  keras::Dense other({.units = 5}, {.name = "other", .dtype = "int8_from_float32"});
  other.build(Shape{-1, 8});
  other.load_weights(path);
  check_same_bits(values_of(other(x)), values_of((*dense)(x)));

  keras::Dense before({.units = 5});
  before.build(Shape{-1, 8});
  before.save_weights(unquantized);
  const Before state(other);
  CHECK(error_of([&] { other.load_weights(unquantized); }) ==
        Failure{"TYPE", unquantized + ": kernel: is stored as float32, but the variable is int8"});
  state.check(other);
  CHECK(error_of([&] { before.load_weights(path); }).code == "TYPE");
}

TEST_CASE("quantize: what is assigned reaches the product", "[keras]") {
  const auto dense = quantized_dense();
  const Tensor x = waves(Shape{2, 8}, 0.3F);
  dense->weights()[0]->assign(keras::ops::zeros({5}));
  std::vector<float> expected = values_of((*dense)(x));
  Tensor scales = dense->weights()[2]->value();
  for (float& scale : scales.view().flat()) scale /= 2;
  dense->weights()[2]->assign(scales);
  for (float& value : expected) value *= 2;
  check_same_bits(values_of((*dense)(x)), expected);
  // -128 is none of Keras's integers, and still one of int8.
  Tensor integers(Shape{5, 8}, DType::i8);
  std::ranges::fill(integers.view<std::int8_t>().flat(), std::int8_t{-128});
  dense->weights()[1]->assign(integers);
  dense->weights()[2]->assign(keras::ops::ones({5}));
  CHECK(values_of((*dense)(keras::ops::ones({1, 8}))) == std::vector<float>(5, -1024));
}

TEST_CASE("quantize: stateless_call takes int8 values and leaves the layer as it was", "[keras][error]") {
  const auto dense = quantized_dense(), other = quantized_dense();
  Tensor integers = other->weights()[1]->value();
  for (std::int8_t& value : integers.view<std::int8_t>().flat()) value = static_cast<std::int8_t>(-value);
  other->weights()[1]->assign(integers);
  const Tensor x = waves(Shape{2, 8}, 0.3F);
  const std::vector<float> y = values_of((*dense)(x)), turned = values_of((*other)(x));
  REQUIRE(y != turned);
  const Before state(*dense);
  const auto result =
      dense->stateless_call(other->trainable_variables(), other->non_trainable_variables(), x);
  check_same_bits(values_of(result.outputs), turned);
  REQUIRE(result.non_trainable_variables.size() == 2);
  CHECK(result.non_trainable_variables[0].dtype() == DType::i8);
  CHECK(std::ranges::equal(result.non_trainable_variables[0].bytes(), integers.bytes()));
  state.check(*dense);
  check_same_bits(values_of((*dense)(x)), y);
  CHECK(error_of([&] { dense->stateless_call(other->non_trainable_variables(), {}, x); }).code == "MISMATCH");
}

TEST_CASE("quantize: a kernel that is not finite shows in the outputs", "[keras]") {
  for (const float value :
       {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    keras::Dense dense({.units = 2});
    dense.build(Shape{-1, 3});
    Tensor kernel = keras::ops::ones({2, 3});
    kernel.data()[1] = value;
    dense.weights()[0]->assign(kernel);
    dense.quantize("int8");
    const Tensor y = dense(keras::ops::ones({1, 3}));
    CHECK_FALSE(std::isfinite(y.data()[0]));
    CHECK(is_near(double{y.data()[1]}, 3, 1e-6));
  }
}

TEST_CASE("quantize: other policies, and layers without an int8 form, are refused", "[keras][error]") {
  for (const char* dtype : {"int4_from_float32", "float8_from_float32", "int8_from_bfloat16", "int8"}) {
    INFO(dtype);
    const Failure refused = error_of([&] { keras::Dense({.units = 2}, {.name = "d", .dtype = dtype}); });
    CHECK(refused == Failure{"UNSUP", "d: is given the dtype " + std::string(dtype) +
                                          ", but it computes only in float32"});
    CHECK(error_of([&] { keras::CLIP(kSmall, {.dtype = dtype}); }).code == "UNSUP");
    CHECK(error_of([&] { keras::Embedding({.input_dim = 2, .output_dim = 2}, {.dtype = dtype}); }).code ==
          "UNSUP");
  }
  const keras::LayerOptions options{.dtype = "int8_from_float32"};
  CHECK(error_of([&] { keras::LayerNormalization({}, options); }).code == "UNSUP");
  CHECK(error_of([&] { keras::CLIPHead{options}; }).code == "UNSUP");
  CHECK(error_of([&] {
          keras::CLIPPatchingAndEmbedding(
              {.width = 8, .patch_size = 4, .input_resolution = 8, .output_dim = 8}, options);
        }).code == "UNSUP");
  keras::Dense wide({.units = 1}, {.name = "wide"}),
      wider({.units = 1}, {.name = "w", .dtype = options.dtype});
  wide.build(Shape{-1, 65537});
  const Before state(wide);
  CHECK(error_of([&] { wide.quantize("int8"); }) ==
        Failure{"RANGE", "wide/kernel: has 65537 inputs, and int8 is for at most 65536"});
  state.check(wide);
  CHECK(error_of([&] { wider.build(Shape{-1, 65537}); }).code == "RANGE");
  CHECK(wider.weights().empty());
}
