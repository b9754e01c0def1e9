// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/pipeline_table.h"

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

using Ids = std::vector<std::int32_t>;
using Bytes = std::vector<std::byte>;

Bytes bpe_table() {
  TokenizerFolder folder;
  folder.tokenizer_json =
      R"({"added_tokens":[{"id":3,"content":"<x>"}],"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},)"
      R"("merges":[["a","b"]]},"post_processor":{"type":"BertProcessing","sep":["a",0],"cls":["b",1]}})";
  folder.settings.config = R"({"model_max_length":8})";
  return compile_pipeline_tokenizer(folder, TokenizerClass::generic);
}

Failure failure_of(const Bytes& table) {
  return error_of([&] { pipeline_tokenizer_from_table(table, nullptr, "table"); });
}

template <class T>
Bytes with(Bytes table, std::size_t offset, T value) {
  std::memcpy(table.data() + offset, &value, sizeof(value));
  return table;
}

}  // namespace

TEST_CASE("pipeline table: it encodes as the files do and is the same bytes each time", "[text]") {
  const Bytes table = bpe_table();
  CHECK(table == bpe_table());
  CHECK(is_pipeline_table(table));
  const auto tokenizer = pipeline_tokenizer_from_table(table, nullptr, "table");
  CHECK(tokenizer->encode("ab<x>ba", 99).ids == Ids{1, 2, 3, 1, 0, 0});
  CHECK(tokenizer->max_length() == 8);
}

TEST_CASE("pipeline table: a truncated or damaged table is an error", "[text]") {
  const Bytes table = bpe_table();
  for (std::size_t size = 0; size < table.size(); ++size) {
    const Failure failure =
        failure_of(Bytes(table.begin(), table.begin() + static_cast<std::ptrdiff_t>(size)));
    REQUIRE((failure.code == "MAGIC" || failure.code == "TRUNC"));
  }
  Bytes longer = table;
  longer.push_back(std::byte{0});
  CHECK(failure_of(longer).code == "CORRUPT");
  CHECK(failure_of(with(table, 8, 2U)).code == "UNSUP");      // the version
  CHECK(failure_of(with(table, 12, 2U)).code == "CORRUPT");   // flags
  CHECK(failure_of(with(table, 16, 0U)).code == "CORRUPT");   // CLIPTokenizer
  CHECK(failure_of(with(table, 16, 3U)).code == "MISMATCH");  // T5Tokenizer has no BPE
  CHECK(failure_of(with(table, 20, 3)).code == "CORRUPT");    // the unknown id
  CHECK(failure_of(with(table, 32, UINT32_MAX)).code == "LIMIT");
  CHECK(failure_of(with(table, 36, 1U)).code != "");  // one score
}

TEST_CASE("pipeline table: any damaged byte gives an error or ids of the vocabulary", "[text][property]") {
  const Bytes table = bpe_table();
  std::mt19937 random(20261128);
  for (std::size_t at = 0; at < table.size(); ++at) {
    Bytes damaged = table;
    damaged[at] ^= static_cast<std::byte>(1U << random() % 8);
    try {
      const auto tokenizer = pipeline_tokenizer_from_table(damaged, nullptr, "table");
      for (const std::int32_t id : tokenizer->encode("ab<x>abba", 99).ids)
        REQUIRE((id >= 0 && id < tokenizer->vocabulary_size()));
    } catch (const Error&) {
      SUCCEED();
    }
  }
}
