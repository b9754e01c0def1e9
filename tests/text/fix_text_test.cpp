// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/fix_text.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sightline/containers/json.h"
#include "support/catch.h"
#include "support/golden.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::string fixed(const std::string& text) { return encode_utf8(fix_text(decode_utf8(text))); }

std::string repeated(const std::string& part, std::size_t bytes) {
  std::string text;
  while (text.size() + part.size() <= bytes) text += part;
  return text;
}

/// CRC-32 as zlib computes it.
std::uint32_t crc_of(const std::string& bytes) {
  std::uint32_t state = 0xFFFFFFFFU;
  for (const char c : bytes) {
    state ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) state = state >> 1 ^ (0xEDB88320U & (0U - (state & 1U)));
  }
  return ~state;
}

/// Whether each code point is assigned in the Unicode version of the golden file.
std::vector<bool> assigned_points(const Json& unassigned) {
  std::vector<bool> assigned(0x110000, true);
  unassigned.for_each_element([&](const Json& range) {
    std::vector<std::size_t> ends;
    range.for_each_element(
        [&](const Json& end) { ends.push_back(static_cast<std::size_t>(end.as_integer())); });
    for (std::size_t c = ends.at(0); c <= ends.at(1); ++c) assigned[c] = false;
  });
  for (std::size_t c = 0xD800; c <= 0xDFFF; ++c) assigned[c] = false;
  return assigned;
}

}  // namespace

TEST_CASE("fix_text: unusual texts become what ftfy makes of them", "[text][golden]") {
  const std::string text = read_text(golden_path("text/fix_text.json"));
  int count = 0;
  JsonDocument(text, "golden").root().at("texts").for_each_element([&](const Json& pair) {
    std::vector<std::string> both;
    pair.for_each_element([&](const Json& side) { both.emplace_back(side.as_string()); });
    INFO(both.at(0));
    CHECK(fixed(both.at(0)) == both.at(1));
    ++count;
  });
  CHECK(count > 180);
}

TEST_CASE("fix_text: every code point becomes what ftfy makes of it", "[text][golden]") {
  const std::string text = read_text(golden_path("text/fix_text.json"));
  const JsonDocument document(text, "golden");
  const std::vector<bool> assigned = assigned_points(document.root().at("unassigned"));
  std::size_t start = 0;
  document.root().at("blocks").for_each_element([&](const Json& expected) {
    std::string block;
    for (std::size_t c = start; c < start + 4096; ++c) {
      if (!assigned[c]) continue;
      const std::string one = encode_utf8(std::u32string(1, static_cast<char32_t>(c)));
      block += fixed("a" + one + "b " + one);
    }
    INFO("from code point " << start);
    CHECK(crc_of(block) == expected.as_integer());
    start += 4096;
  });
  CHECK(start == 0x110000);
}

TEST_CASE("fix_text: nested references of any depth are replaced in linear time", "[text]") {
  constexpr std::size_t kBytes = 400'000;  // below the length at which ftfy splits a line
  CHECK(fixed("&" + repeated("amp;", kBytes) + "lt;") == "<");
  CHECK(fixed("&" + repeated("#xff06;", kBytes) + "lt;") == "<");
  CHECK(fixed(repeated("&semi", kBytes) + ";") == ";");
  CHECK(fixed("&am" + repeated("&#x206", kBytes) + repeated("a;", kBytes / 3 - 1) + "p;") == "&");
}
