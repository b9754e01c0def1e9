// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "sightline/keras.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/golden.h"

using namespace sightline;
using namespace sightline::testing;

TEST_CASE("processor: a vocabulary and merges by path give KerasCV's two tables", "[keras]") {
  const keras::CLIPProcessor processor({.input_resolution = 32,
                                        .vocabulary = data_path("vocab/vocab.json"),
                                        .merges = data_path("vocab/merges.txt")});
  const auto tokens = processor({"mountains", "cat on tortoise", "two cats"});
  REQUIRE(tokens.token_ids.shape() == Shape{3, 77});
  REQUIRE(tokens.padding_mask.shape() == Shape{3, 77});
  CHECK(tokens.token_ids.dtype() == DType::i32);
  CHECK(tokens.padding_mask.dtype() == DType::boolean);
  const auto* ids = tokens.token_ids.data<std::int32_t>();
  const auto* mask = tokens.padding_mask.data<bool>();
  CHECK(ids[0] == 49406);
  CHECK(ids[76] == 49407);
  CHECK(std::vector<std::int32_t>(ids + 154, ids + 158) ==
        std::vector<std::int32_t>{49406, 1237, 3989, 49407});
  CHECK(std::count(mask + 154, mask + 231, true) == 4);
  CHECK(mask[157]);
  CHECK_FALSE(mask[158]);
  const auto one = processor("two cats");
  CHECK(one.token_ids.shape() == Shape{1, 77});
  CHECK(std::equal(one.token_ids.data<std::int32_t>(), one.token_ids.data<std::int32_t>() + 77, ids + 154));
  const std::vector<std::string> texts = {"two cats", "two cats"};
  CHECK(processor(texts).token_ids.shape() == Shape{2, 77});
  CHECK(processor(std::vector<std::string>{}).token_ids.shape() == Shape{0, 77});
  const std::string cat = data_path("images/cat.png");
  CHECK(processor.process_images({cat}).shape() == Shape{1, 3, 32, 32});
  CHECK(processor.process_images(std::vector<std::string>{cat, cat}).shape() == Shape{2, 3, 32, 32});
  CHECK(error_of([&] { processor.process_images({"no-such.jpg"}); }).code == "MISSING");
  CHECK(processor.context_length() == 77);
}

TEST_CASE("processor: a vocabulary as a map and merges as a list", "[keras][error]") {
  keras::CLIPProcessor::Arguments arguments = {.input_resolution = 8, .context_length = 6};
  // a word's last symbol ends with </w>; every byte needs a token of its own in both forms
  arguments.vocabulary = std::map<std::string, std::int32_t>{{"a", 0},
                                                             {"a</w>", 1},
                                                             {"b", 2},
                                                             {"b</w>", 3},
                                                             {"ab</w>", 4},
                                                             {"<|startoftext|>", 5},
                                                             {"<|endoftext|>", 6}};
  arguments.merges = std::vector<std::string>{"a b</w>"};
  const keras::CLIPProcessor processor(arguments);
  const auto tokens = processor("ab b");
  const auto* ids = tokens.token_ids.data<std::int32_t>();
  CHECK(std::vector<std::int32_t>(ids, ids + 6) == std::vector<std::int32_t>{5, 4, 3, 6, 6, 6});
  CHECK(error_of([] { keras::CLIPProcessor wrong({.input_resolution = 0}); }) ==
        Failure{"RANGE", "input_resolution: is 0, expected 1 or more"});
  CHECK(error_of([] { keras::CLIPProcessor wrong({.context_length = 0}); }).code == "RANGE");
  const keras::CLIPProcessor without({.vocabulary = "no-such.json", .merges = "no-such.txt"});
  CHECK(error_of([&] { without("a cat"); }).code == "MISSING");
  const keras::CLIPProcessor for_images(keras::CLIPProcessor::Arguments{});
  CHECK(error_of([&] { for_images("a cat"); }) ==
        Failure{"MISSING", "vocabulary: is not given, so no text can be read"});
}
