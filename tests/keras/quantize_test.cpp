// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "keras/example_layers.h"
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

// Values that fill the range, [rows, width].
Tensor waves(const Shape& shape, float step) {
  Tensor values(shape);
  for (std::int64_t i = 0; i < values.view().elements(); ++i)
    values.data()[i] = std::sin(static_cast<float>(i) * step);
  return values;
}

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

double cosine(std::span<const float> a, std::span<const float> b) {
  double product = 0, squares_a = 0, squares_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += double{a[i]} * double{b[i]};
    squares_a += double{a[i]} * double{a[i]};
    squares_b += double{b[i]} * double{b[i]};
  }
  return product / std::sqrt(squares_a * squares_b);
}

// What may not change when a call is refused.
struct Before {
  explicit Before(keras::Layer& layer)
      : weights(layer.weights()), values(layer.get_weights()), config(layer.get_config()) {}
  void check(keras::Layer& layer) const {
    CHECK(layer.weights() == weights);
    CHECK(layer.get_config() == config);
    const std::vector<Tensor> now = layer.get_weights();
    REQUIRE(now.size() == values.size());
    for (std::size_t i = 0; i < now.size(); ++i) {
      CHECK(now[i].dtype() == values[i].dtype());
      CHECK(std::ranges::equal(now[i].bytes(), values[i].bytes()));
    }
  }
  std::vector<keras::Variable*> weights;
  std::vector<Tensor> values;
  keras::LayerConfig config;
};

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

TEST_CASE("quantize: the demo model's embeddings stay what they were", "[keras]") {
  const auto clip = keras::CLIP::from_preset("");
  const auto tokens = clip->processor()({"a photo of a cat", "a dog", "two red squares", "a blue circle"});
  const Tensor images =
      clip->processor().process_images({data_path("images/dog.jpg"), data_path("images/cat.png")});
  const auto embeddings = [&](keras::CLIP& model) {
    std::vector<Tensor> both;
    both.push_back(model.image_encoder()(images));
    both.push_back(model.text_encoder()(tokens.token_ids, tokens.padding_mask));
    return both;
  };
  const std::vector<Tensor> before = embeddings(*clip);
  const auto bytes_of = [&] {
    std::int64_t bytes = 0;
    for (const keras::Variable* weight : clip->weights())
      bytes += weight->shape().elements() * size_of(weight->dtype());
    return bytes;
  };
  const std::int64_t bytes = bytes_of();
  clip->quantize("int8");
  CHECK(bytes_of() < bytes * 6 / 10);  // they were float16
  const std::vector<Tensor> after = embeddings(*clip);
  for (std::size_t i = 0; i < before.size(); ++i) {
    for (std::int64_t row = 0; row < before[i].shape()[0]; ++row) {
      CHECK(cosine(after[i].view().row(row), before[i].view().row(row)) >= 0.999);
      CHECK(cosine(after[i].view().row(row), before[i].view().row(row)) < 1);
    }
  }
  CHECK(clip->dtype_policy().name() == "int8_from_float32");
  CHECK(clip->image_encoder().encoder().layer(0).dtype_policy().name() == "int8_from_float32");
  CHECK(clip->image_encoder().patching_and_embedding().dtype_policy().name() == "float32");
  CHECK(clip->head().dtype_policy().name() == "float32");
  for (const keras::Layer* part : clip->image_encoder().patching_and_embedding().sublayers())
    CHECK(part->weights()[0]->dtype() == DType::f16);  // the kernel of the patches stays
  const auto again = keras::CLIP::from_config(keras::config_from_json(keras::to_json(clip->get_config())));
  CHECK(again->get_config() == clip->get_config());
  again->set_weights(clip->get_weights());
  const std::vector<Tensor> same = embeddings(*again);
  for (std::size_t i = 0; i < same.size(); ++i) check_same_bits(values_of(same[i]), values_of(after[i]));
}

TEST_CASE("quantize: every layer of CLIP can be quantized alone, and made again", "[keras]") {
  keras::CLIP clip(kSmall);
  const Tensor ids = ids_of(Shape{2, 4}, {48, 7, 49, 3, 48, 30, 2, 49});
  const std::vector<float> texts = values_of(clip.text_encoder()(ids));
  clip.image_encoder().quantize("int8");
  CHECK(values_of(clip.text_encoder()(ids)) == texts);
  CHECK(clip.dtype_policy().name() == "float32");
  const auto image = keras::CLIPImageEncoder::from_config(clip.image_encoder().get_config());
  image->set_weights(clip.image_encoder().get_weights());
  check_same_bits(values_of((*image)(some_images(2))), values_of(clip.image_encoder()(some_images(2))));
  clip.text_encoder().quantize("int8");
  CHECK(cosine(values_of(clip.text_encoder()(ids)), texts) >= 0.999);
  const auto text = keras::CLIPTextEncoder::from_config(clip.text_encoder().get_config());
  text->set_weights(clip.text_encoder().get_weights());
  check_same_bits(values_of((*text)(ids)), values_of(clip.text_encoder()(ids)));
  const Tensor x = waves(Shape{1, 3, 128}, 0.2F);
  keras::CLIPEncoder& encoder = clip.image_encoder().encoder();
  const auto blocks = keras::CLIPEncoder::from_config(encoder.get_config());
  blocks->set_weights(encoder.get_weights());
  check_same_bits(values_of((*blocks)(x)), values_of(encoder(x)));
  const auto block = keras::ResidualAttention::from_config(encoder.layer(1).get_config());
  block->set_weights(encoder.layer(1).get_weights());
  check_same_bits(values_of((*block)(x)), values_of(encoder.layer(1)(x)));
  keras::CLIPAttention attention({.proj_dim = 128, .num_heads = 2, .num_hidden_layers = 2});
  const Tensor before = attention(x);
  attention.quantize("int8");
  CHECK(cosine(values_of(attention(x)), values_of(before)) >= 0.999);
  const auto again = keras::CLIPAttention::from_config(attention.get_config());
  again->set_weights(attention.get_weights());
  check_same_bits(values_of((*again)(x)), values_of(attention(x)));
}

TEST_CASE("quantize: a model goes through a file, and one of half precision is quantized", "[keras]") {
  const TempFolder folder;
  const std::string path = folder / "clip.safetensors";
  const auto clip = keras::CLIP::from_preset(data_path("golden/model/nano_f16"));
  const Tensor ids = ids_of(Shape{1, 3}, {1, 2, 599});
  const std::vector<float> before = values_of(clip->text_encoder()(ids));
  clip->quantize("int8");
  const std::vector<float> after = values_of(clip->text_encoder()(ids));
  CHECK(cosine(after, before) >= 0.999);
  clip->save_weights(path);
  const auto again = keras::CLIP::from_config(clip->get_config());
  again->load_weights(path);
  check_same_bits(values_of(again->text_encoder()(ids)), after);
}

TEST_CASE("quantize: a model that is refused is as it was", "[keras][error]") {
  keras::CLIP clip(kSmall, {.name = "clip"});
  const Tensor ids = ids_of(Shape{1, 3}, {48, 3, 49});
  const auto answer = [&] {
    std::vector<float> both = values_of(clip.image_encoder()(some_images(1)));
    const std::vector<float> texts = values_of(clip.text_encoder()(ids));
    both.insert(both.end(), texts.begin(), texts.end());
    return both;
  };
  clip.text_encoder().encoder().layer(1).quantize("int8");  // after the image tower and the embeddings
  const std::vector<float> expected = answer();
  const Before state(clip), part(clip.image_encoder());
  CHECK(error_of([&] { clip.quantize("int8"); }) ==
        Failure{"UNSUP",
                "residual_attention_1: cannot be quantized to 'int8': it is quantized to int8 already"});
  state.check(clip);
  part.check(clip.image_encoder());
  check_same_bits(answer(), expected);
  CHECK_THAT(error_of([&] { clip.quantize("float8"); }).message, Contains("'float8'"));
  state.check(clip);
  clip.image_encoder().quantize("int8");  // still possible
  CHECK(answer() != expected);
}

namespace {

// A user's own layer with an int8 form, and one around it.
class OwnForm : public keras::Layer {
 public:
  explicit OwnForm(const keras::LayerOptions& options = {}) : Layer("OwnForm", options) {}
  void build(const Shape& input_shape) override {
    add_weight({.shape = {input_shape.last()}, .initializer = "ones", .name = "factor"});
    Layer::build(input_shape);
  }
  Tensor call(TensorView<const float> inputs) override {
    return keras::ops::multiply(inputs, own_weight("factor")->value());
  }
  bool has_int8_form() const override { return true; }
  void quantize(std::string_view mode) override {
    check_quantize_mode(mode);
    const Shape shape = own_weight("factor")->shape();
    const NewWeight factor = {
        .shape = shape, .initializer = "zeros", .dtype = DType::i8, .trainable = false, .name = "factor_8"};
    if (fails) {
      const std::vector<NewWeight> twice = {factor, factor};
      replace_by_int8("factor", twice);
    } else {
      replace_by_int8("factor", {&factor, 1});
    }
  }
  bool fails = false;
};

class Around : public keras::Layer {
 public:
  Around() : Layer("Around") {
    add_sublayer(first, "first");
    add_sublayer(inner_, "inner");
  }
  void build(const Shape& input_shape) override {
    first.build(input_shape);
    inner_.build(input_shape);
    Layer::build(input_shape);
  }
  Tensor call(TensorView<const float> inputs) override {
    if (quantizes) first.quantize("int8");
    if (quantizes) fail(ErrorCode::range, "around", "dislikes it");
    return inner_(first(inputs));
  }
  bool has_int8_form() const override { return true; }
  void quantize(std::string_view mode) override { quantize_parts(mode); }
  keras::Dense first{{.units = 4}};
  OwnForm& own() { return inner_.own; }
  bool quantizes = false;

 private:
  // No int8 form of its own, but a part with one.
  class Inner : public keras::Layer {
   public:
    Inner() : Layer("Inner") { add_sublayer(own, "own"); }
    void build(const Shape& input_shape) override {
      own.build(input_shape.with_last(4));
      Layer::build(input_shape);
    }
    Tensor call(TensorView<const float> inputs) override { return own(inputs); }
    OwnForm own;
  };
  Inner inner_;
};

}  // namespace

TEST_CASE("quantize: a user's layers have int8 forms, and are as they were when one fails",
          "[keras][error]") {
  Around around;
  const Tensor x = waves(Shape{2, 8}, 0.4F);
  CHECK(error_of([&] { around.quantize("int8"); }).code == "MISSING");
  around.build(Shape{-1, 4});
  const Tensor four = waves(Shape{2, 4}, 0.4F);
  const std::vector<float> y = values_of(around(four));
  const Before state(around);
  around.own().fails = true;
  CHECK(error_of([&] { around.quantize("int8"); }).code == "DUP");
  state.check(around);
  check_same_bits(values_of(around(four)), y);
  around.own().fails = false;
  around.quantize("int8");
  CHECK(around.own().dtype_policy().name() == "int8_from_float32");
  CHECK(around.weights().back()->path() == around.name() + "/inner/own/factor_8");
  CHECK(around.weights().back()->dtype() == DType::i8);
  CHECK(around.first.weights()[1]->dtype() == DType::i8);
  CHECK(around.dtype_policy().name() == "int8_from_float32");

  Around other;
  other.quantizes = true;
  CHECK(error_of([&] { other(four); }).message == "around: dislikes it");
  CHECK_FALSE(other.first.built());
  CHECK(other.weights().empty());
  CHECK(other.first.dtype_policy().name() == "float32");
  other.quantizes = false;
  CHECK(other(four).shape() == Shape{2, 4});
}
