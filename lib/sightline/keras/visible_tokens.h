// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sightline/model/token_batch.h"
#include "sightline/tensor/tensor.h"

namespace sightline::keras {

/// The engine's `TextTowerConfig::eos_token_id` of a model whose texts end at their largest id.
inline constexpr std::int64_t kLargestIdIsTheEnd = 2;

/// Errors: range for an end below 0; unsupported for 2, which the engine takes for "the largest
/// id", as older configurations of CLIP write it.
void check_end_id(const std::optional<std::int64_t>& eos_token_id);

/// What limits the texts of a model.
struct TextLimits {
  std::int64_t vocabulary;
  std::int64_t context;
  std::string_view layer;  ///< the subject of errors
};

/// The ids of each row of `ids` [B, L] that `mask` [B, L] shows: ones, then zeros. An empty mask (no data)
/// shows all of them. Ids that are hidden are not read. Errors: mismatch for other shapes; unsupported for a
/// mask with a hole; range for an id outside the vocabulary, and for a row without ids or longer than the
/// context.
TokenBatch visible_tokens(TensorView<const std::int32_t> ids, TensorView<const bool> mask,
                          const TextLimits& limits);

}  // namespace sightline::keras
