// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/shards.h"

#include <algorithm>
#include <map>

#include "sightline/base/error.h"
#include "sightline/containers/json.h"
#include "sightline/files/file.h"
#include "sightline/files/placeholder.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxIndexBytes = 64LL << 20;
constexpr std::size_t kMaxShards = 1000;

// Tensor -> shard, from the index.
using WeightMap = std::map<std::string, std::string, std::less<>>;

void check_shard_name(const Json& value) {
  const std::string_view name = value.as_string();
  const bool plain = !name.empty() && name != "." && name != ".." &&
                     name.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
  if (!plain) {
    fail(ErrorCode::unsafe, value.path(),
         "is '" + std::string(name) + "', expected a file name without a folder");
  }
}

// Reports a shard that is not a weight file at all.
void check_shard(const std::string& path) {
  const std::shared_ptr<const MappedFile> file = MappedFile::open(path);
  check_not_placeholder(file->bytes().first(std::min<std::size_t>(file->bytes().size(), 512)), path);
}

WeightMap read_weight_map(const std::string& index_path) {
  const std::vector<std::byte> bytes = read_model_file(index_path, kMaxIndexBytes);
  const JsonDocument document(as_text(bytes), index_path, {.max_bytes = kMaxIndexBytes});
  WeightMap map;
  document.root().at("weight_map").for_each_member([&](std::string_view tensor, const Json& shard) {
    check_shard_name(shard);
    map.emplace(tensor, shard.as_string());
  });
  if (map.empty()) fail(ErrorCode::missing, index_path, "lists no tensors");
  return map;
}

// Reports tensors that no shard contains, or another one than the index states.
void check_places(const WeightMap& map, const std::map<std::string, Weights>& shards,
                  const std::string& folder) {
  for (const auto& [tensor, shard] : map) {
    if (!shards.at(shard).contains(tensor)) {
      fail(ErrorCode::missing, tensor,
           "is not in " + join_path(folder, shard) + ", where the index places it");
    }
  }
  for (const auto& [shard, weights] : shards) {
    for (const std::string& tensor : weights.names()) {
      const auto at = map.find(tensor);
      if (at == map.end()) {
        fail(ErrorCode::mismatch, tensor, "is in " + join_path(folder, shard) + ", but not in the index");
      }
      if (at->second != shard) {
        fail(ErrorCode::duplicate, tensor,
             "is in " + join_path(folder, shard) + " and in " + at->second + ", expected one shard");
      }
    }
  }
}

}  // namespace

Weights read_shards(const std::string& index_path, const WeightFormat& format) {
  const WeightMap map = read_weight_map(index_path);
  const std::size_t slash = index_path.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : index_path.substr(0, slash);

  std::map<std::string, Weights> shards;
  for (const auto& [tensor, shard] : map) {
    if (shards.contains(shard)) continue;
    if (shards.size() == kMaxShards) {
      fail(ErrorCode::limit, index_path, "lists more than " + std::to_string(kMaxShards) + " shards");
    }
    const std::string path = join_path(folder, shard);
    if (!file_exists(path))
      fail(ErrorCode::missing, path, "is listed in " + index_path + ", but does not exist");
    check_shard(path);
    shards.emplace(shard, format.read(path));
  }
  check_places(map, shards, folder);

  Weights all;
  for (auto& [shard, weights] : shards) all.merge(std::move(weights));
  return all;
}

}  // namespace sightline
