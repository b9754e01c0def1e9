// SPDX-License-Identifier: Apache-2.0
#include "score/low_scores.h"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include "support/catch.h"

using namespace sightline;
using namespace sightline::app;

namespace {

std::vector<std::int64_t> indices(const LowScores& low) {
  std::vector<std::int64_t> found;
  for (const LowScores::Entry& entry : low.entries()) found.push_back(entry.index);
  return found;
}

}  // namespace

TEST_CASE("low scores: a cosine is a number from -1 to 1", "[cli]") {
  for (const char* good : {"0.25", "-1", "1", "1.0", ".5", "1e-3", "-0"})
    CHECK(parse_cosine(good).has_value());
  for (const char* bad :
       {"", " ", "1.01", "-1.0000001", "25", "nan", "inf", "-inf", "0.2x", "0,2", "1e400"}) {
    CHECK_FALSE(parse_cosine(bad).has_value());
  }
  CHECK(parse_cosine("0.10")->text == "0.10");
  CHECK(parse_cosine("0.7")->value == 0.7F);  // as a threshold: what is written as 0.7 reaches it
}

TEST_CASE("low scores: by image, the best score over all queries counts", "[cli]") {
  LowScores low(parse_cosine("0.25"), false);
  low.add(0, 0, std::vector<float>{0.1F, 0.25F, -1});
  low.add(2, 0, std::vector<float>{0.1F, 0.2499F});
  low.add(7, 0, std::vector<float>{-0.5F});
  CHECK(indices(low) == std::vector<std::int64_t>{2, 7});
  CHECK(low.entries()[0].best == 0.2499F);
}

TEST_CASE("low scores: by query, the best score over all images counts, for any grouping", "[cli]") {
  LowScores low(parse_cosine("0.25"), true);
  low.add(0, 0, std::vector<float>{0.1F, 0.3F});
  low.add(3, 0, std::vector<float>{0.2F, 0.1F});
  low.add(0, 2, std::vector<float>{0.3F, -0.1F});
  low.add(3, 2, std::vector<float>{0.1F, -0.2F});
  CHECK(indices(low) == std::vector<std::int64_t>{0, 3});
  CHECK(low.entries()[0].best == 0.2F);
  CHECK(low.entries()[1].best == -0.1F);
}

TEST_CASE("low scores: without a limit, and without scores, nothing is low", "[cli]") {
  for (const bool by_query : {false, true}) {
    LowScores none(std::nullopt, by_query);
    none.add(0, 0, std::vector<float>{-1});
    CHECK(none.entries().empty());
    LowScores nothing(parse_cosine("1"), by_query);
    nothing.add(0, 0, {});
    CHECK(nothing.entries().empty());
  }
}

TEST_CASE("low scores: NaN is low and is not printed as nan", "[cli]") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  LowScores low(parse_cosine("-1"), false);
  low.add(0, 0, std::vector<float>{nan, 0.5F});
  low.add(1, 0, std::vector<float>{nan});
  CHECK(indices(low) == std::vector<std::int64_t>{1});
  CHECK(low_score_line("a", nan, *parse_cosine("-1")) == "a: best cosine - is below -1");
}

TEST_CASE("low scores: the line repeats the limit as given", "[cli]") {
  CHECK(low_score_line("cat.png", 0.231F, *parse_cosine("0.25")) ==
        "cat.png: best cosine 0.2310 is below 0.25");
  CHECK(low_score_line("cat.png", -0.5F, *parse_cosine("+.250")) ==
        "cat.png: best cosine -0.5000 is below +.250");
  CHECK(low_score_line("a", 0.24999F, *parse_cosine("0.25")) == "a: best cosine 0.24999 is below 0.25");
  CHECK(low_score_line("a", 0.99999994F, *parse_cosine("1")) == "a: best cosine 0.9999999 is below 1");
}

TEST_CASE("low scores: no printed number reaches its limit", "[cli][property]") {
  for (const char* text :
       {"0.25", "0.7", "0.1", "-0.3", "1", "-0.99999", "0.00001", "1e-7", "0.2500000001"}) {
    const CosineLimit limit = *parse_cosine(text);
    float best = limit.value;
    for (int step = 0; step < 40; ++step) {
      best = std::nextafter(best, -2.0F) - static_cast<float>(step) * 1e-7F;
      const std::string line = low_score_line("", best, limit);
      const std::string shown = line.substr(14, line.find(" is below") - 14);
      CHECK(std::strtod(shown.c_str(), nullptr) < std::strtod(text, nullptr));
      CHECK(std::abs(std::strtof(shown.c_str(), nullptr) - best) < 1e-4F);
    }
  }
}
