// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

/// Keeps only the items of the shard.
template <class Item>
void keep_every_nth(const Shard& shard, std::vector<Item>& items) {
  const auto step = static_cast<std::size_t>(shard.count);
  std::size_t kept = 0;
  for (auto i = static_cast<std::size_t>(shard.index - 1); i < items.size(); i += step) {
    if (i != kept) items[kept] = std::move(items[i]);
    ++kept;
  }
  items.erase(items.begin() + static_cast<std::ptrdiff_t>(kept), items.end());
}

/// Keeps only the texts of the shard (for images, see `ImageShard`). Returns what the info file states about
/// it; nothing, and all texts, without a shard.
std::optional<ShardInfo> keep_shard(const std::optional<Shard>& shard, std::vector<Caption>& captions);

/// The same info, for an array of this shard.
EmbeddingsInfo with_shard(EmbeddingsInfo info, const std::optional<ShardInfo>& shard);

/// The exit status of a run: that of `finish_items`, except that a shard without a usable input is not an
/// error if it `may_be_empty`, because the other shards may have some: 0 if it is empty, 3 if all of its
/// inputs were skipped.
int finish_shard(bool may_be_empty, const Report& report, const ConsoleOptions& console,
                 std::string_view unit);

}  // namespace sightline::app
