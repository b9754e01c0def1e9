// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/initializers.h"

#include <array>
#include <cmath>
#include <string>

#include "sightline/base/error.h"

namespace sightline {
namespace {

// Source: Steele, Lea and Flood 2014, splitmix64's finaliser over a counter.
std::uint64_t mix(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15ULL;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31);
}

// In (0, 1): the middle of one of 2^52 intervals.
double uniform(std::uint64_t seed, std::uint64_t index) {
  return (static_cast<double>(mix(seed + index * 0xD1B54A32D192ED03ULL) >> 12) + 0.5) * 0x1p-52;
}

// ln x by + - * / alone: a library's logarithm differs between machines. x = m 2^e with m in [sqrt 1/2, sqrt
// 2); ln m = 2 artanh((m - 1) / (m + 1)).
double natural_log(double x) {
  constexpr double kLn2 = 0.69314718055994530942;
  int exponent = 0;
  double m = std::frexp(x, &exponent);
  if (m < 0.70710678118654752440) {
    m *= 2;
    --exponent;
  }
  const double t = (m - 1) / (m + 1), square = t * t;
  double sum = 0;
  for (int k = 21; k >= 1; k -= 2) sum = sum * square + 1.0 / k;
  return exponent * kLn2 + 2 * t * sum;
}

double ratio(const std::array<double, 8>& p, const std::array<double, 8>& q, double x) {
  double above = 0, below = 0;
  for (std::size_t i = p.size(); i-- > 0;) {
    above = above * x + p[i];
    below = below * x + q[i];
  }
  return above / below;
}

// The normal distribution's quantile. Source: Wichura 1988, algorithm AS 241, PPND16.
double normal_quantile(double p) {
  constexpr std::array kA = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                             1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                             3.3430575583588128105e+4, 2.5090809287301226727e+3};
  constexpr std::array kB = {1.0,
                             4.2313330701600911252e+1,
                             6.8718700749205790830e+2,
                             5.3941960214247511077e+3,
                             2.1213794301586595867e+4,
                             3.9307895800092710610e+4,
                             2.8729085735721942674e+4,
                             5.2264952788528545610e+3};
  constexpr std::array kC = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                             3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                             2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr std::array kD = {1.0,
                             2.05319162663775882187e0,
                             1.67638483018380384940e0,
                             6.89767334985100004550e-1,
                             1.48103976427480074590e-1,
                             1.51986665636164571966e-2,
                             5.47593808499534494600e-4,
                             1.05075007164441684324e-9};
  constexpr std::array kE = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                             2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                             2.71155556874348757815e-5, 2.01033439929228813265e-7};
  constexpr std::array kF = {1.0,
                             5.99832206555887937690e-1,
                             1.36929880922735805310e-1,
                             1.48753612908506148525e-2,
                             7.86869131145613259100e-4,
                             1.84631831751005468180e-5,
                             1.42151175831644588870e-7,
                             2.04426310338993978564e-15};
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) return q * ratio(kA, kB, 0.180625 - q * q);
  const double r = std::sqrt(-natural_log(q < 0 ? p : 1 - p));
  const double size = r <= 5 ? ratio(kC, kD, r - 1.6) : ratio(kE, kF, r - 5);
  return q < 0 ? -size : size;
}

// Keras's fans: a matrix lies as [in, out]; what stands before is a receptive field.
double fans(const Shape& shape) {
  if (shape.rank() == 0) return 2;
  if (shape.rank() == 1) return 2 * static_cast<double>(shape[0]);
  double field = 1;
  for (int axis = 0; axis + 2 < shape.rank(); ++axis) field *= static_cast<double>(shape[axis]);
  return field * static_cast<double>(shape[shape.rank() - 2] + shape.last());
}

// Values further than two standard deviations are drawn anew: a quantile between those of -2 and 2.
constexpr double kBelowMinusTwo = 0.02275013194817921;
// What the cut leaves of the standard deviation; Keras divides by it for glorot_normal.
constexpr double kCutDeviation = 0.87962566103423978;

}  // namespace

Initializer::Initializer(std::string_view name) : kind_(Kind::constant) {
  if (name == "zeros") return;
  if (name == "ones") {
    a_ = 1;
  } else if (name == "random_normal" || name == "truncated_normal") {
    kind_ = name == "random_normal" ? Kind::normal : Kind::truncated_normal;
    b_ = 0.05;
  } else if (name == "random_uniform") {
    kind_ = Kind::uniform;
    a_ = -0.05;
    b_ = 0.05;
  } else if (name == "glorot_uniform") {
    kind_ = Kind::glorot_uniform;
  } else if (name == "glorot_normal") {
    kind_ = Kind::glorot_normal;
  } else {
    fail(ErrorCode::unsupported, "initializer",
         "is '" + std::string(name) +
             "', expected zeros, ones, random_normal, truncated_normal, random_uniform, glorot_uniform or "
             "glorot_normal");
  }
}

Initializer Initializer::constant(float value) { return {Kind::constant, static_cast<double>(value), 0}; }

Initializer Initializer::random_normal(double mean, double stddev) { return {Kind::normal, mean, stddev}; }

Initializer Initializer::truncated_normal(double mean, double stddev) {
  return {Kind::truncated_normal, mean, stddev};
}

Initializer Initializer::random_uniform(double minval, double maxval) {
  return {Kind::uniform, minval, maxval};
}

Initializer Initializer::seeded(std::uint64_t seed) const {
  Initializer result = *this;
  result.seed_ = seed;
  return result;
}

void Initializer::fill(const Shape& shape, std::span<float> out, std::uint64_t seed) const {
  const std::uint64_t stream = mix(seed_.value_or(seed));
  const double limit = std::sqrt(6 / fans(shape)), deviation = std::sqrt(2 / fans(shape)) / kCutDeviation;
  const auto between = [](double low, double high, double u) { return low + (high - low) * u; };
  const auto cut = [&](double u) { return normal_quantile(between(kBelowMinusTwo, 1 - kBelowMinusTwo, u)); };
  const auto value = [&](double u) {
    switch (kind_) {
      case Kind::constant:
        return a_;
      case Kind::uniform:
        return between(a_, b_, u);
      case Kind::normal:
        return a_ + b_ * normal_quantile(u);
      case Kind::truncated_normal:
        return a_ + b_ * cut(u);
      case Kind::glorot_uniform:
        return between(-limit, limit, u);
      case Kind::glorot_normal:
        return deviation * cut(u);
    }
    return a_;
  };
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(value(uniform(stream, i)));
}

std::uint64_t seed_for(std::uint64_t seed, std::string_view name) {
  std::uint64_t hash = mix(seed);
  for (const char c : name) hash = mix(hash ^ static_cast<unsigned char>(c));
  return hash;
}

}  // namespace sightline
