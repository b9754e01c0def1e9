// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/embedding.h"

#include <algorithm>
#include <string>

#include "sightline/base/error.h"
#include "sightline/nn/shape_checks.h"

namespace sightline {

Embedding::Embedding(const WeightScope& scope, std::int64_t rows, std::int64_t width)
    : table_(scope.require("weight", Shape{rows, width})) {}

void Embedding::check(std::int64_t index, std::size_t size) const {
  if (index < 0 || index >= table_.shape[0]) {
    fail(ErrorCode::range, "token id",
         "is " + std::to_string(index) + ", but the embedding has " + std::to_string(table_.shape[0]) +
             " rows");
  }
  check_rows("embedding", "an output", Shape{1, static_cast<std::int64_t>(size)}, 1, table_.shape[1]);
}

// Values from `begin` on of a row.
void Embedding::read(std::int64_t index, std::size_t begin, std::span<float> out) const {
  const StoredPanels* panels = table_.panels();
  if (panels != nullptr && panels->layout.element() == DType::i8) {
    for (std::size_t k = 0; k < out.size(); ++k) {
      out[k] = dequantized(panels->layout, panels->bytes, panels->scales, index,
                           static_cast<std::int64_t>(begin + k));
    }
    return;
  }
  const auto size = static_cast<std::size_t>(size_of(table_.dtype)),
             row = static_cast<std::size_t>(index * table_.shape[1]);
  to_float({table_.dtype, Shape{static_cast<std::int64_t>(out.size())},
            table_.bytes().subspan((row + begin) * size, out.size() * size)},
           out);
}

void Embedding::lookup(std::int64_t index, std::span<float> out) const {
  check(index, out.size());
  read(index, 0, out);
}

void Embedding::add(std::int64_t index, std::span<float> out) const {
  check(index, out.size());
  constexpr std::size_t kBlock = 64;  // convert in blocks on the stack to avoid an allocation
  float block[kBlock];
  for (std::size_t i = 0; i < out.size(); i += kBlock) {
    const std::size_t count = std::min(kBlock, out.size() - i);
    read(index, i, {block, count});
    for (std::size_t k = 0; k < count; ++k) out[i + k] += block[k];
  }
}

}  // namespace sightline
