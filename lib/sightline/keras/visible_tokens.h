// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sightline/model/token_batch.h"
#include "sightline/tensor/tensor.h"

namespace sightline {
struct TextTowerConfig;
}  // namespace sightline

namespace sightline::keras {

/// Errors: range for an end below 0; unsupported for 2, which means "the largest id" in a config.json.
void check_end_id(const std::optional<std::int64_t>& eos_token_id);
/// Sets how the texts of a model end: with this id, or with their largest one.
void set_end(TextTowerConfig& config, const std::optional<std::int64_t>& eos_token_id);

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
