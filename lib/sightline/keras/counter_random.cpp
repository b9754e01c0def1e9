// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/counter_random.h"

#include <array>
#include <atomic>
#include <cmath>

namespace sightline::keras {
namespace {

// Source: Steele, Lea and Flood 2014, splitmix64's finaliser over a counter.
std::uint64_t mix(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15ULL;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31);
}

// ln x from + - * / only, because libraries' logarithms differ between machines. x = m 2^e with m in [sqrt
// 1/2, sqrt 2); ln m = 2 artanh((m - 1) / (m + 1)).
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

// The normal distribution at -2: a truncated value is a quantile between those of -2 and 2.
constexpr double kBelowMinusTwo = 0.02275013194817921;

}  // namespace

CounterRandom::CounterRandom(std::uint64_t seed) : stream_(mix(seed)) {}

// The middle of one of 2^52 intervals.
double CounterRandom::uniform(std::uint64_t index) const {
  return (static_cast<double>(mix(stream_ + index * 0xD1B54A32D192ED03ULL) >> 12) + 0.5) * 0x1p-52;
}

double CounterRandom::uniform(std::uint64_t index, double low, double high) const {
  return low + (high - low) * uniform(index);
}

double CounterRandom::normal(std::uint64_t index, double mean, double deviation) const {
  return mean + deviation * normal_quantile(uniform(index));
}

double CounterRandom::truncated_normal(std::uint64_t index, double mean, double deviation) const {
  return mean + deviation * normal_quantile(uniform(index, kBelowMinusTwo, 1 - kBelowMinusTwo));
}

std::uint64_t derived_seed(std::uint64_t seed, std::string_view name) {
  std::uint64_t hash = mix(seed);
  for (const char c : name) hash = mix(hash ^ static_cast<unsigned char>(c));
  return hash;
}

std::uint64_t next_seed() {
  static std::atomic<std::uint64_t> drawn = 0;
  return derived_seed(drawn.fetch_add(1), "unseeded");
}

}  // namespace sightline::keras
