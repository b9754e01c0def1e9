// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/text/model_tables.h"
#include "sightline/text/tokenizer_folder.h"
#include "sightline/text/unigram.h"

namespace sightline {

/// A tokenizer other than CLIP's as one block of bytes: the files that define it without their vocabularies,
/// and the vocabulary in the form in which it is used in place. The block is little-endian and must be
/// aligned to `kTokenTableAlignment`. docs/formats.md describes its layout.
struct PipelineTable {
  TokenizerClass tokenizer_class = TokenizerClass::generic;
  TokenizerFolder folder;  ///< views; empty vocabularies
  ModelTables tables;
  UnigramSettings native;  ///< for SiglipTokenizer
};

inline constexpr std::uint32_t kPipelineTableVersion = 1;

/// Whether a block starts as such a table does.
bool is_pipeline_table(ByteView block);

/// Writes a table. The same input results in the same bytes everywhere.
std::vector<std::byte> compile_pipeline_table(const PipelineTable& table);

/// Checks the sizes, ids and slots of a table from an untrusted source, so that no text causes an invalid
/// access, and returns views of it, which `owner` keeps alive. The documents are checked when they are read.
/// `subject` is the name of the table for messages. Errors: magic, unsupported (another version), truncated,
/// corrupt, limit.
PipelineTable view_pipeline_table(ByteView block, std::shared_ptr<const void> owner,
                                  std::string_view subject);

}  // namespace sightline
