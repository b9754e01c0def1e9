// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sightline/base/format.h"
#include "sightline/text/charsmap.h"
#include "sightline/text/grapheme_clusters.h"
#include "sightline/text/normalizer_steps.h"
#include "sightline/text/unicode.h"

namespace sightline {
namespace {

// src/normalizers/precompiled.rs of tokenizers 0.23.3: a cluster of this many bytes is not looked up.
constexpr std::size_t kLongCluster = 6;

class Precompiled : public Normalizer {
 public:
  explicit Precompiled(Charsmap map) : map_(std::move(map)) {}

  std::string apply(std::string text) const override {
    std::string out;
    out.reserve(text.size());
    const std::string_view view = text;
    for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end) {
      end = cluster_end(text, begin);
      append_cluster(out, view.substr(begin, end - begin));
    }
    return out;
  }

 private:
  void append_cluster(std::string& out, std::string_view cluster) const {
    if (cluster.size() < kLongCluster) {
      if (const std::optional<Charsmap::Match> match = map_.shortest_match(cluster)) {
        append_normalized(out, match->value);
        return;
      }
    }
    for (std::size_t begin = 0, end = 0; begin < cluster.size(); begin = end) {
      next_code_point(cluster, end);
      const std::string_view character = cluster.substr(begin, end - begin);
      const std::optional<Charsmap::Match> match = map_.shortest_match(character);
      append_normalized(out, match ? match->value : character);
    }
  }

  Charsmap map_;
};

}  // namespace

std::unique_ptr<Normalizer> make_precompiled_normalizer(Charsmap map) {
  return std::make_unique<Precompiled>(std::move(map));
}

std::unique_ptr<Normalizer> read_precompiled(const Json& spec) {
  const Json map = spec.at("precompiled_charsmap");
  const std::optional<std::string> bytes = decode_base64(map.as_string());
  if (!bytes) fail(ErrorCode::header, map.path(), "is not base64");
  return make_precompiled_normalizer(Charsmap(*bytes, map.path()));
}

}  // namespace sightline
