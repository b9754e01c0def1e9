// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/prefix_tree.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <vector>

#include "sightline/model/model.h"
#include "support/catch.h"
#include "support/random_model.h"
#include "support/skip.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

using Ids = std::vector<std::int32_t>;

std::vector<TextIds> sorted(const std::vector<Ids>& texts) {
  std::vector<TextIds> result;
  for (const Ids& ids : texts) result.push_back({ids, std::ssize(result)});
  sort_by_ids(result);
  return result;
}

/// Texts of few different ids, so that many begin alike, and copies of some of them.
std::vector<Ids> random_texts(unsigned seed, int count, std::size_t longest, std::int32_t ids) {
  std::mt19937 random(seed);
  std::vector<Ids> texts;
  for (int i = 0; i < count; ++i) {
    if (i > 0 && random() % 5 == 0) {
      texts.push_back(texts[random() % texts.size()]);
      continue;
    }
    Ids text(1 + random() % longest);
    for (std::int32_t& id : text) id = static_cast<std::int32_t>(random() % static_cast<std::uint32_t>(ids));
    texts.push_back(text);
  }
  return texts;
}

/// A text model with more rows in a batch than fit in one pass, and its embeddings.
struct Fixture {
  Fixture(std::optional<std::int64_t> eos_token_id, const GemmBackend& backend) {
    ModelConfig config = small_config();
    if (eos_token_id) pool_at(config.text, *eos_token_id);
    config.text.context_length = 20;
    ModelSettings settings;
    settings.backend = backend.name();
    model.emplace(random_model(config), settings);
  }
  std::vector<float> encode(const std::vector<Ids>& texts, int threads) const {
    TokenBatch batch;
    for (const Ids& ids : texts) batch.add(ids);
    std::vector<float> rows(texts.size() * static_cast<std::size_t>(model->embedding_size()));
    ThreadPool pool(threads);
    Scratch scratch;
    Context context{pool, scratch};
    model->encode_texts(batch, {rows.data(), Shape{batch.size(), model->embedding_size()}}, context);
    return rows;
  }
  std::optional<Model> model;
};

}  // namespace

TEST_CASE("prefix tree: every row is a distinct prefix, and every path spells its text", "[model]") {
  const auto seed = GENERATE(1U, 2U, 3U, 4U);
  const std::vector<Ids> texts = random_texts(seed, 60, 7, 3);
  const std::vector<TextIds> order = sorted(texts);
  Scratch scratch;
  Scratch::Frame frame(scratch);
  const PrefixTree tree(order, frame);

  std::set<Ids> prefixes;
  for (const Ids& text : texts) {
    for (std::size_t length = 1; length <= text.size(); ++length)
      prefixes.emplace(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(length));
  }
  CHECK(tree.rows() == std::ssize(prefixes));
  CHECK(count_prefixes(order) == tree.rows());

  std::map<std::int64_t, Ids> prefix_of;  // of each row
  std::int64_t next = 0;
  const EncoderSpans spans = tree.spans();
  for (std::size_t i = 0; i < spans.all.size(); ++i) {
    const AttentionSpan& span = spans.all[i];
    const std::span<const std::int32_t> ids = tree.texts()[i].ids;
    REQUIRE(std::ssize(span.path) == std::ssize(ids));
    REQUIRE(span.length == std::ssize(ids));
    CHECK(span.first_query == next);
    CHECK(span.queries > 0);
    CHECK(span.position + span.queries == span.length);
    for (std::int64_t at = 0; at < span.length; ++at) {
      const Ids prefix(ids.begin(), ids.begin() + at + 1);
      const bool computed = at >= span.position;
      CHECK(prefix_of.contains(span.row_at(at)) != computed);
      if (computed) CHECK(span.row_at(at) == next++);
      CHECK(prefix_of.emplace(span.row_at(at), prefix).first->second == prefix);
    }
    const AttentionSpan& pooled = spans.pooled[i];
    CHECK(pooled.queries == 1);
    CHECK(pooled.first_query == static_cast<std::int64_t>(i));
    CHECK(prefix_of.at(pooled.row_at(pooled.position)) == Ids(ids.begin(), ids.end()));
  }
  CHECK(next == tree.rows());
  for (std::size_t i = 0; i < order.size(); ++i) {
    CHECK(std::ranges::equal(tree.texts()[static_cast<std::size_t>(tree.text_of()[i])].ids, order[i].ids));
    CHECK(std::ranges::equal(texts[static_cast<std::size_t>(order[i].index)], order[i].ids));
  }
}

TEST_CASE("prefix tree: the rows of a group of texts are limited, but a group holds one text", "[model]") {
  const std::vector<Ids> texts = {{1, 2, 3}, {1, 2, 4}, {1, 2, 4}, {1, 5}, {6}};
  const std::vector<TextIds> order = sorted(texts);
  CHECK(count_prefixes(order) == 6);
  CHECK(count_fitting(order, 1) == 1);
  CHECK(count_fitting(order, 3) == 1);
  CHECK(count_fitting(order, 4) == 3);
  CHECK(count_fitting(order, 5) == 4);
  CHECK(count_fitting(order, 6) == 5);
  CHECK(count_prefixes({}) == 0);
}

TEST_CASE("text tower: a text has the same bits alone and among texts that begin alike", "[model][bits]") {
  const GemmBackend* backend = GENERATE(from_range(gemm_backends()));
  if (!backend->supported()) return skip("a backend that does not run here");
  // Without an end, the largest id is pooled, also inside the text.
  const std::optional<std::int64_t> eos =
      GENERATE(std::optional<std::int64_t>(), std::optional<std::int64_t>(7));
  const Fixture fixture(eos, *backend);
  const auto size = static_cast<std::size_t>(fixture.model->embedding_size());
  std::vector<std::vector<Ids>> sets = {random_texts(5, 80, 20, 3), random_texts(6, 40, 20, 9),
                                        random_texts(7, 300, 12, 40)};
  sets.push_back(std::vector<Ids>(9, Ids{3, 1, 4, 7}));             // all alike
  sets.push_back({{5}, {5}, {6}, {5, 6}, {5, 6, 7}, {5, 6}, {7}});  // single ids; texts within others
  if (eos) {
    for (std::vector<Ids>& set : sets) {
      for (Ids& ids : set) {
        if (ids.size() > 1) ids.back() = static_cast<std::int32_t>(*eos);
      }
    }
  }
  for (const std::vector<Ids>& set : sets) {
    const std::vector<float> together = fixture.encode(set, 2);
    std::map<Ids, std::vector<float>> alone;
    for (std::size_t i = 0; i < set.size(); ++i) {
      auto found = alone.find(set[i]);
      if (found == alone.end()) found = alone.emplace(set[i], fixture.encode({set[i]}, 1)).first;
      REQUIRE(std::memcmp(found->second.data(), together.data() + i * size, size * sizeof(float)) == 0);
    }
  }
}
