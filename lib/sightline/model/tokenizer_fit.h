// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sightline/model/config.h"
#include "sightline/text/tokenizer.h"

namespace sightline {

/// Adapts a tokenizer to a token embedding of `rows` rows. Returns it unchanged if all its ids have a row,
/// else wrapped so that encoding a text to an id without a row is an error (mismatch). `folder` and `file`
/// name the source of the ids for messages. Errors: mismatch if the start or end token has no row.
std::unique_ptr<Tokenizer> fit_to_rows(std::unique_ptr<Tokenizer> tokenizer, std::int64_t rows,
                                       const std::string& folder, const std::string& file);

/// For a text tower in which padding takes part: every text is filled up to the context with the pad token of
/// the tokenizer, on its side (in OpenCLIP at the end), or with `pad_id` of the config if the tokenizer has
/// none. Where the config says so, the end token becomes padding, too. Errors: mismatch if the pad token has
/// no row.
std::unique_ptr<Tokenizer> with_padding(std::unique_ptr<Tokenizer> tokenizer, const ModelConfig& config,
                                        std::string_view file);

/// Checks that texts end with the id at which the text tower pools. A tower that pools at the largest id
/// needs one that is not that of the start token. Errors: mismatch, with both ids.
void check_end(const Tokenizer& tokenizer, const TextTowerConfig& config, std::string_view file);

}  // namespace sightline
