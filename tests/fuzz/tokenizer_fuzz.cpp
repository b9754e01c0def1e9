// SPDX-License-Identifier: Apache-2.0
// The tokenizer on any bytes: never a crash, never more ids than asked for, and both ways of merging agree.

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/base/error.h"
#include "sightline/text/bpe.h"
#include "sightline/text/clip_tokenizer.h"

using namespace sightline;

namespace {

constexpr std::string_view kVocabulary =
    R"({"a":0,"b":1,"c":2,"d":3,"a</w>":4,"b</w>":5,"c</w>":6,"d</w>":7,"ab":8,"abc":9,"bc":10,"cd</w>":11,)"
    R"("aa":12,"aaaa":13,"<|startoftext|>":14,"<|endoftext|>":15})";
constexpr std::string_view kMerges = "#version: 0.2\na b\nab c\nb c\nc d</w>\na a\naa aa\n";
constexpr std::int64_t kMostIds = 77;

void require(bool condition) {
  if (!condition) std::abort();
}

// One merge at a time by its definition, on small alphabets where everything merges.
void compare_merging(const std::uint8_t* data, std::size_t size) {
  std::vector<Merge> rules;
  for (std::int32_t left = 0; left < 4; ++left) {
    for (std::int32_t right = 0; right < 2; ++right) {
      const auto merged = 4 + static_cast<std::int32_t>(rules.size()) % 3;
      rules.push_back({left, right, merged});
    }
  }
  MergeTable table(rules);
  require(!table.build_index("merges"));
  const BytePairMerger merger(table.index());
  std::vector<std::int32_t> fast, plain;
  for (std::size_t i = 0; i < size && i < 64; ++i) fast.push_back(data[i] % 7);
  plain = fast;
  merger.merge(fast);
  for (bool again = true; again;) {
    again = false;
    for (const Merge& rule : rules) {
      for (std::size_t i = 0; i + 1 < plain.size() && !again; ++i) {
        if (plain[i] != rule.left || plain[i + 1] != rule.right) continue;
        plain[i] = rule.merged;
        plain.erase(plain.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        again = true;
      }
      if (again) break;
    }
  }
  require(fast == plain);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto hf =
      CLIPTokenizer::from_vocabulary(as_bytes(kVocabulary), as_bytes(kMerges), TextCleaning::hf);
  static const auto openai =
      CLIPTokenizer::from_vocabulary(as_bytes(kVocabulary), as_bytes(kMerges), TextCleaning::openai);
  compare_merging(data, size);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto* tokenizer : {hf.get(), openai.get()}) {
    try {
      const Encoding encoding = tokenizer->encode(text, kMostIds);
      require(encoding.ids.size() >= 2 && encoding.ids.size() <= static_cast<std::size_t>(kMostIds));
      require(encoding.ids.front() == 14 && encoding.ids.back() == 15);
      for (const std::int32_t id : encoding.ids) require(id >= 0 && id < 16);
    } catch (const Error& error) {
      require(error.code() == ErrorCode::utf8 || error.code() == ErrorCode::limit);
    }
  }
  return 0;
}
