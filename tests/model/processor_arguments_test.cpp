// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <string>

#include "sightline/model/clip_processor.h"
#include "sightline/nn/quick_gelu.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::string data(const std::string& name) { return std::string(SIGHTLINE_DATA_DIR) + "/" + name; }

}  // namespace

TEST_CASE("processor: a vocabulary and merges by path give KerasCV's two tables", "[model]") {
  const CLIPProcessor processor(
      {.input_resolution = 32, .vocabulary = data("vocab/vocab.json"), .merges = data("vocab/merges.txt")});
  const CLIPProcessor::Tokens tokens =
      processor(std::vector<std::string>{"mountains", "cat on tortoise", "two cats"});
  REQUIRE(tokens.token_ids.size() == 3 * 77);
  CHECK(tokens.batch.size() == 3);
  CHECK(tokens.token_ids[0] == 49406);
  CHECK(tokens.token_ids[76] == 49407);
  CHECK(std::vector<std::int32_t>(tokens.token_ids.begin() + 154, tokens.token_ids.begin() + 158) ==
        std::vector<std::int32_t>{49406, 1237, 3989, 49407});
  CHECK(std::count(tokens.padding_mask.begin() + 154, tokens.padding_mask.end(), 1) == 4);
  const Tensor pixels = processor.process_images(std::vector<std::string>{data("images/cat.png")});
  CHECK(pixels.shape() == Shape{1, 3 * 32 * 32});
  CHECK(error_of([&] { processor.process_images(std::vector<std::string>{"no-such.jpg"}); }).code ==
        "MISSING");
}

TEST_CASE("processor: a vocabulary as a map and merges as a list", "[model][error]") {
  CLIPProcessor::Arguments arguments = {.input_resolution = 8, .context_length = 6};
  // a word's last symbol ends with </w>; every byte needs a token of its own in both forms
  arguments.vocabulary = std::map<std::string, std::int32_t>{{"a", 0},
                                                             {"a</w>", 1},
                                                             {"b", 2},
                                                             {"b</w>", 3},
                                                             {"ab</w>", 4},
                                                             {"<|startoftext|>", 5},
                                                             {"<|endoftext|>", 6}};
  arguments.merges = std::vector<std::string>{"a b</w>"};
  const CLIPProcessor processor(arguments);
  CHECK(processor.process_text("ab b").ids == std::vector<std::int32_t>{5, 4, 3, 6});
  CHECK(error_of([] { CLIPProcessor wrong({.input_resolution = 0}); }) ==
        Failure{"RANGE", "input_resolution: is 0, expected 1 or more"});
}

TEST_CASE("quick gelu: the class computes x sigmoid(1.702 x) and is made again from its config", "[model]") {
  QuickGELU first;
  const auto second = QuickGELU::from_config(first.get_config());
  const float values[] = {-2, 0, 1.5F};
  const Tensor y = (*second)(TensorView<const float>(values, Shape{3}));
  for (int i = 0; i < 3; ++i) {
    const auto x = static_cast<double>(values[i]);
    CHECK(std::abs(static_cast<double>(y.data()[i]) - x / (1 + std::exp(-1.702 * x))) < 1e-6);
  }
  CHECK(second->count_params() == 0);
}
