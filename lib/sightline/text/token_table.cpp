// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/token_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/text/limits.h"

namespace sightline {
namespace {

static_assert(std::endian::native == std::endian::little, "a table is used as it is");

constexpr std::string_view kMagic = "SLTOKENS";
constexpr std::uint32_t kTruncateLeft = 1, kOpenAICleaning = 2;
constexpr std::uint32_t kNormalized = 1;
// CLIP's two special tokens and OpenCLIP's can be matched without being added by the settings.
constexpr std::uint64_t kMaxAdded = kMaxAddedTokens + 4;
constexpr std::int64_t kLeastLength = 2;  // the start and the end of a text

struct Header {
  std::array<char, 8> magic;
  std::uint32_t version, flags;
  std::uint32_t size;  ///< number of ids, those of added tokens included
  std::uint32_t merges;
  std::uint32_t seed;  ///< of the merge index
  std::uint32_t added;
  std::uint32_t names;
  std::uint32_t text;  ///< bytes of the contents of added tokens and the names
  std::int32_t start_id, end_id, unknown_id;
  std::uint32_t reserved;
  std::int64_t max_length;
};
static_assert(sizeof(Header) == 64 && std::is_trivially_copyable_v<Header>);
static_assert(sizeof(Merge) == 12);

using ByteIds = std::array<std::int32_t, 256>;

struct Added {
  std::int32_t id;
  std::uint32_t flags;
};

/// The sections of a table, in this order and without gaps.
struct Sections {
  Header header;
  std::span<const std::int32_t> bytes, final_bytes;
  std::span<const Merge> merges;
  std::span<const std::uint32_t> slots;
  std::span<const Added> added;
  std::span<const std::uint32_t> ends;  ///< of the contents of added tokens, then of names
  std::string_view text;
};

std::uint64_t table_bytes(const Header& header) {
  return sizeof(Header) + 2 * sizeof(ByteIds) + std::uint64_t{header.merges} * sizeof(Merge) +
         MergeIndex::slots_for(header.merges) * sizeof(std::uint32_t) +
         std::uint64_t{header.added} * sizeof(Added) +
         (std::uint64_t{header.added} + header.names) * sizeof(std::uint32_t) + header.text;
}

/// The block has at least `table_bytes(header)` bytes.
Sections sections_of(ByteView block) {
  Sections sections;
  std::memcpy(&sections.header, block.data(), sizeof(Header));
  const Header& header = sections.header;
  const std::byte* at = block.data() + sizeof(Header);
  const auto take = [&](auto& section, std::size_t count) {
    using Element = typename std::remove_reference_t<decltype(section)>::value_type;
    section = {reinterpret_cast<const Element*>(at), count};
    at += count * sizeof(Element);
  };
  take(sections.bytes, std::tuple_size_v<ByteIds>);
  take(sections.final_bytes, std::tuple_size_v<ByteIds>);
  take(sections.merges, header.merges);
  take(sections.slots, MergeIndex::slots_for(header.merges));
  take(sections.added, header.added);
  take(sections.ends, std::size_t{header.added} + header.names);
  take(sections.text, header.text);
  return sections;
}

TokenNames strings_of(const Sections& sections) { return {sections.ends, sections.text}; }

TokenTable table_of(const Sections& sections) {
  const Header& header = sections.header;
  TokenTable table;
  Vocabulary& vocabulary = table.vocabulary;
  std::copy(sections.bytes.begin(), sections.bytes.end(), vocabulary.bytes.begin());
  std::copy(sections.final_bytes.begin(), sections.final_bytes.end(), vocabulary.final_bytes.begin());
  vocabulary.merger = BytePairMerger({sections.merges, sections.slots, header.seed});
  const TokenNames strings = strings_of(sections);
  for (std::size_t i = 0; i < sections.added.size(); ++i) {
    const Added& token = sections.added[i];
    vocabulary.added.push_back({std::string(strings[i]), token.id, (token.flags & kNormalized) != 0});
  }
  vocabulary.size = header.size;
  vocabulary.start_id = header.start_id;
  vocabulary.end_id = header.end_id;
  vocabulary.unknown_id = header.unknown_id;
  vocabulary.max_length = header.max_length;
  vocabulary.truncate_left = (header.flags & kTruncateLeft) != 0;
  table.cleaning = (header.flags & kOpenAICleaning) != 0 ? TextCleaning::openai : TextCleaning::hf;
  const std::uint32_t skipped = header.added > 0 ? sections.ends[header.added - 1] : 0;
  table.names = {sections.ends.subspan(header.added), sections.text, skipped};
  return table;
}

/// Checks a table against its header and its limits.
class Checker {
 public:
  Checker(ByteView block, std::string_view subject) : block_(block), subject_(subject) {}

  Sections check() {
    check_header();
    sections_ = sections_of(block_);
    check_ids();
    check_strings();
    const MergeIndex index(sections_.merges, sections_.slots, sections_.header.seed);
    if (!index.is_sound()) corrupt("its index of merges is not one of these merges");
    return sections_;
  }

 private:
  [[noreturn]] void corrupt(const std::string& problem) const {
    fail(ErrorCode::corrupt, subject_, "is a damaged token table: " + problem);
  }
  void check_limit(std::uint64_t value, std::uint64_t most, std::string_view what) const {
    if (value <= most) return;
    fail(ErrorCode::limit, subject_,
         "has " + std::to_string(value) + " " + std::string(what) + ", at most " + std::to_string(most) +
             " are accepted");
  }

  void check_header() const {
    if (!as_text(block_).starts_with(kMagic)) fail(ErrorCode::magic, subject_, "is not a token table");
    const auto version = load_le<std::uint32_t>(block_, kMagic.size(), subject_);
    if (version != kTokenTableVersion) {
      fail(ErrorCode::unsupported, subject_,
           "is a token table of version " + std::to_string(version) + ", expected version " +
               std::to_string(kTokenTableVersion));
    }
    const auto header = load_le<Header>(block_, 0, subject_);
    check_limit(header.size, kMaxVocabulary + kMaxAdded, "tokens");
    check_limit(header.merges, MergeIndex::kMaxSize, "merges");
    check_limit(header.added, kMaxAdded, "added tokens");
    check_limit(header.names, header.size, "names");
    const std::uint64_t bytes = table_bytes(header);
    if (block_.size() < bytes) {
      fail(ErrorCode::truncated, subject_,
           "has " + std::to_string(block_.size()) + " bytes, expected " + std::to_string(bytes));
    }
    if (block_.size() > bytes) corrupt("there are bytes after its end");
    if (reinterpret_cast<std::uintptr_t>(block_.data()) % kTokenTableAlignment != 0)
      corrupt("its address is not a multiple of " + std::to_string(kTokenTableAlignment));
    if (header.flags > (kTruncateLeft | kOpenAICleaning) || header.reserved != 0)
      corrupt("it has unknown flags");
    if (header.max_length < kLeastLength)
      corrupt("its texts have at most " + std::to_string(header.max_length) + " tokens");
  }

  void check_id(std::int32_t id, std::int32_t least) const {
    if (id >= least && id < static_cast<std::int64_t>(sections_.header.size)) return;
    fail(ErrorCode::range, subject_,
         "is a damaged token table: it has the id " + std::to_string(id) + ", but " +
             std::to_string(sections_.header.size) + " tokens");
  }

  void check_ids() const {
    const Header& header = sections_.header;
    check_id(header.start_id, 0);
    check_id(header.end_id, 0);
    check_id(header.unknown_id, -1);
    for (const std::int32_t id : sections_.bytes) check_id(id, -1);
    for (const std::int32_t id : sections_.final_bytes) check_id(id, -1);
    for (const Added& token : sections_.added) check_id(token.id, 0);
    // As unsigned numbers, negative ids are the largest, so one comparison is enough.
    const auto as_unsigned = [](std::int32_t id) { return static_cast<std::uint32_t>(id); };
    std::uint32_t largest = 0;
    for (const Merge& merge : sections_.merges) {
      largest =
          std::max({largest, as_unsigned(merge.left), as_unsigned(merge.right), as_unsigned(merge.merged)});
    }
    if (!sections_.merges.empty()) check_id(static_cast<std::int32_t>(largest), 0);
  }

  void check_strings() const {
    std::uint32_t end = 0;
    for (const std::uint32_t next : sections_.ends) {
      if (next < end || next > sections_.text.size()) corrupt("its strings are not one after the other");
      end = next;
    }
    if (end != sections_.text.size()) corrupt("its strings do not fill their section");
    const TokenNames strings = strings_of(sections_);
    for (std::size_t i = 0; i < sections_.added.size(); ++i) {
      if (strings[i].empty() || !is_utf8(strings[i])) corrupt("an added token is empty or not UTF-8");
      if (sections_.added[i].flags > kNormalized) corrupt("it has unknown flags");
    }
  }

  ByteView block_;
  std::string_view subject_;
  Sections sections_{};
};

class Writer {
 public:
  explicit Writer(std::uint64_t size) { bytes_.reserve(size); }
  template <class T>
  void write(std::span<const T> values) {
    const auto bytes = std::as_bytes(values);
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  template <class T>
  void write(const T& value) {
    write(std::span<const T>(&value, 1));
  }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace

std::int32_t TokenNames::find(std::string_view token) const {
  for (std::size_t id = size(); id-- > 0;) {
    if ((*this)[id] == token) return static_cast<std::int32_t>(id);
  }
  return -1;
}

std::vector<std::byte> compile_token_table(const Vocabulary& vocabulary, TextCleaning cleaning,
                                           std::span<const std::string_view> names) {
  const MergeIndex& index = vocabulary.merger.index();
  std::string text;
  std::vector<Added> added;
  std::vector<std::uint32_t> ends;
  const auto add_string = [&](std::string_view string) {
    text += string;
    if (text.size() > UINT32_MAX) fail(ErrorCode::limit, "", "has token strings of more than 4 GiB");
    ends.push_back(static_cast<std::uint32_t>(text.size()));
  };
  for (const AddedToken& token : vocabulary.added) {
    added.push_back({token.id, token.normalized ? kNormalized : 0});
    add_string(token.content);
  }
  for (const std::string_view name : names) add_string(name);
  Header header{};
  std::copy(kMagic.begin(), kMagic.end(), header.magic.begin());
  header.version = kTokenTableVersion;
  header.flags = (vocabulary.truncate_left ? kTruncateLeft : 0) |
                 (cleaning == TextCleaning::openai ? kOpenAICleaning : 0);
  header.size = static_cast<std::uint32_t>(vocabulary.size);
  header.merges = static_cast<std::uint32_t>(index.merges().size());
  header.seed = index.seed();
  header.added = static_cast<std::uint32_t>(added.size());
  header.names = static_cast<std::uint32_t>(names.size());
  header.text = static_cast<std::uint32_t>(text.size());
  header.start_id = vocabulary.start_id;
  header.end_id = vocabulary.end_id;
  header.unknown_id = vocabulary.unknown_id;
  header.max_length = vocabulary.max_length;

  Writer writer(table_bytes(header));
  writer.write(header);
  writer.write(vocabulary.bytes);
  writer.write(vocabulary.final_bytes);
  writer.write(index.merges());
  writer.write(index.slots());
  writer.write(std::span<const Added>(added));
  writer.write(std::span<const std::uint32_t>(ends));
  writer.write(std::span<const char>(text));
  return writer.take();
}

TokenTable view_token_table(ByteView block, std::string_view subject) {
  return table_of(Checker(block, subject).check());
}

TokenTable trust_token_table(ByteView block) { return table_of(sections_of(block)); }

}  // namespace sightline
