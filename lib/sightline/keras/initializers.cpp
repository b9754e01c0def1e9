// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/initializers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/keras/counter_random.h"
#include "sightline/keras/value_conversion.h"

namespace sightline::keras {
namespace {

// What cutting a normal distribution at two deviations leaves of its deviation; Keras divides by it.
constexpr double kTruncatedDeviation = 0.87962566103423978;

enum class Mode { fan_in, fan_out, fan_avg };
enum class Distribution { uniform, truncated_normal, untruncated_normal };

struct Fans {
  double in = 1, out = 1;
};

// Keras's rule: a matrix is [in, out], the axes before it are a receptive field.
Fans fans_of(const Shape& shape) {
  if (shape.rank() == 0) return {};
  if (shape.rank() == 1) return {static_cast<double>(shape[0]), static_cast<double>(shape[0])};
  double field = 1;
  for (int axis = 0; axis + 2 < shape.rank(); ++axis) field *= static_cast<double>(shape[axis]);
  return {field * static_cast<double>(shape[shape.rank() - 2]), field * static_cast<double>(shape.last())};
}

double fan(const Shape& shape, Mode mode) {
  const Fans fans = fans_of(shape);
  const double size = mode == Mode::fan_in    ? fans.in
                      : mode == Mode::fan_out ? fans.out
                                              : (fans.in + fans.out) / 2;
  return std::max(1.0, size);
}

// An initializer whose element `index` is value(random, index). Values are converted once, from double.
template <class Value>
Initializer drawn(initializers::Seed seed, Value value) {
  return Initializer([seed, value](const Shape& shape, DType dtype) {
    const auto fill = value(CounterRandom(seed ? *seed : next_seed()), shape);
    const auto filled = [&]<class T>(T) {
      Tensor values(shape, kDTypeOf<T>);
      T* out = values.data<T>();
      const std::int64_t count = shape.elements();
      for (std::int64_t i = 0; i < count; ++i) out[i] = static_cast<T>(fill(static_cast<std::uint64_t>(i)));
      return values;
    };
    return dtype == DType::f32 ? filled(0.0F) : converted(filled(0.0), dtype);
  });
}

Initializer scaled(double scale, Mode mode, Distribution distribution, initializers::Seed seed) {
  return drawn(seed, [=](CounterRandom random, const Shape& shape) {
    const double variance = scale / fan(shape, mode);
    const double limit = std::sqrt(3 * variance), deviation = std::sqrt(variance);
    return [=](std::uint64_t index) {
      switch (distribution) {
        case Distribution::uniform:
          return random.uniform(index, -limit, limit);
        case Distribution::truncated_normal:
          return random.truncated_normal(index, 0, deviation / kTruncatedDeviation);
        case Distribution::untruncated_normal:
          break;
      }
      return random.normal(index, 0, deviation);
    };
  });
}

template <class T>
Initializer constant(T value) {
  return Initializer([value](const Shape& shape, DType dtype) {
    Tensor one(Shape{}, kDTypeOf<T>);
    *one.data<T>() = value;
    const Tensor element = converted(one, dtype);
    return repeated(element, shape);
  });
}

// Gram-Schmidt, twice over, on the columns of a matrix [rows, columns] with rows >= columns. The factor R of
// the result has a positive diagonal, as Keras makes it.
void make_columns_orthonormal(std::vector<std::vector<double>>& columns) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::vector<double>& column = columns[i];
    const auto product = [&](const std::vector<double>& other) {
      double sum = 0;
      for (std::size_t k = 0; k < column.size(); ++k) sum += column[k] * other[k];
      return sum;
    };
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t j = 0; j < i; ++j) {
        const double part = product(columns[j]);
        for (std::size_t k = 0; k < column.size(); ++k) column[k] -= part * columns[j][k];
      }
    }
    const double length = std::sqrt(product(column));
    for (double& value : column) value /= length;
  }
}

Tensor orthogonal_matrix(const Shape& shape, double gain, std::uint64_t seed) {
  const std::int64_t rows = shape.rows(), columns = shape.last();
  const std::int64_t length = std::max(rows, columns), count = std::min(rows, columns);
  const CounterRandom random(seed);
  std::vector<std::vector<double>> vectors(static_cast<std::size_t>(count));
  std::uint64_t index = 0;
  for (std::vector<double>& vector : vectors) {
    vector.resize(static_cast<std::size_t>(length));
    for (double& value : vector) value = random.normal(index++, 0, 1);
  }
  make_columns_orthonormal(vectors);
  Tensor values(shape, DType::f64);
  for (std::int64_t i = 0; i < rows * columns; ++i) {
    const auto row = static_cast<std::size_t>(i / columns), column = static_cast<std::size_t>(i % columns);
    values.data<double>()[i] = gain * (rows < columns ? vectors[row][column] : vectors[column][row]);
  }
  return values;
}

[[noreturn]] void refuse_shape(const Shape& shape, const char* expected) {
  fail(ErrorCode::mismatch, "initializer",
       "is asked for the shape " + to_string(shape) + ", expected " + expected);
}

Mode mode_of(std::string_view name) {
  if (name == "fan_in") return Mode::fan_in;
  if (name == "fan_out") return Mode::fan_out;
  if (name == "fan_avg") return Mode::fan_avg;
  fail(ErrorCode::range, "mode", "is '" + std::string(name) + "', expected fan_in, fan_out or fan_avg");
}

Distribution distribution_of(std::string_view name) {
  if (name == "uniform") return Distribution::uniform;
  if (name == "truncated_normal" || name == "normal") return Distribution::truncated_normal;
  if (name == "untruncated_normal") return Distribution::untruncated_normal;
  fail(ErrorCode::range, "distribution",
       "is '" + std::string(name) + "', expected truncated_normal, untruncated_normal or uniform");
}

struct Named {
  std::string_view name, class_name;
  Initializer (*make)();
};
constexpr std::array kNamed = {
    Named{"zeros", "Zeros", [] { return initializers::Zeros(); }},
    Named{"ones", "Ones", [] { return initializers::Ones(); }},
    Named{"random_normal", "RandomNormal", [] { return initializers::RandomNormal(); }},
    Named{"truncated_normal", "TruncatedNormal", [] { return initializers::TruncatedNormal(); }},
    Named{"random_uniform", "RandomUniform", [] { return initializers::RandomUniform(); }},
    Named{"glorot_uniform", "GlorotUniform", [] { return initializers::GlorotUniform(); }},
    Named{"glorot_normal", "GlorotNormal", [] { return initializers::GlorotNormal(); }},
    Named{"he_uniform", "HeUniform", [] { return initializers::HeUniform(); }},
    Named{"he_normal", "HeNormal", [] { return initializers::HeNormal(); }},
    Named{"lecun_uniform", "LecunUniform", [] { return initializers::LecunUniform(); }},
    Named{"lecun_normal", "LecunNormal", [] { return initializers::LecunNormal(); }},
    Named{"variance_scaling", "VarianceScaling", [] { return initializers::VarianceScaling(); }},
    Named{"orthogonal", "Orthogonal", [] { return initializers::Orthogonal(); }},
    Named{"identity", "Identity", [] { return initializers::Identity(); }},
};

Initializer by_name(std::string_view name) {
  std::string known;
  for (const Named& named : kNamed) {
    if (name == named.name || name == named.class_name) return named.make();
    known.append(known.empty() ? "" : ", ").append(named.name);
  }
  fail(ErrorCode::unsupported, "initializer", "is '" + std::string(name) + "', expected one of " + known);
}

}  // namespace

Initializer::Initializer(std::string_view name) : Initializer(by_name(name)) {}

Tensor Initializer::operator()(const Shape& shape, DType dtype) const {
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] < 0)
      fail(ErrorCode::range, "initializer",
           "is asked for the shape " + to_string(shape) + ", expected known sizes");
  }
  check_variable_dtype(dtype, "initializer");
  if (!function_) fail(ErrorCode::missing, "initializer", "is an empty function");
  Tensor values = function_(shape, dtype);
  if (!(values.shape() == shape)) {
    fail(ErrorCode::mismatch, "initializer",
         "is asked for the shape " + to_string(shape) + ", returns " + to_string(values.shape()));
  }
  return values;
}

namespace initializers {

Initializer ConstantReal(double value) { return constant(value); }
Initializer ConstantInteger(std::int64_t value) { return constant(value); }
Initializer Zeros() { return ConstantInteger(0); }
Initializer Ones() { return ConstantInteger(1); }

Initializer RandomNormal(double mean, double stddev, Seed seed) {
  return drawn(seed, [=](CounterRandom random, const Shape&) {
    return [=](std::uint64_t index) { return random.normal(index, mean, stddev); };
  });
}

Initializer TruncatedNormal(double mean, double stddev, Seed seed) {
  return drawn(seed, [=](CounterRandom random, const Shape&) {
    return [=](std::uint64_t index) { return random.truncated_normal(index, mean, stddev); };
  });
}

Initializer RandomUniform(double minval, double maxval, Seed seed) {
  return drawn(seed, [=](CounterRandom random, const Shape&) {
    return [=](std::uint64_t index) { return random.uniform(index, minval, maxval); };
  });
}

Initializer GlorotUniform(Seed seed) { return scaled(1, Mode::fan_avg, Distribution::uniform, seed); }
Initializer GlorotNormal(Seed seed) { return scaled(1, Mode::fan_avg, Distribution::truncated_normal, seed); }
Initializer HeUniform(Seed seed) { return scaled(2, Mode::fan_in, Distribution::uniform, seed); }
Initializer HeNormal(Seed seed) { return scaled(2, Mode::fan_in, Distribution::truncated_normal, seed); }
Initializer LecunUniform(Seed seed) { return scaled(1, Mode::fan_in, Distribution::uniform, seed); }
Initializer LecunNormal(Seed seed) { return scaled(1, Mode::fan_in, Distribution::truncated_normal, seed); }

Initializer VarianceScaling(double scale, std::string_view mode, std::string_view distribution, Seed seed) {
  if (!(scale > 0) || !std::isfinite(scale))
    fail(ErrorCode::range, "scale", "is " + std::to_string(scale) + ", expected a number above 0");
  return scaled(scale, mode_of(mode), distribution_of(distribution), seed);
}

Initializer Orthogonal(double gain, Seed seed) {
  return Initializer([gain, seed](const Shape& shape, DType dtype) {
    if (shape.rank() < 2) refuse_shape(shape, "at least 2 dimensions");
    return converted(orthogonal_matrix(shape, gain, seed ? *seed : next_seed()), dtype);
  });
}

Initializer Identity(double gain) {
  return Initializer([gain](const Shape& shape, DType dtype) {
    if (shape.rank() != 2) refuse_shape(shape, "2 dimensions");
    Tensor values(shape, DType::f64);
    for (std::int64_t i = 0; i < shape.elements(); ++i)
      values.data<double>()[i] = i / shape[1] == i % shape[1] ? gain : 0;
    return converted(values, dtype);
  });
}

}  // namespace initializers
}  // namespace sightline::keras
