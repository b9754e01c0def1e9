// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sightline/model/config.h"
#include "sightline/text/tokenizer.h"

namespace sightline {

/// A tokenizer for a token embedding of `rows` rows: the same where all its ids have one, else one that
/// refuses a text with an id that has none (mismatch). `file` of `folder` is where the ids come from, for
/// messages. Errors: mismatch when the start or the end has no row.
std::unique_ptr<Tokenizer> fit_to_rows(std::unique_ptr<Tokenizer> tokenizer, std::int64_t rows,
                                       const std::string& folder, const std::string& file);

/// That texts end with the id at which the text tower pools. Where `eos_token_id` is 2 it pools at the
/// largest id, which must not be the start of every text. Errors: mismatch, with both numbers.
void check_end(const Tokenizer& tokenizer, const CLIPTextConfig& config, std::string_view file);

}  // namespace sightline
