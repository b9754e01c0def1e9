// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/resampler.h"

#include <algorithm>
#include <cstring>

namespace sightline {

namespace {

std::int32_t round_up(std::int32_t value, std::int32_t to) { return (value + to - 1) / to * to; }

}  // namespace

Resampler::Resampler(ResamplePlan plan, SimdLevel level)
    : plan_(std::move(plan)),
      level_(level),
      first_row_(plan_.rows.begin()),
      end_row_(plan_.rows.end()),
      first_column_(plan_.columns.begin()),
      end_column_(std::max(plan_.columns.end(), first_column_)),
      row_weights_(plan_.rows) {
  const auto channels = static_cast<std::size_t>(plan_.channels);
  const auto padded = [&](std::int32_t pixels) {
    return static_cast<std::size_t>(pixels) * channels + kRowPadding;
  };
  const std::int32_t out_columns = plan_.columns.size();
  upwards_ = plan_.rows.size() > 1 && plan_.rows.first.front() > plan_.rows.first.back();
  ring_rows_ = round_up(plan_.rows.taps, kBatch) + kBatch;
  ring_stride_ = padded(plan_.rows_first ? end_column_ - first_column_ : out_columns);
  ring_.resize(static_cast<std::size_t>(ring_rows_) * ring_stride_);
  sources_.resize(static_cast<std::size_t>(plan_.rows.taps));
  out_stride_ = padded(out_columns);
  out_.resize(static_cast<std::size_t>(plan_.rows.size()) * out_stride_);
  if (plan_.rows_first) {
    pending_rows_.resize(kBatch * ring_stride_);
    for (std::size_t i = 0; i < plan_.columns.first.size(); ++i) {
      plan_.columns.first[i] = std::max(plan_.columns.first[i] - first_column_, 0);
    }
  }
  if (level_ == SimdLevel::avx512) {
    byte_weights_ = ByteWeights(plan_.columns);
    byte_columns_.resize(byte_weights_.fit() ? byte_weights_.column_count(plan_.channels) : 0);
  }
  if (level_ == SimdLevel::avx2 || (level_ == SimdLevel::avx512 && !byte_weights_.fit())) {
    pair_weights_ = PairWeights(plan_.columns);
    pair_columns_.resize(pair_weights_.column_count(plan_.channels));
  }
}

HorizontalPass Resampler::horizontal_pass() {
  return {plan_.columns, byte_weights_,        byte_columns_.data(),
          pair_weights_, pair_columns_.data(), plan_.channels};
}

void Resampler::push(const std::uint8_t* rows, std::size_t stride, int count) {
  const std::int32_t begin = std::max(pushed_, first_row_);
  const std::int32_t end = std::min(pushed_ + count, end_row_);
  if (begin < end) {
    const std::uint8_t* from = rows + static_cast<std::size_t>(begin - pushed_) * stride;
    // Batches start at multiples of kBatch and the ring holds a multiple of it, so a batch never wraps
    // around.
    std::uint8_t* slot = ring_.data() + static_cast<std::size_t>(begin % ring_rows_) * ring_stride_;
    if (plan_.rows_first) {
      const auto channels = static_cast<std::size_t>(plan_.channels);
      for (std::int32_t y = begin; y < end; ++y, from += stride, slot += ring_stride_) {
        std::memcpy(slot, from + static_cast<std::size_t>(first_column_) * channels,
                    static_cast<std::size_t>(end_column_ - first_column_) * channels);
      }
    } else {
      run_horizontal(horizontal_pass(), level_, from, static_cast<std::ptrdiff_t>(stride), slot,
                     static_cast<std::ptrdiff_t>(ring_stride_), end - begin);
    }
  }
  pushed_ += count;
  emit();
}

void Resampler::emit() {
  const std::int32_t outputs = plan_.rows.size();
  while (completed_ < outputs) {
    const std::int32_t i = upwards_ ? outputs - 1 - completed_ : completed_;
    const auto at = static_cast<std::size_t>(i);
    if (plan_.rows.first[at] + plan_.rows.count[at] > pushed_) {
      return;
    }
    emit_row(i);
    ++completed_;
    if (plan_.rows_first && (++pending_ == kBatch || completed_ == outputs)) {
      flush();
    }
  }
}

void Resampler::emit_row(std::int32_t i) {
  const auto at = static_cast<std::size_t>(i);
  const auto count = static_cast<std::size_t>(plan_.rows.count[at]);
  for (std::size_t k = 0; k < count; ++k) {
    const std::int32_t y = plan_.rows.first[at] + static_cast<std::int32_t>(k);
    sources_[k] = ring_.data() + static_cast<std::size_t>(y % ring_rows_) * ring_stride_;
  }
  const std::size_t first_group = row_weights_.begin[at];
  const VerticalRow row = {
      std::span(sources_).first(count), plan_.rows.weight(i),
      std::span(row_weights_.groups).subspan(first_group, row_weights_.begin[at + 1] - first_group)};
  std::uint8_t* to = plan_.rows_first
                         ? pending_rows_.data() + static_cast<std::size_t>(pending_) * ring_stride_
                         : writable_output(i);
  run_vertical(row, level_, to, ring_stride_ - kRowPadding);
}

void Resampler::flush() {
  const std::int32_t last = upwards_ ? plan_.rows.size() - completed_ : completed_ - 1;
  const std::int32_t first = upwards_ ? last + pending_ - 1 : last - pending_ + 1;
  const auto stride = static_cast<std::ptrdiff_t>(out_stride_);
  run_horizontal(horizontal_pass(), level_, pending_rows_.data(), static_cast<std::ptrdiff_t>(ring_stride_),
                 writable_output(first), upwards_ ? -stride : stride, pending_);
  pending_ = 0;
}

}  // namespace sightline
