// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/visible_tokens.h"

#include <algorithm>
#include <span>
#include <string>

#include "sightline/base/error.h"
#include "sightline/keras/rows.h"
#include "sightline/model/tower_config.h"

namespace sightline::keras {
namespace {

constexpr std::int64_t kLegacyEos = 2;

// How many ids a row of a mask shows.
std::int64_t shown(std::span<const bool> mask, std::int64_t text) {
  const auto end = std::find(mask.begin(), mask.end(), false);
  if (std::find(end, mask.end(), true) != mask.end()) {
    fail(ErrorCode::unsupported, "padding_mask",
         "has a hole in row " + std::to_string(text) + ", expected ones, then zeros");
  }
  return end - mask.begin();
}

void check_ids(std::span<const std::int32_t> ids, std::int64_t text, const TextLimits& limits) {
  const std::string row = " in row " + std::to_string(text);
  if (ids.empty() || std::ssize(ids) > limits.context) {
    fail(ErrorCode::range, "token_ids",
         "has " + std::to_string(ids.size()) + " ids" + row + ", expected 1 to " +
             std::to_string(limits.context));
  }
  for (const std::int32_t id : ids) {
    if (id >= 0 && id < limits.vocabulary) continue;
    fail(ErrorCode::range, "token_ids",
         "has the id " + std::to_string(id) + row + ", the vocabulary has " +
             std::to_string(limits.vocabulary));
  }
}

}  // namespace

void check_end_id(const std::optional<std::int64_t>& eos_token_id) {
  if (!eos_token_id) return;
  if (*eos_token_id < 0)
    fail(ErrorCode::range, "eos_token_id", "is " + std::to_string(*eos_token_id) + ", expected 0 or more");
  if (*eos_token_id == kLegacyEos) {
    fail(ErrorCode::unsupported, "eos_token_id",
         "is 2, which stands for the largest id of a text; leave it out to ask for that");
  }
}

void set_end(TextTowerConfig& config, const std::optional<std::int64_t>& eos_token_id) {
  config.pooling = eos_token_id ? Pooling::first_eos : Pooling::largest_id;
  if (eos_token_id) config.eos_token_id = *eos_token_id;
}

TokenBatch visible_tokens(TensorView<const std::int32_t> ids, TensorView<const bool> mask,
                          const TextLimits& limits) {
  if (ids.shape().rank() != 2) {
    fail(ErrorCode::mismatch, limits.layer,
         "is given token_ids of shape " + to_string(ids.shape()) + ", expected [texts, ids]");
  }
  const bool masked = mask.data() != nullptr || mask.shape().rank() == 2;
  if (masked && mask.shape() != ids.shape()) {
    fail(ErrorCode::mismatch, limits.layer,
         "is given a padding_mask of shape " + to_string(mask.shape()) + " for token_ids of shape " +
             to_string(ids.shape()));
  }
  check_has_values(ids, limits.layer);
  if (masked) check_has_values(mask, limits.layer);
  TokenBatch texts;
  const std::int64_t length = ids.shape()[1];
  for (std::int64_t text = 0; text < ids.shape()[0]; ++text) {
    const auto row =
        ids.flat().subspan(static_cast<std::size_t>(text * length), static_cast<std::size_t>(length));
    const std::int64_t count =
        masked ? shown(mask.flat().subspan(static_cast<std::size_t>(text * length), row.size()), text)
               : length;
    const auto visible = row.first(static_cast<std::size_t>(count));
    check_ids(visible, text, limits);
    texts.add(visible);
  }
  return texts;
}

}  // namespace sightline::keras
