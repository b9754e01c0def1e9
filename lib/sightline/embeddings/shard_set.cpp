// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/shard_set.h"

#include <optional>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/embeddings/stored_rows.h"

namespace sightline {
namespace {

struct OpenShard {
  NpyFile array;
  EmbeddingsInfo info;
};

std::string describe(const Shard& shard) {
  return "shard " + std::to_string(shard.index) + " of " + std::to_string(shard.count);
}

OpenShard open_shard(const std::string& path) {
  if (!file_exists(path)) fail(ErrorCode::missing, path, "does not exist");
  const std::string info_path = info_path_of(described_name(path));
  if (!file_exists(info_path))
    fail(ErrorCode::missing, info_path, "does not exist; it states which shard the array is");
  OpenShard opened{NpyFile::open(path), read_info(info_path)};
  check_info(opened.info, info_path, opened.array);
  if (!opened.info.shard)
    fail(ErrorCode::mismatch, path, "is not a shard: its info file has no member 'shard'");
  if (opened.info.dtype == "float64")
    fail(ErrorCode::unsupported, path, "contains float64, expected float32 or float16");
  return opened;
}

/// A fact that files of older versions do not state.
std::string words_of(std::optional<bool> fact, std::string_view yes, std::string_view no) {
  return std::string(!fact ? "not stated" : *fact ? yes : no);
}

/// What all shards of a run have in common. Names each of it for messages.
std::vector<std::pair<std::string_view, std::string>> common_facts(const EmbeddingsInfo& info) {
  return {{"number of shards", std::to_string(info.shard->shard.count)},
          {"model", info.model.fingerprint},
          {"model family", info.model.family},
          {"modality", std::string(modality_name(info.modality))},
          {"preprocessing", info.preprocess},
          {"normalisation", info.normalized ? "true" : "false"},
          {"dtype", info.dtype},
          {"precision", info.precision},
          {"version of the computation", info.computation ? std::to_string(*info.computation) : ""},
          {"treatment of failed inputs", words_of(info.drop_bad, "left out", "rows of zeros")},
          {"treatment of warnings", words_of(info.strict, "as errors", "accepted")},
          {"kind of index", words_of(info.full_index, "full", "plain")},
          {"width", std::to_string(info.width)},
          {"program version", info.program},
          {"division of the list", info.shard->archives ? "by archive" : "by input"},
          {"number of archives", std::to_string(info.shard->archives ? info.shard->archives->count : 0)},
          {"number of inputs", std::to_string(info.shard->inputs)},
          {"list of inputs", info.shard->list},
          {"list of labels", info.shard->labels}};
}

void check_same_run(const std::string& path, const EmbeddingsInfo& info, const std::string& first_path,
                    const EmbeddingsInfo& first) {
  const auto facts = common_facts(info), expected = common_facts(first);
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const auto& [name, value] = facts[i];
    if (value == expected[i].second) continue;
    constexpr std::size_t kMaxShown = 32;  // a hash; the settings of the preprocessing are longer
    const bool shown = value.size() <= kMaxShown && expected[i].second.size() <= kMaxShown;
    fail(ErrorCode::mismatch, path,
         "has another " + std::string(name) + " than " + first_path +
             (shown ? ": " + value + ", expected " + expected[i].second : ""));
  }
}

}  // namespace

ShardSet::ShardSet(const std::vector<std::string>& paths) {
  if (paths.empty()) fail(ErrorCode::missing, "shards", "no array was given");
  std::vector<std::optional<NpyFile>> opened;
  EmbeddingsInfo first;
  for (const std::string& path : paths) {
    OpenShard shard = open_shard(path);
    const Shard place = shard.info.shard->shard;
    if (opened.empty()) {
      opened.resize(static_cast<std::size_t>(place.count));
      hashes_.resize(opened.size());
      shards_.resize(opened.size());
      first = shard.info;
    }
    check_same_run(path, shard.info, paths.front(), first);
    const auto at = static_cast<std::size_t>(place.index - 1);
    if (opened[at])
      fail(ErrorCode::duplicate, path, "is " + describe(place) + ", and so is " + opened[at]->path());
    hashes_[at] = {shard.info.xxh3, shard.info.index_xxh3};
    shards_[at] = *shard.info.shard;
    if (place.index == 1) info_ = std::move(shard.info);
    opened[at] = std::move(shard.array);
  }
  for (std::size_t i = 0; i < opened.size(); ++i) {
    if (!opened[i]) {
      const Shard place{static_cast<std::int64_t>(i) + 1, std::ssize(opened)};
      fail(ErrorCode::missing, describe(place), "is not among the arrays");
    }
    arrays_.push_back(std::move(*opened[i]));
  }
}

EmbeddingsInfo ShardSet::whole_info() const {
  EmbeddingsInfo whole = info_;
  whole.xxh3.clear();
  whole.index_xxh3.clear();
  whole.shard.reset();
  whole.rows = 0;
  for (const NpyFile& array : arrays_) whole.rows += array.rows();
  return whole;
}

}  // namespace sightline
