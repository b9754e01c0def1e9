// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/charsmap.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using sightline::testing::error_of;
using sightline::testing::Failure;

namespace {

using Units = std::vector<std::uint32_t>;

constexpr std::uint32_t kNoChild = 1U << 31, kLeaf = 1U << 8;

void append_u32(std::string& out, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) out += static_cast<char>(value >> 8 * i & 0xFF);
}

std::string map_bytes(const Units& units, const std::string& values) {
  std::string out;
  append_u32(out, static_cast<std::uint32_t>(4 * units.size()));
  for (const std::uint32_t unit : units) append_u32(out, unit);
  return out + values;
}

/// Keys "a" -> "A" and "ab" -> "", in a trie of three blocks.
Units two_keys() {
  Units units(1024, kNoChild);
  units[0] = 256 << 10;
  const std::uint32_t a = 256 ^ 'a';
  units[a] = (a ^ 512) << 10 | kLeaf | 'a';
  units[512] = kNoChild | 0;
  const std::uint32_t b = 512 ^ 'b';
  units[b] = (b ^ 768) << 10 | kLeaf | 'b';
  units[768] = kNoChild | 1;
  return units;
}

Failure refusal(const std::string& bytes) {
  return error_of([&] { const Charsmap map(bytes, "map"); });
}

std::string values() { return std::string("A\0", 2); }

}  // namespace

TEST_CASE("charsmap: the shortest and the longest key are found", "[text]") {
  const Charsmap map(map_bytes(two_keys(), values()), "map");
  CHECK(map.shortest_match("abc")->key_bytes == 1);
  CHECK(map.shortest_match("abc")->value == "A");
  CHECK(map.longest_match("abc")->key_bytes == 2);
  CHECK(map.longest_match("abc")->value.empty());
  CHECK(map.longest_match("ac")->key_bytes == 1);
  CHECK_FALSE(map.longest_match("b"));
  CHECK_FALSE(map.longest_match(""));
  CHECK_FALSE(map.longest_match(std::string_view("\0a", 2)));
}

TEST_CASE("charsmap: a map that contradicts itself is refused", "[text]") {
  CHECK(refusal("").code == "TRUNC");
  CHECK(refusal("abc").code == "TRUNC");
  const std::string good = map_bytes(two_keys(), values());
  CHECK(refusal(good.substr(0, 4000)).code == "TRUNC");
  CHECK(refusal(map_bytes({}, values())).code == "HEADER");
  std::string odd = good;
  odd[0] = 1;
  CHECK(refusal(odd).code == "HEADER");
  CHECK(refusal(map_bytes(two_keys(), "\xFF")).code == "UTF8");
  CHECK(refusal(map_bytes(two_keys(), "A")).code == "RANGE");         // value 1 is beyond the end
  CHECK(refusal(map_bytes(two_keys(), "\xC3\xA9")).code == "RANGE");  // value 1 is within a character
  Units far = two_keys();
  far[256 ^ 'a'] = 0x1FFFFFU << 10 | kLeaf | 'a';
  CHECK(refusal(map_bytes(far, values())).code == "RANGE");
  CHECK(refusal(std::string(Charsmap::kMaxBytes + 1, 'a')).code == "LIMIT");
}

TEST_CASE("charsmap: a node outside of the trie ends a key, and so does the longest length", "[text]") {
  Units units = two_keys();
  units[512 ^ 'b'] = 0x1FFFFFU << 10 | 'b';
  CHECK(Charsmap(map_bytes(units, values()), "map").longest_match("abc")->key_bytes == 1);
  // A node that is its own child: every text of this character is a key.
  const std::uint32_t loop = 256 ^ 'a';
  units[loop] = (loop ^ 256) << 10 | kLeaf | 'a';
  units[256] = kNoChild | 0;
  const Charsmap map(map_bytes(units, values()), "map");
  CHECK(map.longest_match(std::string(1000, 'a'))->key_bytes == Charsmap::kMaxKeyBytes);
}
