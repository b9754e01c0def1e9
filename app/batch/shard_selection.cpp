// SPDX-License-Identifier: Apache-2.0
#include "batch/shard_selection.h"

#include <sys/stat.h>

#include <utility>

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

const std::string& label_of(const std::string& path) { return path; }
const std::string& label_of(const Caption& caption) { return caption.label; }

template <class Item>
std::optional<ShardInfo> keep(const std::optional<Shard>& shard, std::vector<Item>& items) {
  if (!shard) return std::nullopt;
  // Only labels count: a list of millions on a file server is not worth a stat of every file in every shard,
  // and copies of the files on several machines have different times.
  ListHash list;
  for (const Item& item : items) list.add(label_of(item));
  const std::int64_t inputs = std::ssize(items);
  const auto step = static_cast<std::size_t>(shard->count);
  std::size_t kept = 0;
  for (auto i = static_cast<std::size_t>(shard->index - 1); i < items.size(); i += step) {
    if (i != kept) items[kept] = std::move(items[i]);
    ++kept;
  }
  items.erase(items.begin() + static_cast<std::ptrdiff_t>(kept), items.end());
  return ShardInfo{*shard, list.hex(), inputs};
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

std::optional<ShardInfo> keep_shard(const std::optional<Shard>& shard, std::vector<std::string>& paths) {
  return keep(shard, paths);
}

std::optional<ShardInfo> keep_shard(const std::optional<Shard>& shard, std::vector<Caption>& captions) {
  return keep(shard, captions);
}

EmbeddingsInfo with_shard(EmbeddingsInfo info, const std::optional<ShardInfo>& shard) {
  info.shard = shard;
  return info;
}

int finish_shard(const std::optional<ShardInfo>& shard, const Report& report, const ConsoleOptions& console,
                 std::string_view unit) {
  if (!shard || shard->inputs == 0) return finish_items(report, console, unit);
  if (report.ok() + report.skipped() == 0) return kExitSuccess;
  const int status = finish_items(report, console, unit);
  return status == kExitNoUsableInput ? kExitSkipped : status;
}

}  // namespace sightline::app
