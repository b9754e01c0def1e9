// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/text/pipeline_tokenizer.h"
#include "sightline/text/sentencepiece_tables.h"
#include "sightline/text/tokenizer_settings.h"

namespace sightline {

/// The contents of the files of a tokenizer; empty = missing.
struct TokenizerFolder {
  std::string_view tokenizer_json;
  ByteView sentencepiece;  ///< the file that `sentencepiece_file` names
  std::string_view vocab_txt;
  TokenizerSettingsTexts settings;
};

/// Builds the tokenizer that transformers 5.24 builds for this class (`choose_tokenizer_class`): from
/// `tokenizer.json` if there is one, else from the class's other file; SiglipTokenizer reads `spiece.model`
/// alone. Errors: missing (no file that the class reads), mismatch (a vocabulary of another kind than the
/// class has), unsupported (a step or setting, named; CLIPTokenizer), and those of the readers.
std::unique_ptr<Tokenizer> make_pipeline_tokenizer(const TokenizerFolder& folder,
                                                   TokenizerClass tokenizer_class);

/// The table (pipeline_table.h) from which `pipeline_tokenizer_from_table` makes an equal tokenizer. Errors:
/// those of `make_pipeline_tokenizer`.
std::vector<std::byte> compile_pipeline_tokenizer(const TokenizerFolder& folder,
                                                  TokenizerClass tokenizer_class);

/// Uses a table from an untrusted source in place; `owner` keeps its bytes alive. `subject` is its name for
/// messages. Errors: those of `view_pipeline_table` and, for its documents, of `make_pipeline_tokenizer`.
std::unique_ptr<Tokenizer> pipeline_tokenizer_from_table(ByteView table, std::shared_ptr<const void> owner,
                                                         std::string_view subject);

}  // namespace sightline
