// SPDX-License-Identifier: Apache-2.0
#include "score/low_scores.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "cli/console.h"

namespace sightline::app {
namespace {

constexpr int kDecimals = 4;
constexpr int kMaxDecimals = 9;
constexpr float kNoCosine = std::numeric_limits<float>::quiet_NaN();

/// The larger value, ignoring NaN.
float better(float a, float b) { return std::isnan(a) || b > a ? b : a; }

/// With `decimals` digits after the decimal point; if negative, the shortest form that reads back as the same
/// float.
std::string number(float value, int decimals) {
  std::array<char, 64> text;
  char* end = text.data() + text.size();
  const auto result = decimals < 0
                          ? std::to_chars(text.data(), end, value)
                          : std::to_chars(text.data(), end, value, std::chars_format::fixed, decimals);
  return {text.data(), result.ptr};
}

/// Rounding must not raise the number to the limit. The shortest form never does, because it reads back as a
/// smaller float.
std::string number_below(float value, const CosineLimit& limit) {
  if (!std::isfinite(value)) return "-";
  const double bound = std::strtod(limit.text.c_str(), nullptr);
  for (int decimals = kDecimals; decimals <= kMaxDecimals; ++decimals) {
    std::string text = number(value, decimals);
    if (std::strtod(text.c_str(), nullptr) < bound) return text;
  }
  return number(value, -1);
}

}  // namespace

std::optional<CosineLimit> parse_cosine(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  const bool whole = !text.empty() && end == text.c_str() + text.size();
  if (!whole || !(value >= -1 && value <= 1)) return std::nullopt;
  return CosineLimit{std::strtof(text.c_str(), nullptr), text};
}

std::optional<float> LowScores::add(std::int64_t image, std::int64_t first, std::span<const float> cosines) {
  if (!limit_ || cosines.empty()) return std::nullopt;
  if (!by_query_) {
    float best = kNoCosine;
    for (const float cosine : cosines) best = better(best, cosine);
    if (!is_low(best)) return std::nullopt;
    any_ = true;
    if (!keep_) return best;
    images_.push_back({image, best});
    return std::nullopt;
  }
  const std::size_t begin = static_cast<std::size_t>(first);
  best_.resize(std::max(best_.size(), begin + cosines.size()), kNoCosine);
  for (std::size_t i = 0; i < cosines.size(); ++i) best_[begin + i] = better(best_[begin + i], cosines[i]);
  return std::nullopt;
}

std::vector<LowScores::Entry> LowScores::entries() const {
  if (!by_query_) return images_;
  std::vector<Entry> low;
  for (std::size_t i = 0; i < best_.size(); ++i) {
    if (is_low(best_[i])) low.push_back({static_cast<std::int64_t>(i), best_[i]});
  }
  return low;
}

bool LowScores::report(FunctionRef<std::string(std::int64_t index)> subject) const {
  const std::vector<Entry> low = entries();
  for (const Entry& entry : low) {
    write_stderr("sightline: " + low_score_line(subject(entry.index), entry.best, *limit_) + "\n");
  }
  return any_ || !low.empty();
}

std::string low_score_line(std::string_view subject, float best, const CosineLimit& limit) {
  std::string line(subject);
  return line.append(": best cosine ")
      .append(number_below(best, limit))
      .append(" is below ")
      .append(limit.text);
}

}  // namespace sightline::app
