// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sightline {

/// Whether `c` is part of a word for an added token with `single_word`: alphabetic, a mark, a decimal digit,
/// a connector or a join control.
bool is_word_character(char32_t c);

}  // namespace sightline
