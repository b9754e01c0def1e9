// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "sightline/base/function_ref.h"
#include "sightline/embeddings/shard_set.h"
#include "sightline/files/file.h"

namespace sightline {

/// The files of the whole array; the caller commits them.
struct MergeOutputs {
  OutputFile& array;
  OutputFile& index;
  OutputFile& info;
  OutputFile* report = nullptr;  ///< null: reports are not merged
};

/// Writes the rows, index lines and report records of all shards in the order of the inputs: the bytes of a
/// run without shards. Rows are streamed, so that memory does not depend on their number. `report_path`: path
/// of the whole report; those of the shards are `shard_path`s of it. `advance` is called now and then with
/// the number of inputs since its last call; an exception from it ends the merge. Errors: those of
/// `MappedFile::open`; header for lines that are not those of an index or report; truncated for an incomplete
/// line; mismatch if the files of a shard disagree with each other, or the labels with the hash of the list;
/// corrupt if the rows or the index of a shard do not have the hash in the info file; those of OutputFile.
void merge_shards(const ShardSet& shards, const std::string& report_path, const MergeOutputs& outputs,
                  FunctionRef<void(std::int64_t inputs)> advance);

}  // namespace sightline
