// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "sightline/containers/json.h"
#include "sightline/text/charsmap.h"

namespace sightline {

/// Maximum number of bytes that a step may make of a text. No tokenizer in use makes more than
/// fifteen bytes of one, and a text has at most 1 MiB.
inline constexpr std::size_t kMaxNormalizedBytes = std::size_t{16} << 20;

/// One step before a text is split: valid UTF-8 in, valid UTF-8 out. const = safe to share between threads.
class Normalizer {
 public:
  virtual ~Normalizer() = default;
  /// Errors: limit (the result exceeds `kMaxNormalizedBytes`).
  virtual std::string apply(std::string text) const = 0;
};

/// The `normalizer` of a `tokenizer.json`, with the results of Hugging Face's tokenizers 0.23.3; null is the
/// identity. Supported types: Sequence (of 64 steps at most), Lowercase, Replace, Precompiled,
/// BertNormalizer, Strip, StripAccents, NFC, NFD, NFKC, NFKD, Prepend. Errors: unsupported (another type,
/// named; a regular expression that `TextPattern` does not read), missing and type (members), limit (steps),
/// header and others of `Charsmap` (a malformed map).
std::unique_ptr<Normalizer> make_normalizer(const Json& spec);

/// Applies the steps in order.
std::unique_ptr<Normalizer> make_sequence(std::vector<std::unique_ptr<Normalizer>> steps);

/// Type Precompiled with a map that comes from another file: SentencePiece's map as tokenizers applies it. A
/// grapheme cluster of fewer than six bytes is replaced as a whole by the value of its shortest key, and the
/// characters of all other clusters one by one. Not SentencePiece's own rule.
std::unique_ptr<Normalizer> make_precompiled_normalizer(Charsmap map);

/// `normalizer_spec` of a SentencePiece model.
struct SentencePieceNormalizerSpec {
  std::string precompiled_charsmap;  ///< as in the file; empty for none
  bool add_dummy_prefix = true;
  bool remove_extra_whitespaces = true;
  bool escape_whitespaces = true;
  /// Pieces of type USER_DEFINED, which no rule may change.
  std::vector<std::string> user_defined;
};

/// SentencePiece's own rule (src/normalizer.cc; compared with 0.2.3): the longest key at each position is
/// replaced. Errors: as for `Charsmap`.
std::unique_ptr<Normalizer> make_sentencepiece_normalizer(SentencePieceNormalizerSpec spec);

/// `SiglipTokenizer.canonicalize_text` of transformers 5.24 and the replacement of U+2581 before it: lower
/// case with final sigma (if `lowercase`, the tokenizer's `do_lower_case`), no ASCII punctuation, white space
/// collapsed and stripped.
std::unique_ptr<Normalizer> make_siglip_canonicalizer(bool lowercase);

/// `canonicalize_text` of OpenCLIP (src/open_clip/tokenizer.py), without the cleaning that precedes it there:
/// '_' becomes a space, ASCII punctuation is deleted, then lower case with final sigma, white space collapsed
/// and stripped.
std::unique_ptr<Normalizer> make_openclip_canonicalizer();

}  // namespace sightline
