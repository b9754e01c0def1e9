// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/bytes.h"

#include "support/catch.h"

using namespace sightline;

TEST_CASE("bytes: checked arithmetic rejects results that do not fit in 63 bits", "[base]") {
  CHECK(checked_mul(1LL << 31, 1LL << 31, "x") == 1LL << 62);
  CHECK_THROWS_AS(checked_mul(1LL << 32, 1LL << 31, "x"), Error);
  CHECK_THROWS_AS(checked_mul(-1, 3, "x"), Error);
  CHECK_THROWS_AS(checked_mul(0, -3, "x"), Error);
  CHECK(checked_add(INT64_MAX - 1, 1, "x") == INT64_MAX);
  CHECK_THROWS_AS(checked_add(INT64_MAX, 1, "x"), Error);
}

TEST_CASE("bytes: load_le reads at any alignment and never past the end", "[base]") {
  const ByteView bytes = as_bytes(std::string_view("\x00\x01\x02\x03\x04\x05\x06\x07\x08", 9));
  CHECK(load_le<std::uint32_t>(bytes, 1, "x") == 0x04030201U);
  CHECK(load_le<std::uint64_t>(bytes, 1, "x") == 0x0807060504030201ULL);
  CHECK_THROWS_WITH(load_le<std::uint64_t>(bytes, 2, "file"), "file: ends inside a number");
  CHECK_THROWS_AS(load_le<std::uint8_t>(bytes, SIZE_MAX, "x"), Error);
}
