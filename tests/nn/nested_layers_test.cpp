// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "nn/small_weights.h"
#include "sightline/nn/tensor_layer.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

// x + a number of its own for each column; adds the sum of what it is given to the losses.
class Shift : public TensorLayer {
 public:
  Shift() : TensorLayer("shift") {}
  void build(const Shape& input_shape) override {
    by_ = &add_weight({.shape = {input_shape.last()}});
    TensorLayer::build(input_shape);
  }
  Tensor call(TensorView<const float> inputs) override {
    Tensor outputs(inputs.shape());
    const Tensor by = by_->value();
    float sum = 0;
    for (std::int64_t i = 0; i < inputs.elements(); ++i) {
      sum += inputs.data()[i];
      outputs.data()[i] = inputs.data()[i] + by.data()[i % inputs.columns()];
    }
    add_loss(sum);
    return outputs;
  }
  Shape compute_output_shape(const Shape& input_shape) const override { return input_shape; }

 private:
  Variable* by_ = nullptr;
};

// Two shifts, the first used twice, and a factor that depends on the input's shape.
class Outer : public TensorLayer {
 public:
  explicit Outer(const Shape& inner_shape) : TensorLayer("outer") {
    first_.build(inner_shape);
    add_sublayer(first_);
    add_sublayer(second_);
  }
  void build(const Shape& input_shape) override {
    factor_ = &add_weight({.shape = {input_shape.last()}, .initializer = "ones", .name = "factor"});
    TensorLayer::build(input_shape);
  }
  Tensor call(TensorView<const float> inputs) override {
    Tensor outputs = second_(first_(first_(inputs)));
    for (float& value : outputs.view().flat()) value *= factor_->value().data()[0];
    return outputs;
  }
  Shift& first() { return first_; }
  Shift& second() { return second_; }

 private:
  Shift first_, second_;
  Variable* factor_ = nullptr;
};

Tensor ones(const Shape& shape) {
  Tensor tensor(shape);
  std::fill_n(tensor.data(), shape.elements(), 1.0F);
  return tensor;
}

}  // namespace

TEST_CASE("nested layers: a sublayer that is built does not stand for the layer's own build", "[nn]") {
  Outer outer(Shape{1, 3});
  CHECK(outer.first().built());
  CHECK_FALSE(outer.built());
  outer(ones(Shape{1, 3}));
  CHECK(outer.built());
  REQUIRE(outer.weights().size() == 3);
  CHECK(outer.weights()[0]->name() == "factor");
}

TEST_CASE("nested layers: a weight of a file does not stand for the layer's own build", "[nn]") {
  SmallWeights small;
  small.add("norm.weight", Shape{3}, 1);
  class Adapted : public TensorLayer {
   public:
    explicit Adapted(const WeightScope& scope) : TensorLayer("adapted") {
      add_weight(scope, "weight", Shape{3});
    }
    void build(const Shape& input_shape) override {
      scale_ = &add_weight({.shape = {input_shape.last()}, .initializer = "ones", .name = "scale"});
      TensorLayer::build(input_shape);
    }
    Tensor call(TensorView<const float>) override { return scale_->value(); }

   private:
    Variable* scale_ = nullptr;
  } adapted(small.root() / "norm");
  CHECK(adapted(ones(Shape{1, 3})).data()[2] == 1);
  CHECK(adapted.count_params() == 6);
}

TEST_CASE("nested layers: two of one name are told apart, and begin with numbers of their own", "[nn]") {
  Outer outer(Shape{1, 3});
  outer(ones(Shape{1, 3}));
  CHECK(outer.first().name() == "shift");
  CHECK(outer.second().name() == "shift_1");
  CHECK(outer.second().weights()[0]->path() == "outer/shift_1/variable");
  const Tensor a = outer.first().weights()[0]->value(), b = outer.second().weights()[0]->value();
  CHECK(a.data()[0] != b.data()[0]);
}

TEST_CASE("nested layers: a layer that stands in two places has its weights once", "[nn]") {
  Shift shared;
  shared.build(Shape{1, 4});
  class Pair : public TensorLayer {
   public:
    explicit Pair(Layer& a) : TensorLayer("pair") {
      add_sublayer(a);
      add_sublayer(a);
    }
    Tensor call(TensorView<const float>) override { return Tensor(Shape{}); }
  } pair(shared);
  pair.build(Shape{1, 4});
  CHECK(pair.count_params() == 4);
  CHECK(shared.name() == "shift");
  std::vector<Tensor> values;
  values.push_back(ones(Shape{4}));
  pair.set_weights(values);
  CHECK(shared.weights()[0]->value().data()[3] == 1);
}

TEST_CASE("nested layers: a call from outside forgets the losses of the pass before", "[nn]") {
  Outer outer(Shape{1, 2});
  const Tensor x = ones(Shape{1, 2});
  outer(x);
  CHECK(outer.losses().size() == 3);  // the first sublayer is called twice in one pass
  outer(x);
  CHECK(outer.losses().size() == 3);
  outer.first()(x);
  CHECK(outer.first().losses() == std::vector<float>{2});
  outer.first()(x);
  CHECK(outer.first().losses() == std::vector<float>{2});
}

TEST_CASE("nested layers: a stateless call leaves every sublayer's losses where they were", "[nn]") {
  Outer outer(Shape{1, 2});
  const Tensor x = ones(Shape{1, 2}), other = ones(Shape{4, 2});
  outer(x);
  const std::vector<float> first = outer.first().losses(), second = outer.second().losses();
  REQUIRE(first.size() == 2);
  const std::vector<Tensor> values = outer.get_weights();
  const TensorLayer::StatelessResult result = outer.stateless_call(values, {}, other.view());
  CHECK(result.losses.size() == 3);
  CHECK(result.losses.front() == 8);
  CHECK(outer.first().losses() == first);
  CHECK(outer.second().losses() == second);
}

TEST_CASE("nested layers: a stateless call gives back values that no float32 holds", "[nn]") {
  const double fine = 0.1;
  Weights weights;
  weights.add("fine", {DType::f64, Shape{}, std::as_bytes(std::span(&fine, 1))});
  class Holder : public TensorLayer {
   public:
    explicit Holder(const WeightScope& scope) : TensorLayer("holder") { add_weight(scope, "fine", Shape{}); }
    Tensor call(TensorView<const float>) override { return weights()[0]->value(); }
  } holder{WeightScope(weights)};
  const Tensor x = ones(Shape{1});
  holder(x);
  std::vector<Tensor> values;
  values.push_back(ones(Shape{}));
  CHECK(holder.stateless_call(values, {}, x.view()).outputs.data()[0] == 1);
  CHECK(static_cast<const void*>(holder.weights()[0]->tensor().bytes().data()) == &fine);  // the file's again
}

TEST_CASE("nested layers: what is not built cannot be counted", "[nn][error]") {
  Shift shift;
  CHECK(error_of([&] { shift.count_params(); }) ==
        Failure{"MISSING", "shift: is not built, expected build() or a call before count_params"});
  shift.build(Shape{2, 5});
  CHECK(shift.count_params() == 5);
}

TEST_CASE("nested layers: weights without a name get numbers, and sizes must be known", "[nn][error]") {
  class Unnamed : public TensorLayer {
   public:
    Unnamed() : TensorLayer("unnamed") {
      add_weight({});
      add_weight({});
      add_variable({.shape = {2}, .dtype = DType::i32});
    }
    void wrong() { add_weight({.shape = {-1, 4}, .name = "kernel"}); }
    Tensor call(TensorView<const float>) override { return weights()[0]->value(); }
  } unnamed;
  REQUIRE(unnamed.weights().size() == 3);
  CHECK(unnamed.weights()[0]->path() == "unnamed/variable");
  CHECK(unnamed.weights()[1]->path() == "unnamed/variable_1");
  CHECK(unnamed.weights()[0]->item() != unnamed.weights()[1]->item());
  CHECK(unnamed.weights()[2]->value().data()[1] == 0);
  CHECK(error_of([&] { unnamed.wrong(); }) ==
        Failure{"RANGE", "unnamed/kernel: has shape [-1, 4], expected sizes that are known"});
}
