// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/text/text_cleaning.h"
#include "sightline/text/vocabulary.h"

namespace sightline {

/// Token strings indexed by id. A view.
class TokenNames {
 public:
  TokenNames() = default;
  /// Token i is the part of `text` from the end of token i - 1, or `begin`, to `ends[i]`.
  TokenNames(std::span<const std::uint32_t> ends, std::string_view text, std::uint32_t begin = 0)
      : ends_(ends), text_(text), begin_(begin) {}

  std::size_t size() const { return ends_.size(); }
  std::string_view operator[](std::size_t id) const {
    const std::uint32_t begin = id == 0 ? begin_ : ends_[id - 1];
    return text_.substr(begin, ends_[id] - begin);
  }
  /// The id, or -1. Linear in the number of tokens, so meant for a few special tokens; the last tokens are
  /// compared first.
  std::int32_t find(std::string_view token) const;

 private:
  std::span<const std::uint32_t> ends_;
  std::string_view text_;
  std::uint32_t begin_ = 0;
};

/// A token table: everything that encoding a text needs, in one block of bytes that is used in place: without
/// parsing and without memory of its own. The block is little-endian and must be aligned to
/// `kTokenTableAlignment`. docs/formats.md describes its layout.
struct TokenTable {
  /// Views the block.
  Vocabulary vocabulary;
  TextCleaning cleaning = TextCleaning::hf;
  /// Strings of the vocabulary's tokens, if the table has them.
  TokenNames names;
};

inline constexpr std::uint32_t kTokenTableVersion = 1;
inline constexpr std::size_t kTokenTableAlignment = 8;

/// Writes a table. `names` is empty or has one string per token; encoding does not need them.
/// The same input results in the same bytes everywhere. Errors: limit.
std::vector<std::byte> compile_token_table(const Vocabulary& vocabulary, TextCleaning cleaning,
                                           std::span<const std::string_view> names = {});

/// Checks every size, id and slot of a table from an untrusted source and returns views of it, which are
/// valid as long as the block. A checked table never causes an invalid access, whatever the text. `subject`
/// is the name of the table for messages. Errors: magic, unsupported (another version), truncated, corrupt,
/// limit, range.
TokenTable view_token_table(ByteView block, std::string_view subject);

/// The same for a table that is part of this program, without the checks.
TokenTable trust_token_table(ByteView block);

}  // namespace sightline
