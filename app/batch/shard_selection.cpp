// SPDX-License-Identifier: Apache-2.0
#include "batch/shard_selection.h"

#include <sys/stat.h>

#include "batch/item_report.h"
#include "sightline/embeddings/list_hash.h"

namespace sightline::app {
namespace {

OptionValue shard_value(std::optional<Shard>& target) {
  OptionValue value;
  value.parse = [&target](const std::string& text) -> std::string {
    target = parse_shard(text);
    if (target) return "";
    return "is '" + text + "', expected K/N with 1 <= K <= N <= " + std::to_string(kMaxShards);
  };
  return value;
}

/// Whether rows go to stdout, a pipe or a device, whose name cannot be changed.
bool is_direct(const std::string& path) {
  struct stat status = {};
  return is_stdout(path) || (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode));
}

void add_shard(std::string& path, const Shard& shard) {
  if (!path.empty() && !is_direct(path)) path = shard_path(path, shard);
}

}  // namespace

void add_shard_option(CommandLine& line, std::optional<Shard>& shard) {
  line.add({.names = {"--shard"},
            .value_name = "K/N",
            .help = "embed every Nth input only, beginning with the Kth; write OUT-K-of-N.npy",
            .value = shard_value(shard)});
}

void name_shard_outputs(const std::optional<Shard>& shard, OutputOptions& output, ItemOptions& items) {
  if (!shard) return;
  add_shard(output.path, *shard);
  add_shard(items.report, *shard);
}

std::optional<ShardInfo> keep_shard(const std::optional<Shard>& shard, std::vector<Caption>& captions) {
  if (!shard) return std::nullopt;
  ListHash list;
  for (const Caption& caption : captions) list.add(caption.label);
  const std::int64_t inputs = std::ssize(captions);
  keep_every_nth(*shard, captions);
  return ShardInfo{.shard = *shard, .list = list.hex(), .inputs = inputs, .labels = list.hex()};
}

EmbeddingsInfo with_shard(EmbeddingsInfo info, const std::optional<ShardInfo>& shard) {
  info.shard = shard;
  return info;
}

int finish_shard(bool may_be_empty, const Report& report, const ConsoleOptions& console,
                 std::string_view unit) {
  if (!may_be_empty) return finish_items(report, console, unit);
  if (report.ok() + report.skipped() == 0) return kExitSuccess;
  const int status = finish_items(report, console, unit);
  return status == kExitNoUsableInput ? kExitSkipped : status;
}

}  // namespace sightline::app
