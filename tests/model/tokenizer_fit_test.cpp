// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/tokenizer_fit.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "sightline/base/error.h"
#include "support/catch.h"

using namespace sightline;

namespace {

/// Encodes every text as the start, its size in bytes, and the end.
class Counter : public Tokenizer {
 public:
  Counter(std::int32_t start, std::int32_t end, std::int64_t size) : start_(start), end_(end), size_(size) {}
  Encoding encode(std::string_view utf8, std::int64_t max_length) const override {
    Encoding encoding{{start_, static_cast<std::int32_t>(utf8.size()), end_}, false};
    encoding.ids.resize(static_cast<std::size_t>(std::min<std::int64_t>(max_length, 3)));
    return encoding;
  }
  std::int64_t vocabulary_size() const override { return size_; }
  std::int32_t start_id() const override { return start_; }
  std::int32_t end_id() const override { return end_; }
  std::int64_t max_length() const override { return 9; }

 private:
  std::int32_t start_, end_;
  std::int64_t size_;
};

std::unique_ptr<Tokenizer> counter(std::int32_t start, std::int32_t end, std::int64_t size) {
  return std::make_unique<Counter>(start, end, size);
}

constexpr std::int64_t kLargest = -1;  // pools at the largest id

TextTowerConfig config(std::int64_t eos, std::int64_t rows) {
  TextTowerConfig text;
  if (eos == kLargest) {
    text.pooling = Pooling::largest_id;
  } else {
    text.eos_token_id = eos;
  }
  text.vocabulary_size = rows;
  return text;
}

}  // namespace

TEST_CASE("tokenizer and rows: unused ids and unused rows are valid", "[model]") {
  const auto fewer = fit_to_rows(counter(8, 9, 10), 12, "folder", "vocab.json");
  CHECK(fewer->encode("abc", 5).ids == std::vector<std::int32_t>{8, 3, 9});
  const auto more = fit_to_rows(counter(8, 9, 14), 10, "folder", "tokenizer.json");
  CHECK(more->encode("abc", 5).ids == std::vector<std::int32_t>{8, 3, 9});
  CHECK(more->vocabulary_size() == 14);
  CHECK(more->max_length() == 9);
  CHECK_THROWS_WITH(more->encode("abcdefghijk", 5),
                    Contains("folder/tokenizer.json") && Contains("id 11") && Contains("10 rows"));
}

TEST_CASE("tokenizer and rows: a start or end token without a row is an immediate error", "[model][error]") {
  CHECK_THROWS_WITH(fit_to_rows(counter(10, 9, 11), 10, "folder", "vocab.json"),
                    Contains("vocab.json") && Contains("id 10"));
  CHECK_THROWS_WITH(fit_to_rows(counter(8, 10, 11), 10, "folder", "vocab.json"),
                    Contains("the end") && Contains("id 10"));
}

TEST_CASE("tokenizer and config: texts end with the id at which the text tower pools", "[model][error]") {
  const auto tokenizer = counter(8, 9, 10);
  CHECK_NOTHROW(check_end(*tokenizer, config(9, 10), "vocab.json"));
  CHECK_NOTHROW(check_end(*tokenizer, config(kLargest, 10), "vocab.json"));
  for (const std::int64_t eos : {0, 8, 10, 5000000}) {
    INFO(eos);
    CHECK_THROWS_WITH(
        check_end(*tokenizer, config(eos, 10), "vocab.json"),
        Contains("eos_token_id") && Contains("is " + std::to_string(eos)) && Contains("ends texts with 9"));
  }
  CHECK_THROWS_WITH(check_end(*tokenizer, config(49407, 10), "vocab.json"),
                    Contains("default if the key is absent"));
  CHECK_THROWS_WITH(check_end(*counter(9, 8, 10), config(kLargest, 10), "vocab.json"),
                    Contains("always the start token, 9"));
}

namespace {

/// Encodes every text as its size, with pad token 4.
class Padded : public Counter {
 public:
  Padded(std::int32_t pad, bool left) : Counter(kNoToken, kNoToken, 8), pad_(pad), left_(left) {}
  Encoding encode(std::string_view utf8, std::int64_t) const override {
    return {{static_cast<std::int32_t>(utf8.size())}, false};
  }
  std::int32_t pad_id() const override { return pad_; }
  bool pads_left() const override { return left_; }

 private:
  std::int32_t pad_;
  bool left_;
};

std::vector<std::int32_t> padded_ids(std::int32_t pad, bool left, std::int64_t max_length = 3,
                                     const TokenizerRule& rule = {TokenizerSource::transformers}) {
  ModelConfig config;
  config.text.vocabulary_size = 8;
  config.text.context_length = 3;
  config.text.pad_id = 1;
  config.tokenizer = rule;
  const auto tokenizer = with_padding(std::make_unique<Padded>(pad, left), config, "f");
  const Encoding encoding = tokenizer->encode("ab", max_length);
  CHECK(encoding.padding == std::ssize(encoding.ids) - 1);
  return encoding.ids;
}

}  // namespace

TEST_CASE("tokenizer and padding: texts are filled up with the tokenizer's token on its side", "[model]") {
  using Ids = std::vector<std::int32_t>;
  CHECK(padded_ids(4, false) == Ids{2, 4, 4});
  CHECK(padded_ids(4, true) == Ids{4, 4, 2});
  CHECK(padded_ids(kNoToken, false) == Ids{2, 1, 1});  // that of the config
  CHECK(padded_ids(4, false, 2) == Ids{2, 4});
  CHECK_THROWS_AS(padded_ids(8, false), Error);  // no row
  CHECK(padded_ids(4, true, 3, {TokenizerSource::openclip}) == Ids{2, 4, 4});
}
