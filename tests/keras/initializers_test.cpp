// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "keras/example_layers.h"
#include "sightline/keras/counter_random.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;
namespace initializers = keras::initializers;

TEST_CASE("initializers: a seed gives the same numbers on every machine", "[keras]") {
  const float normal[4] = {-0x1.9d2de4p-2F, 0x1.184f34p+0F, -0x1.6208b4p-1F, 0x1.2ea20ep+0F};
  const Tensor drawn = initializers::RandomNormal(0, 1, 42)(Shape{4});
  for (int i = 0; i < 4; ++i) CHECK(drawn.data()[i] == normal[i]);
  const float uniform[4] = {-0x1.00c022p-6F, 0x1.298f66p-5F, -0x1.a26426p-6F, 0x1.387772p-5F};
  const Tensor flat = initializers::RandomUniform(-0.05, 0.05, 42)(Shape{4});
  for (int i = 0; i < 4; ++i) CHECK(flat.data()[i] == uniform[i]);
  CHECK(keras::derived_seed(0, "a") != keras::derived_seed(0, "b"));
  CHECK(keras::derived_seed(0, "a") != keras::derived_seed(1, "a"));
}

TEST_CASE("initializers: without a seed each call draws its own, with one the same", "[keras]") {
  for (const keras::Initializer& each :
       {keras::Initializer("random_normal"), initializers::HeUniform(), initializers::Orthogonal()})
    CHECK(floats_of(each(Shape{3, 3})) != floats_of(each(Shape{3, 3})));
  for (const keras::Initializer& each :
       {initializers::TruncatedNormal(0, 1, 7), initializers::LecunNormal(7), initializers::Orthogonal(1, 7)})
    CHECK(floats_of(each(Shape{3, 3})) == floats_of(each(Shape{3, 3})));
}

TEST_CASE("initializers: the name of the class is a name, another is refused", "[keras][error]") {
  CHECK(floats_of(keras::Initializer("Ones")(Shape{2})) == std::vector<float>{1, 1});
  CHECK(floats_of(keras::Initializer(std::string("identity"))(Shape{2, 2})) ==
        std::vector<float>{1, 0, 0, 1});
  CHECK_THAT(error_of([] { keras::Initializer never("he"); }).message,
             StartsWith("initializer: is 'he', expected one of zeros, ones, random_normal"));
  CHECK(error_of([] { keras::Initializer never("constant"); }).code == "UNSUP");
}

TEST_CASE("initializers: a function is one, and its shape is checked", "[keras][error]") {
  int calls = 0;
  const keras::Initializer rising = [&calls](const Shape& shape, DType) {
    ++calls;
    Tensor values(shape);
    for (std::int64_t i = 0; i < shape.elements(); ++i) values.data()[i] = static_cast<float>(i) + 0.75F;
    return values;
  };
  const keras::Variable variable(rising, {3}, {.dtype = DType::i32});
  CHECK(variable.value().data<std::int32_t>()[2] == 2);
  CHECK(calls == 1);
  const keras::Initializer wrong = [](const Shape&, DType) { return Tensor(Shape{1}); };
  CHECK(error_of([&] { keras::Variable v(wrong, {3}, {.name = "w"}); }) ==
        Failure{"MISMATCH", "w: initializer: is asked for the shape [3], returns [1]"});
}

TEST_CASE("initializers: constant and identity fill as they are told", "[keras][error]") {
  CHECK(floats_of(initializers::Constant(2.5)(Shape{2})) == std::vector<float>{2.5F, 2.5F});
  CHECK(*initializers::Constant(-3)(Shape{1}, DType::i8).data<std::int8_t>() == -3);
  CHECK(floats_of(initializers::Identity(3)(Shape{2, 3})) == std::vector<float>{3, 0, 0, 0, 3, 0});
  CHECK(initializers::Zeros()(Shape{0, 4}).shape() == Shape{0, 4});
  CHECK(error_of([] { initializers::Identity()(Shape{2}); }) ==
        Failure{"MISMATCH", "initializer: is asked for the shape [2], expected 2 dimensions"});
  CHECK(error_of([] { initializers::Identity()(Shape{2, 2, 2}); }).code == "MISMATCH");
}

TEST_CASE("initializers: an orthogonal matrix is one, wide or tall", "[keras][error]") {
  const Shape shape = GENERATE(Shape{4, 4}, Shape{3, 7}, Shape{2, 4, 3});
  const Tensor values = initializers::Orthogonal(2, 5)(shape, DType::f64);
  const double* v = values.data<double>();
  const std::int64_t rows = shape.rows(), columns = shape.last();
  const bool tall = rows >= columns;
  const std::int64_t count = tall ? columns : rows, length = tall ? rows : columns;
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t j = 0; j <= i; ++j) {
      double product = 0;
      for (std::int64_t k = 0; k < length; ++k)
        product += tall ? v[k * columns + i] * v[k * columns + j] : v[i * columns + k] * v[j * columns + k];
      CHECK(std::abs(product - (i == j ? 4 : 0)) < 1e-14 * static_cast<double>(4 * length));
    }
  }
  CHECK(error_of([] { initializers::Orthogonal()(Shape{3}); }).code == "MISMATCH");
}

TEST_CASE("initializers: impossible arguments of variance scaling are refused", "[keras][error]") {
  CHECK(error_of([] { initializers::VarianceScaling(0); }).code == "RANGE");
  CHECK(error_of([] { initializers::VarianceScaling(-1); }).code == "RANGE");
  CHECK(error_of([] { initializers::VarianceScaling(std::nan("")); }).code == "RANGE");
  CHECK(error_of([] { initializers::VarianceScaling(1, "fan"); }) ==
        Failure{"RANGE", "mode: is 'fan', expected fan_in, fan_out or fan_avg"});
  CHECK(error_of([] { initializers::VarianceScaling(1, "fan_in", "gauss"); }).code == "RANGE");
  CHECK(std::isfinite(initializers::HeNormal()(Shape{0, 1}).shape().last()));
  CHECK(error_of([] { initializers::Ones()(Shape{-1}); }).code == "RANGE");
  const keras::Initializer::Function none;
  CHECK(error_of([&] { (void)keras::Initializer(none)(Shape{1}); }).code == "MISSING");
}
