// SPDX-License-Identifier: Apache-2.0
#include "keras/example_layers.h"
#include "sightline/weights/safetensors.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

// Two dense layers without names, a named one, and exact own variables.
class Net : public keras::Layer {
 public:
  explicit Net(std::int64_t units = 3) : Layer("Net"), named_(units, {.name = "simple_dense"}) {
    add_sublayer(first_);
    add_sublayer(named_);
    add_sublayer(second_);
    add_weight({.initializer = keras::initializers::Constant(std::int64_t{1} << 60),
                .dtype = DType::i64,
                .trainable = false});
    add_weight({.initializer = keras::initializers::Constant(0.1), .dtype = DType::f64});
    add_weight({.shape = {2}, .dtype = DType::f16, .name = "last"});
  }
  Tensor call(TensorView<const float> inputs) override { return second_(named_(first_(inputs))); }

 private:
  SimpleDense first_{2}, named_, second_{4};
};

std::vector<std::string> names_in(const std::string& path) { return Safetensors().read(path).names(); }

}  // namespace

TEST_CASE("weight file: the file of one object loads into another, bit for bit", "[keras]") {
  const TempFolder folder;
  const std::string path = folder / "net.safetensors";
  Net first, second;
  const Tensor x = keras::ops::ones({1, 5});
  const Tensor y = first(x);
  second(x);
  first.weights()[0]->assign(0.3);
  first.save_weights(path);
  CHECK(names_in(path) == std::vector<std::string>{"last", "simple_dense/bias", "simple_dense/kernel",
                                                   "simple_dense_1/bias", "simple_dense_1/kernel",
                                                   "simple_dense_2/bias", "simple_dense_2/kernel", "variable",
                                                   "variable_1"});
  second.load_weights(path);
  CHECK(floats_of(second(x)) == floats_of(y));
  const auto mine = first.weights(), theirs = second.weights();
  for (std::size_t i = 0; i < mine.size(); ++i) {
    const Tensor a = mine[i]->value(), b = theirs[i]->value();
    CHECK(std::equal(a.bytes().begin(), a.bytes().end(), b.bytes().begin(), b.bytes().end()));
  }
  CHECK(second.weights()[2]->item<std::int64_t>() == std::int64_t{1} << 60);
  CHECK(folder.entries() == 1);
  first.weights()[0]->assign(0.4);
  first.save_weights(path);  // replaces the file
  second.load_weights(path);
  CHECK(second.weights()[0]->item<double>() == 0.4);
}

TEST_CASE("weight file: a sublayer is saved under paths below itself", "[keras]") {
  const TempFolder folder;
  Outer outer;
  outer(keras::ops::ones({1, 2}));
  outer.dense().save_weights(folder / "dense.safetensors");
  CHECK(names_in(folder / "dense.safetensors") == std::vector<std::string>{"bias", "kernel"});
  outer.save_weights(folder / "outer.safetensors");
  CHECK(names_in(folder / "outer.safetensors") ==
        std::vector<std::string>{"counter", "dense/bias", "dense/kernel", "factor", "running/total"});
  SimpleDense alone(3);
  alone.build(Shape{1, 2});
  alone.load_weights(folder / "dense.safetensors");
  CHECK(floats_of(alone.weights()[0]->value()) == floats_of(outer.dense().weights()[0]->value()));
}

TEST_CASE("weight file: what does not fit is refused and nothing has changed", "[keras][error]") {
  const TempFolder folder;
  const std::string path = folder / "net.safetensors";
  const Tensor x = keras::ops::ones({1, 5});
  Net net, wider(4), unbuilt;
  net(x);
  wider(x);
  net.save_weights(path);
  const auto values = [](const Net& layer) {
    std::vector<std::vector<std::byte>> all;
    for (const Tensor& value : layer.get_weights())
      all.emplace_back(value.bytes().begin(), value.bytes().end());
    return all;
  };
  const auto before = values(wider);
  CHECK(error_of([&] { wider.load_weights(path); }).code == "MISMATCH");
  CHECK(values(wider) == before);
  CHECK(error_of([&] { unbuilt.load_weights(path); }).code == "MISSING");
  CHECK(error_of([&] { unbuilt.save_weights(path); }).code == "MISSING");
  CHECK(error_of([&] { net.save_weights(folder / "net.h5"); }).code == "UNSUP");
  CHECK(error_of([&] { net.load_weights(folder / "net.h5"); }).code == "UNSUP");
  CHECK(error_of([&] { net.load_weights(folder / "none.safetensors"); }).code == "MISSING");
  CHECK(error_of([&] { net.save_weights(folder / "none/net.safetensors"); }).code == "IO");
  SimpleDense dense(2);
  dense.build(Shape{1, 5});
  CHECK(error_of([&] { dense.load_weights(path); }) ==
        Failure{"MISSING", path + ": kernel: is not in the file"});
  class More : public SimpleDense {
   public:
    More() : SimpleDense(2) { add_weight({.name = "extra"}); }
  } more;
  more.build(Shape{1, 5});
  more.save_weights(folder / "more.safetensors");
  CHECK_THAT(error_of([&] { dense.load_weights(folder / "more.safetensors"); }).message,
             Contains("extra: is in the file"));
  const std::string bytes = folder.read("net.safetensors");
  folder.write("cut.safetensors", std::string_view(bytes).substr(0, bytes.size() - 3));
  CHECK(error_of([&] { net.load_weights(folder / "cut.safetensors"); }).code == "TRUNC");
  class Counter : public keras::Layer {
   public:
    explicit Counter(DType dtype) : Layer("Counter") { add_weight({.dtype = dtype, .name = "n"}); }
  } whole(DType::i32), real(DType::f32), half(DType::f16);
  for (Counter* counter : {&whole, &real, &half}) counter->build(Shape{});
  whole.save_weights(folder / "n.safetensors");
  CHECK(error_of([&] { real.load_weights(folder / "n.safetensors"); }).code == "TYPE");
  real.weights()[0]->assign(0.5);
  real.save_weights(folder / "n.safetensors");
  half.load_weights(folder / "n.safetensors");
  CHECK(half.weights()[0]->item() == 0.5F);
}
