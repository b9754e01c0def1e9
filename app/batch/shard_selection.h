// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "batch/captions.h"
#include "batch/report.h"
#include "cli/console.h"
#include "cli/option.h"
#include "cli/options.h"
#include "sightline/embeddings/info_file.h"
#include "sightline/embeddings/shard.h"

namespace sightline::app {

/// `--shard K/N` of the commands that write embeddings.
void add_shard_option(CommandLine& line, std::optional<Shard>& shard);

/// With a shard, puts it into the names of the output and the report, unless they are stdout, a pipe or a
/// device.
void name_shard_outputs(const std::optional<Shard>& shard, OutputOptions& output, ItemOptions& items);

/// Keeps only the inputs of the shard. Returns what the info file states about it; nothing, and all inputs,
/// without a shard.
std::optional<ShardInfo> keep_shard(const std::optional<Shard>& shard, std::vector<std::string>& paths);
std::optional<ShardInfo> keep_shard(const std::optional<Shard>& shard, std::vector<Caption>& captions);

/// The same info, for an array of this shard.
EmbeddingsInfo with_shard(EmbeddingsInfo info, const std::optional<ShardInfo>& shard);

/// The exit status of a run: that of `finish_items`, except that a shard without a usable input is not an
/// error if the other shards may have some: 0 if it is empty, 3 if all of its inputs were skipped.
int finish_shard(const std::optional<ShardInfo>& shard, const Report& report, const ConsoleOptions& console,
                 std::string_view unit);

}  // namespace sightline::app
