// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/shard.h"

#include "support/catch.h"

using namespace sightline;

TEST_CASE("shard: is written as K/N", "[embeddings]") {
  CHECK(parse_shard("1/4") == Shard{1, 4});
  CHECK(parse_shard("4/4") == Shard{4, 4});
  CHECK(parse_shard("1/1") == Shard{1, 1});
  CHECK(parse_shard("1000000/1000000") == Shard{1'000'000, 1'000'000});
  for (const std::string_view text : {"",
                                      "/",
                                      "1",
                                      "1/",
                                      "/4",
                                      "0/4",
                                      "5/4",
                                      "-1/4",
                                      "1/-4",
                                      "1/0",
                                      "0/0",
                                      "1/4/2",
                                      " 1/4",
                                      "1/4 ",
                                      "+1/4",
                                      "1.0/4",
                                      "a/b",
                                      "1/1000001",
                                      "1/99999999999999999999",
                                      "1:4"}) {
    INFO(text);
    CHECK_FALSE(parse_shard(text));
  }
}

TEST_CASE("shard: every input belongs to exactly one shard", "[embeddings]") {
  for (std::int64_t count = 1; count <= 7; ++count) {
    for (std::int64_t inputs = 0; inputs <= 20; ++inputs) {
      std::int64_t sum = 0;
      for (std::int64_t index = 1; index <= count; ++index) {
        const Shard shard{index, count};
        std::int64_t size = 0;
        for (std::int64_t i = 0; i < inputs; ++i) size += shard.contains(i) ? 1 : 0;
        CHECK(shard.size_of(inputs) == size);
        sum += size;
      }
      CHECK(sum == inputs);
    }
  }
  CHECK(Shard{3, 5}.contains(2));
  CHECK(Shard{3, 5}.contains(7));
  CHECK(Shard{1, 1'000'000}.size_of(INT64_MAX) == INT64_MAX / 1'000'000 + 1);
}

TEST_CASE("shard: the name of an output contains it before the extension", "[embeddings]") {
  CHECK(shard_path("photos.npy", {1, 4}) == "photos-1-of-4.npy");
  CHECK(shard_path("a.b/photos", {12, 100}) == "a.b/photos-12-of-100");
  CHECK(shard_path("a.b/photos.tar.csv", {2, 2}) == "a.b/photos.tar-2-of-2.csv");
  CHECK(shard_path(".npy", {1, 2}) == ".npy-1-of-2");
  CHECK(shard_path("a/.npy", {1, 2}) == "a/.npy-1-of-2");
}
