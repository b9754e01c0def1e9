// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "keras/quantize_support.h"
#include "keras/small_clip.h"
#include "support/error_of.h"
#include "support/golden.h"

using namespace sightline;
using namespace sightline::testing;

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
