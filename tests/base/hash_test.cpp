// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/hash.h"

#include "support/catch.h"

using namespace sightline;

namespace {

std::string hash_of(std::string_view text) {
  Hash128 hash;
  hash.update(as_bytes(text));
  return hash.hex();
}

}  // namespace

TEST_CASE("hash: matches the output of xxhsum -H128", "[base]") {
  CHECK(hash_of("") == "99aa06d3014798d86001c324468d497f");
  CHECK(hash_of("abc") == "06b05ab6733a618578af5f94892f3950");
}

TEST_CASE("hash: bytes at once, their digest and its text agree with the stream", "[base]") {
  for (const std::size_t size : {0, 1, 3, 16, 17, 200, 241, 5000}) {
    const std::string text(size, 'x');
    const Digest128 digest = hash128(as_bytes(text));
    CHECK(hex_of(digest) == hash_of(text));
    CHECK(parse_hash128(hash_of(text)) == digest);
  }
  CHECK_FALSE(parse_hash128("99aa06d3014798d86001c324468d497"));
  CHECK_FALSE(parse_hash128("99AA06D3014798D86001C324468D497F"));
}

TEST_CASE("hash: the split into updates does not matter unless sizes are hashed too", "[base]") {
  const std::string text(1000, 'x');
  Hash128 whole, pieces, sized, others;
  whole.update(as_bytes(text));
  for (const char& c : text) pieces.update(as_bytes({&c, 1}));
  CHECK(whole.hex() == pieces.hex());
  CHECK(whole.hex() == whole.hex());
  for (const char* part : {"ab", "c"}) sized.update_sized(as_bytes(part));
  for (const char* part : {"a", "bc"}) others.update_sized(as_bytes(part));
  CHECK(sized.hex() != others.hex());
}

TEST_CASE("hash: recognises the format of a hash", "[base]") {
  CHECK(is_hash128("99aa06d3014798d86001c324468d497f"));
  CHECK_FALSE(is_hash128(""));
  CHECK_FALSE(is_hash128("99aa06d3014798d86001c324468d497"));
  CHECK_FALSE(is_hash128("99aa06d3014798d86001c324468d497ff"));
  CHECK_FALSE(is_hash128("99AA06D3014798D86001C324468D497F"));
}
