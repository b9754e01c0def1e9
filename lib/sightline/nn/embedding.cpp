// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/embedding.h"

#include <algorithm>
#include <string>

#include "sightline/base/error.h"
#include "sightline/nn/shape_checks.h"

namespace sightline {

Embedding::Embedding(const WeightScope& scope, std::int64_t rows, std::int64_t width)
    : table_(scope.require("weight", Shape{rows, width})) {}

StoredTensor Embedding::row(std::int64_t index) const {
  if (index < 0 || index >= table_.shape[0]) {
    fail(ErrorCode::range, "token id",
         "is " + std::to_string(index) + ", but the embedding has " + std::to_string(table_.shape[0]) +
             " rows");
  }
  const auto bytes = static_cast<std::size_t>(table_.shape[1] * size_of(table_.dtype));
  return {table_.dtype, Shape{table_.shape[1]},
          table_.bytes().subspan(static_cast<std::size_t>(index) * bytes, bytes)};
}

void Embedding::check_width(std::size_t size) const {
  check_rows("embedding", "an output", Shape{1, static_cast<std::int64_t>(size)}, 1, table_.shape[1]);
}

void Embedding::lookup(std::int64_t index, std::span<float> out) const {
  check_width(out.size());
  to_float(row(index), out);
}

void Embedding::add(std::int64_t index, std::span<float> out) const {
  check_width(out.size());
  constexpr std::size_t kBlock = 64;  // convert in blocks on the stack to avoid an allocation
  const StoredTensor stored = row(index);
  const auto size = static_cast<std::size_t>(size_of(stored.dtype));
  float block[kBlock];
  for (std::size_t i = 0; i < out.size(); i += kBlock) {
    const std::size_t count = std::min(kBlock, out.size() - i);
    to_float({stored.dtype, Shape{static_cast<std::int64_t>(count)},
              stored.bytes().subspan(i * size, count * size)},
             {block, count});
    for (std::size_t k = 0; k < count; ++k) out[i + k] += block[k];
  }
}

}  // namespace sightline
