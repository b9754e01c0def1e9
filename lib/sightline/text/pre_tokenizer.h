// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sightline/containers/json.h"

namespace sightline {

/// A part of a normalised text.
struct Piece {
  std::string text;
  /// Whether it begins where the text begins. False for the first piece if, for example, an added token or
  /// removed white space precedes it.
  bool at_start = false;
};

/// One step that divides the pieces of a text further. const = safe to share between threads.
class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  /// Replaces each piece by its parts, in order. No part is empty. Errors: limit (as for `Normalizer`).
  virtual void split(std::vector<Piece>& pieces) const = 0;
};

/// The `pre_tokenizer` of a `tokenizer.json`, with the results of Hugging Face's tokenizers 0.23.3; null
/// keeps the pieces. Supported types: Sequence (of 64 steps at most), WhitespaceSplit, Metaspace, Split,
/// BertPreTokenizer, ByteLevel. Errors: unsupported (another type, named; a regular expression that
/// `TextPattern` does not read), missing and type (members), header, limit (steps).
std::unique_ptr<PreTokenizer> make_pre_tokenizer(const Json& spec);

}  // namespace sightline
