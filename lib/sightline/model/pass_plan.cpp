// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/pass_plan.h"

#include <algorithm>
#include <limits>

namespace sightline {
namespace {

constexpr std::int64_t kRowsPerPass = 400;  // enough to keep the kernels busy; bounds the scratch memory

std::int64_t divide_rounding_up(std::int64_t count, std::int64_t size) { return (count + size - 1) / size; }

// Texts of equal length that share no rows; a duplicate counts like any other text.
std::vector<std::span<const TextIds>> divide_separate_texts(std::span<const TextIds> sorted,
                                                            const PassPlan& plan) {
  std::int64_t size = std::min(plan.texts, std::max<std::int64_t>(plan.tokens / plan.text_rows, 1));
  if (plan.even && !sorted.empty())
    size = divide_rounding_up(std::ssize(sorted), divide_rounding_up(std::ssize(sorted), size));
  std::vector<std::span<const TextIds>> passes;
  for (; !sorted.empty(); sorted = sorted.subspan(passes.back().size()))
    passes.push_back(sorted.first(static_cast<std::size_t>(std::min(size, std::ssize(sorted)))));
  return passes;
}

// Texts of different lengths that share no rows; a duplicate counts like any other text.
std::int64_t count_ids(std::span<const TextIds> texts) {
  std::int64_t count = 0;
  for (const TextIds& text : texts) count += std::ssize(text.ids);
  return count;
}
std::int64_t count_fitting_ids(std::span<const TextIds> texts, std::int64_t max_rows) {
  std::int64_t rows = 0;
  const auto end = std::ranges::find_if(
      texts, [&](const TextIds& text) { return (rows += std::ssize(text.ids)) > max_rows; });
  return std::max<std::int64_t>(end - texts.begin(), 1);
}

}  // namespace

PassPlan plan_passes(const ModelConfig& config, std::int64_t batch_size) {
  constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max();
  const bool shared = config.text.shares_prefixes();
  const std::int64_t text_rows = config.text.fixed_rows();
  if (batch_size > 0) return {batch_size, batch_size, kUnlimited, shared, text_rows, false};
  const std::int64_t images = std::max<std::int64_t>(kRowsPerPass / config.vision.most_tokens(), 1);
  return {images, kUnlimited, kRowsPerPass, shared, text_rows, true};
}

std::int64_t images_per_pass(const PassPlan& plan, std::int64_t count) {
  if (!plan.even || count <= 0) return plan.images;
  return divide_rounding_up(count, divide_rounding_up(count, plan.images));
}

std::vector<std::span<const TextIds>> divide_texts(std::span<const TextIds> sorted, const PassPlan& plan) {
  if (plan.text_rows > 0) return divide_separate_texts(sorted, plan);
  std::int64_t rows = plan.tokens;
  if (plan.even && !sorted.empty()) {
    // A pass repeats the prefix that it shares with the one before it, so it gets room for one more text.
    const std::int64_t all = plan.shared_prefixes ? count_prefixes(sorted) : count_ids(sorted);
    const std::int64_t passes = divide_rounding_up(all, plan.tokens);
    const auto longest =
        std::ranges::max_element(sorted, {}, [](const TextIds& text) { return text.ids.size(); });
    if (passes > 1) rows = divide_rounding_up(all, passes) + std::ssize(longest->ids);
  }
  std::vector<std::span<const TextIds>> passes;
  while (!sorted.empty()) {
    const std::int64_t texts = std::min(plan.texts, std::ssize(sorted));
    const auto most = sorted.first(static_cast<std::size_t>(texts));
    const std::int64_t count =
        plan.shared_prefixes ? count_fitting(most, rows) : count_fitting_ids(most, rows);
    passes.push_back(sorted.first(static_cast<std::size_t>(count)));
    sorted = sorted.subspan(static_cast<std::size_t>(count));
  }
  return passes;
}

}  // namespace sightline
