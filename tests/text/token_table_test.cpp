// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/token_table.h"

#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/text/clip_tokenizer.h"
#include "support/catch.h"
#include "support/golden.h"

using namespace sightline;
using sightline::testing::read_text;

namespace {

constexpr std::string_view kVocabulary =
    R"({"a":0,"b":1,"c":2,"a</w>":3,"b</w>":4,"c</w>":5,"ab":6,"abc</w>":7,"bc</w>":8,)"
    R"("<|startoftext|>":9,"<|endoftext|>":10})";
constexpr std::string_view kMerges = "#version: 0.2\na b\nab c</w>\nb c</w>\n";

// Offsets of the layout that docs/formats.md describes.
constexpr std::size_t kVersion = 8, kFlags = 12, kSize = 16, kAddedCount = 28, kStart = 40, kUnknown = 48,
                      kReserved = 52, kMaxLength = 56, kBytes = 64, kMergeList = kBytes + 2048,
                      kSlots = kMergeList + 3 * 12, kAdded = kSlots + 7 * 4, kEnds = kAdded + 3 * 8;

std::vector<std::byte> small_table() {
  const TokenizerSettingsTexts settings{
      R"({"model_max_length":8,"truncation_side":"left","extra_special_tokens":[{"content":"C","normalized":true,"special":false}]})",
      "", "", ""};
  return CLIPTokenizer::from_vocabulary(as_bytes(kVocabulary), as_bytes(kMerges), TextCleaning::openai,
                                        settings)
      ->table();
}

template <class T>
std::vector<std::byte> changed(std::size_t offset, T value) {
  std::vector<std::byte> table = small_table();
  REQUIRE(offset + sizeof(T) <= table.size());
  std::memcpy(table.data() + offset, &value, sizeof(T));
  return table;
}

void check_error(const std::vector<std::byte>& table, ErrorCode code, const std::string& problem) {
  CAPTURE(problem);
  try {
    view_token_table(table, "tokens");
    FAIL("was accepted");
  } catch (const Error& error) {
    CHECK(error.code() == code);
    CHECK(error.subject() == "tokens");
    CHECK(error.problem().find(problem) != std::string::npos);
  }
}

std::string random_text(std::mt19937& random) {
  static const std::vector<std::string> kParts = {"a",
                                                  "cat",
                                                  "Photo",
                                                  " ",
                                                  "  ",
                                                  "'s",
                                                  "'ll",
                                                  "1",
                                                  "42",
                                                  "!",
                                                  "...",
                                                  "é",
                                                  "ß",
                                                  "İ",
                                                  "日本",
                                                  "😀",
                                                  "<|endoftext|>",
                                                  "<|startoftext|>",
                                                  "&amp;",
                                                  "\n",
                                                  "antidisestablishmentarianism",
                                                  "ſ",
                                                  "ñ",
                                                  "-",
                                                  "_",
                                                  "x\xCC\x81"};
  std::string text;
  for (auto count = random() % 12; count > 0; --count) text += kParts[random() % kParts.size()];
  return text;
}

}  // namespace

TEST_CASE("token table: a tokenizer of a table gives the ids of its source", "[text][tokens]") {
  const std::string vocabulary = read_text(testing::data_path("vocab/vocab.json")),
                    merges = read_text(testing::data_path("vocab/merges.txt"));
  for (const TextCleaning cleaning : {TextCleaning::hf, TextCleaning::openai}) {
    const auto source = CLIPTokenizer::from_vocabulary(as_bytes(vocabulary), as_bytes(merges), cleaning);
    const auto table = std::make_shared<const std::vector<std::byte>>(source->table());
    const auto tokenizer = CLIPTokenizer::from_table(*table, table, "tokens");
    CHECK(tokenizer->vocabulary_size() == 49408);
    CHECK(tokenizer->start_id() == 49406);
    CHECK(tokenizer->end_id() == 49407);
    CHECK(tokenizer->max_length() == source->max_length());
    CHECK(tokenizer->table() == *table);
    std::mt19937 random(20261128);
    for (int i = 0; i < 2000; ++i) {
      const std::string text = random_text(random);
      CAPTURE(text);
      REQUIRE(tokenizer->encode(text, 77).ids == source->encode(text, 77).ids);
    }
  }
}

TEST_CASE("token table: settings and added tokens are part of it", "[text][tokens]") {
  const std::vector<std::byte> bytes = small_table();
  const TokenTable table = view_token_table(bytes, "tokens");
  CHECK(table.cleaning == TextCleaning::openai);
  CHECK(table.vocabulary.size == 12);
  CHECK(table.vocabulary.max_length == 8);
  CHECK(table.vocabulary.truncate_left);
  REQUIRE(table.vocabulary.added.size() == 3);
  CHECK(table.vocabulary.added[2].content == "C");
  CHECK(table.vocabulary.added[2].id == 11);
  CHECK(table.vocabulary.added[2].normalized);
  CHECK(table.vocabulary.merger.index().merges().size() == 3);
  CHECK(table.vocabulary.merger.index().rank_of(6, 5) == 1);
  CHECK(table.vocabulary.merger.index().rank_of(5, 6) == MergeIndex::kNoRank);
  CHECK(table.names.size() == 0);
}

TEST_CASE("token table: names follow the added tokens", "[text][tokens]") {
  std::vector<std::byte> bytes = small_table();
  const TokenTable plain = view_token_table(bytes, "tokens");
  const std::vector<std::string_view> names = {"first", "", "third"};
  const std::vector<std::byte> named = compile_token_table(plain.vocabulary, plain.cleaning, names);
  const TokenTable table = view_token_table(named, "tokens");
  REQUIRE(table.names.size() == 3);
  CHECK(table.names[0] == "first");
  CHECK(table.names[2] == "third");
  CHECK(table.names.find("third") == 2);
  CHECK(table.names.find("fourth") == -1);
  CHECK(table.vocabulary.added[2].content == "C");
}

TEST_CASE("token table: a table of another kind, version or size is rejected", "[text][tokens]") {
  check_error({}, ErrorCode::magic, "is not a token table");
  check_error(changed<char>(0, 'X'), ErrorCode::magic, "is not a token table");
  check_error(changed<std::uint32_t>(kVersion, 2), ErrorCode::unsupported, "version 2, expected version 1");
  std::vector<std::byte> table = small_table();
  table.pop_back();
  check_error(table, ErrorCode::truncated, "bytes, expected");
  table.resize(20);
  check_error(table, ErrorCode::truncated, "ends inside");
  table = small_table();
  table.push_back({});
  check_error(table, ErrorCode::corrupt, "bytes after its end");
  table = small_table();
  table.insert(table.begin(), std::byte{});
  CHECK_THROWS_AS(view_token_table(ByteView(table).subspan(1), "tokens"), Error);  // not aligned
}

TEST_CASE("token table: every size and id is checked", "[text][tokens]") {
  check_error(changed<std::uint32_t>(kFlags, 4), ErrorCode::corrupt, "unknown flags");
  check_error(changed<std::uint32_t>(kReserved, 1), ErrorCode::corrupt, "unknown flags");
  check_error(changed<std::uint32_t>(kSize, UINT32_MAX), ErrorCode::limit, "4294967295 tokens");
  for (std::size_t count = kSize + 4; count <= 36; count += 4) {
    if (count == 24) continue;  // the seed, which only the index depends on
    CAPTURE(count);
    CHECK_THROWS_AS(view_token_table(changed<std::uint32_t>(count, UINT32_MAX), "tokens"), Error);
    if (count == 32) continue;  // the number of names is 0
    CHECK_THROWS_AS(view_token_table(changed<std::uint32_t>(count, 0), "tokens"), Error);
  }
  check_error(changed<std::uint32_t>(kAddedCount, 2000), ErrorCode::limit, "2000 added tokens");
  check_error(changed<std::uint32_t>(kSize, 11), ErrorCode::range, "has the id 11, but 11 tokens");
  check_error(changed<std::int32_t>(kStart, -1), ErrorCode::range, "has the id -1");
  check_error(changed<std::int32_t>(kStart + 4, 12), ErrorCode::range, "has the id 12");
  check_error(changed<std::int32_t>(kUnknown, -2), ErrorCode::range, "has the id -2");
  check_error(changed<std::int64_t>(kMaxLength, 1), ErrorCode::corrupt, "at most 1 tokens");
  check_error(changed<std::int32_t>(kBytes, 12), ErrorCode::range, "has the id 12");
  check_error(changed<std::int32_t>(kMergeList - 4, -2), ErrorCode::range, "has the id -2");
  check_error(changed<std::int32_t>(kMergeList, -1), ErrorCode::range, "has the id -1");
  check_error(changed<std::int32_t>(kMergeList + 8, 12), ErrorCode::range, "has the id 12");
  check_error(changed<std::int32_t>(kAdded, -1), ErrorCode::range, "has the id -1");
  check_error(changed<std::uint32_t>(kAdded + 4, 2), ErrorCode::corrupt, "unknown flags");
  check_error(changed<std::uint32_t>(kEnds, UINT32_MAX), ErrorCode::corrupt, "one after the other");
  check_error(changed<std::uint32_t>(kEnds, 0), ErrorCode::corrupt, "empty or not UTF-8");
  check_error(changed<std::uint32_t>(kEnds + 8, 28), ErrorCode::corrupt, "do not fill");
  check_error(changed<char>(kEnds + 12, '\xFF'), ErrorCode::corrupt, "empty or not UTF-8");
}

TEST_CASE("token table: slots that are not an index of the merges are rejected", "[text][tokens]") {
  const std::vector<std::byte> table = small_table();
  std::vector<std::uint32_t> slots(7);
  std::memcpy(slots.data(), table.data() + kSlots, 28);
  const auto check_slots = [&](const std::vector<std::uint32_t>& wrong) {
    std::vector<std::byte> bytes = table;
    std::memcpy(bytes.data() + kSlots, wrong.data(), 28);
    check_error(bytes, ErrorCode::corrupt, "index of merges");
  };
  for (std::size_t i = 0; i < slots.size(); ++i) {
    for (const std::uint32_t value :
         {0U, 1U, 2U, 3U, slots[(i + 1) % 7], slots[(i + 3) % 7], 0x100000U, UINT32_MAX}) {
      if (value == slots[i]) continue;
      std::vector<std::uint32_t> wrong = slots;
      wrong[i] = value;
      check_slots(wrong);
    }
  }
  check_slots(std::vector<std::uint32_t>(7, UINT32_MAX));
  check_slots(std::vector<std::uint32_t>(7, slots[0]));
  check_error(changed<std::uint32_t>(24, 7), ErrorCode::corrupt, "index of merges");  // another seed
  // Two merges in each other's place: each is a valid merge, but a search would not find it.
  std::vector<std::byte> bytes = table;
  std::memcpy(bytes.data() + kMergeList, table.data() + kMergeList + 12, 12);
  std::memcpy(bytes.data() + kMergeList + 12, table.data() + kMergeList, 12);
  check_error(bytes, ErrorCode::corrupt, "index of merges");
}

TEST_CASE("token table: any changed byte is rejected or harmless", "[text][tokens]") {
  const std::vector<std::byte> table = small_table();
  int accepted = 0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    for (const unsigned value : {0x00U, 0x01U, 0x7FU, 0x80U, 0xFFU}) {
      std::vector<std::byte> wrong = table;
      wrong[i] = std::byte(value);
      try {
        const auto tokenizer = CLIPTokenizer::from_table(wrong, nullptr, "tokens");
        const Encoding encoding = tokenizer->encode("abc cab &amp; C\xC3\xA9", 77);
        for (const std::int32_t id : encoding.ids) REQUIRE((id >= 0 && id < tokenizer->vocabulary_size()));
        ++accepted;
      } catch (const Error&) {
      }
    }
  }
  CHECK(accepted > 0);
}

TEST_CASE("merge index: finds all pairs of a large table, and only those", "[text][tokens]") {
  std::mt19937 random(20261128);
  std::vector<Merge> merges;
  for (std::int32_t left = 0; left < 300; ++left) {
    for (std::int32_t right = 0; right < 300; ++right) {
      if (random() % 2 == 0) merges.push_back({left, right * 1000, left});
    }
  }
  MergeTable table(merges);
  REQUIRE_FALSE(table.build_index("merges"));
  const MergeIndex index = table.index();
  CHECK(index.is_sound());
  std::size_t rank = 0;
  for (std::int32_t left = 0; left < 300; ++left) {
    for (std::int32_t right = 0; right < 300; ++right) {
      const bool has =
          rank < merges.size() && merges[rank].left == left && merges[rank].right == right * 1000;
      REQUIRE(index.rank_of(left, right * 1000) ==
              (has ? static_cast<std::int32_t>(rank) : MergeIndex::kNoRank));
      rank += has ? 1 : 0;
    }
  }
  CHECK(index.rank_of(-1, 0) == MergeIndex::kNoRank);
  CHECK(index.rank_of(0, -1) == MergeIndex::kNoRank);
  CHECK(MergeIndex().rank_of(1, 2) == MergeIndex::kNoRank);
}
