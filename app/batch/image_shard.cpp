// SPDX-License-Identifier: Apache-2.0
#include "batch/image_shard.h"

#include <algorithm>
#include <utility>

#include "batch/shard_selection.h"
#include "sightline/embeddings/list_hash.h"
#include "sightline/files/file.h"

namespace sightline::app {
namespace {

/// Archives have been opened already, so their sizes are cheap; they show most archives that are not copies.
void hash_archive(ListHash& list, const std::string& path) {
  const std::optional<FileStamp> stamp = stamp_of(path);
  list.add(path, stamp ? stamp->size : 0, 0);
}

}  // namespace

ImageShard::ImageShard(const std::optional<Shard>& shard, ImagePaths& inputs) {
  if (!shard) return;
  const auto is_archive = [&](const std::string& path) { return inputs.archives.contains(path); };
  ListHash list;
  // Of files only the labels count: a list of millions on a file server is not worth a stat of every file in
  // every shard, and copies of the files on several machines have different times.
  for (const std::string& path : inputs.paths) is_archive(path) ? hash_archive(list, path) : list.add(path);
  info_ = {.shard = *shard, .list = list.hex()};
  const std::int64_t count = std::ssize(inputs.paths);
  if (inputs.archives.empty()) {
    division_ = Division::by_input;
    info_.inputs = count;
    info_.labels = info_.list;
    is_counted_ = true;
  } else if (count >= shard->count && std::ranges::all_of(inputs.paths, is_archive)) {
    division_ = Division::by_archive;
    info_.archives = ShardArchives{count, {}};
  } else {
    division_ = Division::by_member;
  }
  if (division_ != Division::by_member) keep_every_nth(*shard, inputs.paths);
  if (shard->index > 1) inputs.unsupported.clear();  // the first shard reports those of folders
}

std::unique_ptr<ImageSource> ImageShard::select(std::unique_ptr<ImageSource> source) {
  if (division_ != Division::by_member) return source;
  auto selected = std::make_unique<ShardSource>(std::move(source), info_.shard);
  source_ = selected.get();
  return selected;
}

void ImageShard::finish() {
  if (division_ == Division::by_archive) info_.archives->inputs = archive_inputs_;
  if (division_ == Division::by_member && source_->inputs()) {
    info_.inputs = *source_->inputs();
    info_.labels = source_->labels();
    is_counted_ = true;
  }
}

EmbeddingsInfo ImageShard::describe(EmbeddingsInfo info) const {
  if (division_ != Division::none) info.shard = info_;
  return info;
}

bool ImageShard::may_be_empty() const {
  if (division_ == Division::none) return false;
  return !is_counted_ || info_.inputs > 0;
}

bool ImageShard::reports_archives() const {
  return division_ != Division::by_member || info_.shard.index == 1;
}

}  // namespace sightline::app
