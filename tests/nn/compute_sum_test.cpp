// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "sightline/nn/tensor_layer.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

// The running sum of its inputs, as the page of Keras's base Layer shows it. docs/adding.md explains it.
class ComputeSum : public TensorLayer {
 public:
  ComputeSum() : TensorLayer("compute_sum") {
    // Creates a non-trainable weight.
    total_ = &add_weight({.shape = {}, .initializer = "zeros", .trainable = false, .name = "total"});
  }

  Tensor call(TensorView<const float> inputs) override {
    const auto values = inputs.flat();
    total_->assign(total_->item() + std::accumulate(values.begin(), values.end(), 0.0F));
    add_loss(total_->item() / 2);
    return total_->value();
  }

  const Variable* total() const { return total_; }

 private:
  Variable* total_;
};

// Calls a ComputeSum of its own and gives back what it was given.
class Watched : public TensorLayer {
 public:
  Watched() : TensorLayer("watched") { add_sublayer(sum_); }
  Tensor call(TensorView<const float> inputs) override {
    sum_(inputs);
    add_loss(1);
    Tensor outputs(inputs.shape());
    std::copy_n(inputs.data(), inputs.elements(), outputs.data());
    return outputs;
  }
  const ComputeSum& sum() const { return sum_; }

 private:
  ComputeSum sum_;
};

Tensor ones(const Shape& shape) {
  Tensor tensor(shape);
  std::fill_n(tensor.data(), shape.elements(), 1.0F);
  return tensor;
}

using Variables = std::vector<const Variable*>;

}  // namespace

TEST_CASE("compute sum: the page's example holds", "[nn]") {
  ComputeSum my_sum;
  const Tensor x = ones(Shape{2, 2});
  CHECK(my_sum(x).data()[0] == 4);
  CHECK(my_sum(x).data()[0] == 8);
  const ComputeSum& seen = my_sum;
  CHECK(seen.weights() == Variables{my_sum.total()});
  CHECK(seen.non_trainable_weights() == Variables{my_sum.total()});
  CHECK(seen.trainable_weights().empty());
  CHECK(seen.variables() == seen.weights());
  CHECK(seen.trainable_variables().empty());
  CHECK(seen.non_trainable_variables() == seen.weights());
  CHECK(seen.metrics_variables().empty());
  CHECK_FALSE(seen.supports_masking());
}

TEST_CASE("compute sum: a stateless call leaves the layer as it was", "[nn][error]") {
  ComputeSum my_sum;
  const Tensor x = ones(Shape{3});
  CHECK(error_of([&] { my_sum.stateless_call({}, {}, x.view()); }).code == "MISSING");
  my_sum(x);
  std::vector<Tensor> state;
  state.push_back(Tensor(Shape{}));
  state[0].data()[0] = 10;
  const TensorLayer::StatelessResult result = my_sum.stateless_call({}, state, x.view());
  CHECK(result.outputs.data()[0] == 13);
  REQUIRE(result.non_trainable_variables.size() == 1);
  CHECK(result.non_trainable_variables[0].data()[0] == 13);
  CHECK(result.losses == std::vector<float>{6.5F});
  CHECK(my_sum.total()->item() == 3);
  CHECK(my_sum.losses() == std::vector<float>{1.5F});
  CHECK(error_of([&] { my_sum.stateless_call(state, {}, x.view()); }).message ==
        "compute_sum: has 0 trainable and 1 other variables, is given 1 and 0");
}

TEST_CASE("compute sum: losses are those of the last pass, sublayers' included", "[nn]") {
  Watched layer;
  const Tensor x = ones(Shape{2});
  layer(x);
  CHECK(layer.losses() == std::vector<float>{1, 1});
  layer(x);
  CHECK(layer.losses() == std::vector<float>{1, 2});
  CHECK(layer.sum().total()->item() == 4);
  layer.clear_losses();
  CHECK(layer.losses().empty());
}

TEST_CASE("compute sum: trainable is set below and never makes a running sum trainable", "[nn]") {
  Watched layer;
  layer.set_trainable(false);
  CHECK_FALSE(layer.sum().trainable());
  layer.set_trainable(true);
  CHECK(layer.sum().trainable());
  CHECK(layer.trainable_weights().empty());
  CHECK(std::get<bool>(layer.get_config().at("trainable")));
}
