// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "sightline/tensor/dtype.h"
#include "sightline/tensor/shape.h"
#include "sightline/tensor/tensor.h"

namespace sightline::keras {

/// How a new variable gets its values, as keras.initializers: a name, a function of
/// `sightline::keras::initializers`, or any callable `Tensor(const Shape&, DType)`.
class Initializer {
 public:
  using Function = std::function<Tensor(const Shape& shape, DType dtype)>;

  /// By Keras's name, with Keras's defaults: "zeros", "ones", "random_normal", "truncated_normal",
  /// "random_uniform", "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform",
  /// "lecun_normal", "variance_scaling", "orthogonal", "identity"; or by the name of the class ("HeNormal").
  /// Errors: unsupported for another name.
  Initializer(std::string_view name);  // NOLINT: implicit on purpose, an initializer is written as its name
  Initializer(const char* name) : Initializer(std::string_view(name)) {}         // NOLINT: likewise
  Initializer(const std::string& name) : Initializer(std::string_view(name)) {}  // NOLINT: likewise
  /// Any callable; it is called once for each variable.
  template <class F>
  requires(!std::is_base_of_v<Initializer, std::remove_cvref_t<F>> &&
           std::is_invocable_r_v<Tensor, const std::decay_t<F>&, const Shape&, DType>)
      Initializer(F&& function)  // NOLINT: implicit on purpose
      : function_(std::forward<F>(function)) {}

  /// The values of a variable. Errors: range for a size below 0; mismatch for a shape that the initializer
  /// does not accept, or when the callable returns another shape; unsupported for a dtype that no variable
  /// has; missing for an empty function; what the callable throws.
  Tensor operator()(const Shape& shape, DType dtype = DType::f32) const;

 private:
  Function function_;
};

/// Keras's initializers, with its arguments, in its order and with its defaults. With a seed an initializer
/// gives the same numbers at each call and on every machine; without one each call draws its own, which
/// depend only on how many were drawn before in the process. The numbers differ from those that Keras draws.
namespace initializers {

using Seed = std::optional<std::uint64_t>;

Initializer Zeros();
Initializer Ones();
Initializer ConstantReal(double value);
Initializer ConstantInteger(std::int64_t value);
/// Every element is `value`; an integer is kept exactly.
template <class T>
requires std::is_arithmetic_v<T> Initializer Constant(T value) {
  if constexpr (std::integral<T>) {
    return ConstantInteger(static_cast<std::int64_t>(value));
  } else {
    return ConstantReal(static_cast<double>(value));
  }
}
inline Initializer Constant() { return Zeros(); }

Initializer RandomNormal(double mean = 0.0, double stddev = 0.05, Seed seed = {});
/// Values more than two `stddev` from `mean` are drawn again.
Initializer TruncatedNormal(double mean = 0.0, double stddev = 0.05, Seed seed = {});
Initializer RandomUniform(double minval = -0.05, double maxval = 0.05, Seed seed = {});
Initializer GlorotUniform(Seed seed = {});
Initializer GlorotNormal(Seed seed = {});
Initializer HeUniform(Seed seed = {});
Initializer HeNormal(Seed seed = {});
Initializer LecunUniform(Seed seed = {});
Initializer LecunNormal(Seed seed = {});
/// `mode`: "fan_in", "fan_out" or "fan_avg". `distribution`: "truncated_normal" (or "normal"),
/// "untruncated_normal" or "uniform". Errors: range for another of either, and for a scale that is not above
/// 0.
Initializer VarianceScaling(double scale = 1.0, std::string_view mode = "fan_in",
                            std::string_view distribution = "truncated_normal", Seed seed = {});
/// An orthogonal matrix [product of all sizes but the last, last] times `gain`. Its call: mismatch for a rank
/// below 2.
Initializer Orthogonal(double gain = 1.0, Seed seed = {});
/// The identity matrix times `gain`. Its call: mismatch for another rank than 2.
Initializer Identity(double gain = 1.0);

}  // namespace initializers
}  // namespace sightline::keras
