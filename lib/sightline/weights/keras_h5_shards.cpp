// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include "sightline/base/error.h"
#include "sightline/containers/json.h"
#include "sightline/files/file.h"
#include "sightline/files/placeholder.h"
#include "sightline/weights/keras_h5.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxIndexBytes = 64LL << 20;
constexpr std::size_t kMaxShards = 1000;

// The path of a group, with a leading slash, and a shard that contains arrays of it.
using Placement = std::pair<std::string, std::string>;

std::string shard_name(const Json& value) {
  const std::string_view name = value.as_string();
  const bool plain = !name.empty() && name != "." && name != ".." &&
                     name.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
  if (!plain) {
    fail(ErrorCode::unsafe, value.path(),
         "is '" + std::string(name) + "', expected a file name without a folder");
  }
  return std::string(name);
}

std::set<Placement> read_placements(const std::string& index_path) {
  const std::vector<std::byte> bytes = read_model_file(index_path, kMaxIndexBytes);
  const JsonDocument document(as_text(bytes), index_path, {.max_bytes = kMaxIndexBytes});
  std::set<Placement> placements;
  document.root().at("weight_map").for_each_member([&](std::string_view group, const Json& shards) {
    const auto add = [&](const Json& shard) { placements.emplace(group, shard_name(shard)); };
    if (shards.is_array()) {
      shards.for_each_element(add);
    } else {
      add(shards);
    }
  });
  if (placements.empty()) fail(ErrorCode::missing, index_path, "lists no groups of arrays");
  return placements;
}

// The index and the shards must agree on every group that contains arrays.
void check_places(const std::set<Placement>& expected, const std::set<Placement>& found,
                  const std::string& index_path) {
  for (const Placement& place : expected) {
    if (!found.contains(place)) {
      fail(ErrorCode::missing, index_path,
           "places " + place.first + " in " + place.second + ", which contains no arrays of it");
    }
  }
  for (const Placement& place : found) {
    if (!expected.contains(place)) {
      fail(ErrorCode::mismatch, index_path,
           "does not place " + place.first + " in " + place.second + ", which contains it");
    }
  }
}

}  // namespace

Weights read_keras_shards(const std::string& index_path) {
  const std::set<Placement> expected = read_placements(index_path);
  const std::size_t slash = index_path.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : index_path.substr(0, slash);
  std::set<std::string> shards;
  for (const Placement& place : expected) shards.insert(place.second);
  if (shards.size() > kMaxShards)
    fail(ErrorCode::limit, index_path, "lists more than " + std::to_string(kMaxShards) + " shards");

  Weights all;
  std::set<Placement> found;
  for (const std::string& shard : shards) {
    const std::string path = join_path(folder, shard);
    if (!file_exists(path))
      fail(ErrorCode::missing, path, "is listed in " + index_path + ", but does not exist");
    Weights weights = KerasH5().read(path);
    for (const std::string& name : weights.names()) {
      const std::size_t end = name.rfind('/');
      found.emplace("/" + (end == std::string::npos ? "" : name.substr(0, end)), shard);
    }
    all.merge(std::move(weights));
  }
  check_places(expected, found, index_path);
  return all;
}

}  // namespace sightline
