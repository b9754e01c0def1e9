// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/shard.h"

#include <charconv>
#include <numeric>

namespace sightline {
namespace {

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<Shard> parse_shard(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto index = parse_number(text.substr(0, slash)), count = parse_number(text.substr(slash + 1));
  if (!index || !count || *index < 1 || *index > *count || *count > kMaxShards) return std::nullopt;
  return Shard{*index, *count};
}

std::int64_t ShardInfo::own_inputs() const {
  if (!archives) return shard.size_of(inputs);
  return std::accumulate(archives->inputs.begin(), archives->inputs.end(), std::int64_t{0});
}

std::string shard_path(std::string_view path, const Shard& shard) {
  const std::size_t slash = path.rfind('/');
  const std::size_t name = slash == std::string_view::npos ? 0 : slash + 1;
  const std::size_t dot = path.rfind('.');
  const bool has_extension = dot != std::string_view::npos && dot > name;
  const std::string_view stem = has_extension ? path.substr(0, dot) : path;
  return std::string(stem) + "-" + std::to_string(shard.index) + "-of-" + std::to_string(shard.count) +
         std::string(path.substr(stem.size()));
}

}  // namespace sightline
