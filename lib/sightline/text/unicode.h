// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sightline {

/// Text as code points. Classes and forms are those of Unicode 16.0, lower case is that of 17.0, independent
/// of the system's libraries.
using CodePoints = std::u32string;

enum class CharacterClass { letter, number, space, other };

/// General category L, N, White_Space, or any other.
CharacterClass character_class(char32_t c);
bool is_white_space(char32_t c);
/// Python's str.isspace(): White_Space and the four separators U+001C to U+001F.
bool is_python_space(char32_t c);

/// Decodes UTF-8 to code points. Errors: utf8, with the byte position.
CodePoints decode_utf8(std::string_view text);
/// Decodes the character at `position` of valid UTF-8 and moves `position` behind it.
char32_t next_code_point(std::string_view text, std::size_t& position);
void append_utf8(std::string& out, char32_t c);
std::string encode_utf8(std::u32string_view text);

/// Lower case of one character without context, as Rust's char::to_lowercase: U+0130 becomes two characters.
void append_lower(CodePoints& out, char32_t c);

/// Python's str.lower(): as above, but a capital sigma at the end of a word becomes a final sigma.
CodePoints lower_with_final_sigma(const CodePoints& text);

}  // namespace sightline
