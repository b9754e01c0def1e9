// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "keras/example_layers.h"
#include "sightline/keras/variable_access.h"
#include "sightline/weights/weights.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

// A layer of other layers, which counts how often it is told of new values.
class Group : public keras::Layer {
 public:
  explicit Group(std::initializer_list<Layer*> layers, const keras::LayerOptions& options = {})
      : Layer("Group", options) {
    for (Layer* layer : layers) add_sublayer(*layer);
  }
  void add(Layer& layer) { add_sublayer(layer); }
  void add(Layer& layer, std::string_view name) { add_sublayer(layer, name); }
  Tensor call(TensorView<const float>) override { return keras::ops::zeros({}); }
  int changes = 0;

 private:
  void weights_changed() override { ++changes; }
};

}  // namespace

TEST_CASE("nested layers: layers without a name are numbered in the process, given names are kept",
          "[keras]") {
  class NumberedHere : public keras::Layer {
   public:
    explicit NumberedHere(const keras::LayerOptions& options = {}) : Layer("NumberedHere", options) {}
  };
  const NumberedHere first, second, named({.name = "numbered_here"}), third;
  CHECK(first.name() == "numbered_here");
  CHECK(second.name() == "numbered_here_1");
  CHECK(named.name() == "numbered_here");
  CHECK(third.name() == "numbered_here_2");
  CHECK(first.class_name() == "NumberedHere");
}

TEST_CASE("nested layers: a name that is empty or has a slash is refused", "[keras][error]") {
  for (const char* name : {"", "a/b", "/"}) {
    CHECK(error_of([&] { SimpleDense layer(1, {.name = name}); }).code == "RANGE");
    CHECK(error_of([&] { keras::Variable variable("ones", {1}, {.name = name}); }).code == "RANGE");
  }
  CHECK(error_of([] { keras::Variable variable("ones", {1}, {.name = "a/b"}); }) ==
        Failure{"RANGE", "variable: has the name 'a/b', expected one that is not empty and has no '/'"});
  Group group({});
  SimpleDense layer(1, {.name = "kept"});
  CHECK(error_of([&] { group.add(layer, "a/b"); }).code == "RANGE");
  CHECK(layer.name() == "kept");
  group.add(layer, "renamed");
  CHECK(layer.name() == "renamed");
}

TEST_CASE("nested layers: a path has the layers around, also of a weight made in a constructor", "[keras]") {
  ComputeSum sum({.name = "compute_sum"});
  CHECK(sum.weights()[0]->path() == "compute_sum/total");
  Group outer({&sum}, {.name = "outer"});
  Group top({&outer}, {.name = "top"});
  CHECK(sum.weights()[0]->path() == "top/outer/compute_sum/total");
  CHECK(&top.get_layer("outer") == &outer);
  CHECK(error_of([&] { top.get_layer("inner"); }) ==
        Failure{"MISSING", "top: has no sublayer 'inner'; its sublayers are: outer"});
}

TEST_CASE("nested layers: two alike are told apart and begin with numbers of their own", "[keras]") {
  SimpleDense first(3), second(3);
  first.build(Shape{1, 4});
  second.build(Shape{1, 4});
  CHECK(first.name() != second.name());
  CHECK(first.weights()[0]->path() != second.weights()[0]->path());
  CHECK(floats_of(first.weights()[0]->value()) != floats_of(second.weights()[0]->value()));
}

TEST_CASE("nested layers: a layer that is part of two has its weights once", "[keras][error]") {
  SimpleDense shared(3, {.name = "shared"});
  shared.build(Shape{1, 4});
  Group a({&shared, &shared}), b({&shared});
  Group both({&a, &b});
  both.build(Shape{1});
  CHECK(a.sublayers().size() == 1);
  CHECK(both.count_params() == 15);
  std::vector<Tensor> values = both.get_weights();
  values[1] = filled(Shape{3}, 1);
  both.set_weights(values);
  CHECK(shared.weights()[1]->value().data()[2] == 1);
  Group around({&both});
  CHECK(error_of([&] { a.add(around); }).code == "UNSUP");
  CHECK(error_of([&] { around.add(around); }).code == "UNSUP");
}

TEST_CASE("nested layers: every layer around is told of new values, once for each change", "[keras]") {
  SimpleDense dense(3);
  dense.build(Shape{1, 4});
  Group a({&dense}), b({&dense}), other({});
  Group top({&a, &b, &other});
  top.set_weights(top.get_weights());
  for (const Group* group : {&a, &b, &top}) CHECK(group->changes == 1);
  CHECK(other.changes == 0);
  dense.weights()[1]->assign(keras::ops::ones({3}));
  for (const Group* group : {&a, &b, &top}) CHECK(group->changes == 2);
}

TEST_CASE("nested layers: a layer that goes leaves the layers it was part of", "[keras]") {
  SimpleDense stays(1, {.name = "stays"});
  {
    Group group({&stays}, {.name = "group"});
    CHECK(stays.path() == "group/stays");
    auto goes = std::make_unique<SimpleDense>(1);
    group.add(*goes);
    CHECK(group.sublayers().size() == 2);
    goes.reset();
    CHECK(group.sublayers().size() == 1);
  }
  CHECK(stays.path() == "stays");
}

TEST_CASE("nested layers: a call from outside forgets the losses of the pass before", "[keras]") {
  class Twice : public keras::Layer {
   public:
    Twice() : Layer("Twice") { add_sublayer(sum_); }
    Tensor call(TensorView<const float> inputs) override {
      sum_(inputs);
      return sum_(inputs);
    }
    ComputeSum sum_;
  } layer;
  const Tensor x = keras::ops::ones({2});
  layer(x);
  CHECK(layer.losses() == std::vector<float>{1, 2});
  layer(x);
  CHECK(layer.losses() == std::vector<float>{3, 4});
  layer.sum_(x);
  CHECK(layer.sum_.losses() == std::vector<float>{5});
  const keras::StatelessResult result = layer.stateless_call({}, layer.non_trainable_variables(), x);
  CHECK(result.losses == std::vector<float>{6, 7});
  CHECK(layer.sum_.losses() == std::vector<float>{5});
}

TEST_CASE("nested layers: a stored weight is the file's until it is assigned, and comes back", "[keras]") {
  const double fine = 0.1;
  Weights weights;
  weights.add("holder.fine", {DType::f64, Shape{}, std::as_bytes(std::span(&fine, 1))});
  class Holder : public keras::Layer {
   public:
    explicit Holder(const WeightScope& scope) : Layer("Holder", {.name = "holder"}) {
      add_stored_weight(scope, "fine", Shape{});
    }
    Tensor call(TensorView<const float>) override {
      return keras::ops::add(*weights()[0], keras::ops::zeros({}));
    }
  } holder{WeightScope(weights) / "holder"};
  const keras::Variable& variable = *holder.weights()[0];
  const auto data = [&] {
    return static_cast<const void*>(keras::VariableAccess::stored(variable).bytes().data());
  };
  CHECK(data() == &fine);
  CHECK(variable.path() == "holder/fine");
  CHECK(variable.dtype() == DType::f64);
  CHECK(variable.item<double>() == 0.1);
  const Tensor x = keras::ops::ones({1});
  CHECK(holder(x).data<double>()[0] == 0.1);
  std::vector<Tensor> values;
  values.push_back(filled(Shape{}, 1));
  CHECK(holder.stateless_call(values, {}, x).outputs.data<double>()[0] == 1);
  CHECK(data() == &fine);
  holder.set_weights(values);
  CHECK(data() != &fine);
  CHECK(variable.item() == 1);
}

TEST_CASE("nested layers: what is not built cannot be counted", "[keras][error]") {
  SimpleDense layer(5, {.name = "dense"});
  CHECK(error_of([&] { layer.count_params(); }) ==
        Failure{"MISSING", "dense: is not built, so its parameters cannot be counted"});
  layer.build(Shape{2, 5});
  CHECK(layer.count_params() == 30);
}

TEST_CASE("nested layers: weights without a name get numbers, and sizes must be known", "[keras][error]") {
  class Unnamed : public keras::Layer {
   public:
    Unnamed() : Layer("Unnamed", {.name = "unnamed"}) {
      add_weight({});
      add_weight({});
      add_variable({.shape = {2}, .dtype = DType::i32});
    }
    void wrong(const NewWeight& weight) { add_weight(weight); }
    void wrong_shape() { add_weight({.shape = {-1, 4}, .name = "kernel"}); }
    void wrong_dtype() { add_weight({.shape = {4}, .dtype = DType::f8_e5m2, .name = "kernel"}); }
  } unnamed;
  REQUIRE(unnamed.weights().size() == 3);
  CHECK(unnamed.weights()[0]->name() != unnamed.weights()[1]->name());
  CHECK(unnamed.weights()[0]->item() != unnamed.weights()[1]->item());
  CHECK(unnamed.weights()[2]->value().data<std::int32_t>()[1] == 0);
  CHECK(error_of([&] { unnamed.wrong_shape(); }) ==
        Failure{"RANGE", "unnamed/kernel: has shape [-1, 4], expected sizes that are known"});
  CHECK(error_of([&] { unnamed.wrong_dtype(); }).code == "UNSUP");
  CHECK(unnamed.weights().size() == 3);
}

TEST_CASE("nested layers: a number that a given name has is passed over", "[keras]") {
  const keras::Variable last("zeros", {});
  const auto number = last.name() == "variable" ? 0 : std::stoi(last.name().substr(9));
  class Mixed : public keras::Layer {
   public:
    explicit Mixed(int number) : Layer("Mixed") {
      add_weight({.name = "variable_" + std::to_string(number + 1)});
      add_weight({});
    }
  } mixed(number);
  CHECK(mixed.weights()[1]->name() == "variable_" + std::to_string(number + 2));
}

TEST_CASE("nested layers: a summary shows what is known and ends with the totals", "[keras]") {
  Outer layer({.name = "outer"});
  const std::string before = layer.summary();
  CHECK_THAT(before, Contains("?"));
  layer(keras::ops::ones({2, 400}));
  const std::string text = layer.summary({.depth = 1, .with_weights = true});
  CHECK_THAT(text, Contains("  dense                                     (2, 3)"));
  CHECK_THAT(text, Contains("1,203\n"));
  CHECK_THAT(text, Contains("outer/running/total"));
  CHECK_THAT(text, EndsWith("Total params: 1,207 (4.71 KB)\nTrainable params: 1,204 (4.70 KB)\n"
                            "Non-trainable params: 3 (12.00 B)\n"));
  CHECK_THAT(layer.summary({.depth = 0}), !Contains("dense"));
}
