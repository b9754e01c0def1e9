// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/pipeline_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/text/limits.h"

namespace sightline {
namespace {

static_assert(std::endian::native == std::endian::little, "a table is used as it is");

constexpr std::string_view kMagic = "SLPIPELN";
constexpr std::size_t kDocuments = 5;  // tokenizer.json, SentencePiece model, and the three settings files
constexpr std::uint32_t kByteFallback = 1;

struct Header {
  std::array<char, 8> magic;
  std::uint32_t version, flags;
  std::uint32_t tokenizer_class;
  std::int32_t unknown_id;  ///< of SiglipTokenizer
  double unknown_score;     ///< of SiglipTokenizer
  std::uint32_t pieces, scores;
  std::uint32_t piece_seed, merge_seed;
  std::uint32_t merges, text;
  std::array<std::uint32_t, kDocuments> documents;  ///< their sizes
  std::uint32_t reserved;
};
static_assert(sizeof(Header) == 80 && std::is_trivially_copyable_v<Header>);

/// The sections of a table, in this order: those of 8-byte elements come first, so that all are aligned.
struct Sections {
  std::span<const double> scores;
  std::span<const std::uint64_t> filter;
  std::span<const Merge> merges;
  std::span<const std::uint32_t> merge_slots;
  std::span<const std::uint32_t> piece_slots;
  std::span<const std::uint32_t> ends;
  std::string_view text;
  std::array<std::string_view, kDocuments> documents;
};

/// Calls `visit(section, number of elements)` for each section.
template <class Visit>
void for_each_section(const Header& header, Sections& sections, Visit visit) {
  visit(sections.scores, header.scores);
  visit(sections.filter, PieceIndex::filter_words_for(header.pieces));
  visit(sections.merges, header.merges);
  visit(sections.merge_slots, MergeIndex::slots_for(header.merges));
  visit(sections.piece_slots, PieceIndex::slots_for(header.pieces));
  visit(sections.ends, header.pieces);
  visit(sections.text, header.text);
  for (std::size_t i = 0; i < kDocuments; ++i) visit(sections.documents[i], header.documents[i]);
}

template <class Section>
constexpr std::size_t kElementBytes = sizeof(typename std::remove_reference_t<Section>::value_type);

std::uint64_t table_bytes(const Header& header) {
  std::uint64_t bytes = sizeof(Header);
  Sections sections;
  for_each_section(header, sections, [&](auto& section, std::size_t count) {
    bytes += std::uint64_t{count} * kElementBytes<decltype(section)>;
  });
  return bytes;
}

std::array<std::string_view, kDocuments> documents_of(const TokenizerFolder& folder) {
  return {folder.tokenizer_json, as_text(folder.sentencepiece), folder.settings.config,
          folder.settings.special_tokens_map, folder.settings.added_tokens};
}

class Checker {
 public:
  Checker(ByteView block, std::string_view subject) : block_(block), subject_(subject) {}

  /// Returns the header of a block that has the size it states.
  Header check_header() const {
    if (!is_pipeline_table(block_)) fail(ErrorCode::magic, subject_, "is not a table of a tokenizer");
    const auto version = load_le<std::uint32_t>(block_, kMagic.size(), subject_);
    if (version != kPipelineTableVersion) {
      fail(ErrorCode::unsupported, subject_,
           "is a table of version " + std::to_string(version) + ", expected version " +
               std::to_string(kPipelineTableVersion));
    }
    const auto header = load_le<Header>(block_, 0, subject_);
    if (header.pieces > PieceIndex::kMaxSize || header.merges > MergeIndex::kMaxSize) {
      fail(ErrorCode::limit, subject_,
           "has " + std::to_string(header.pieces) + " tokens and " + std::to_string(header.merges) +
               " merges");
    }
    const std::uint64_t bytes = table_bytes(header);
    if (block_.size() < bytes) {
      fail(ErrorCode::truncated, subject_,
           "has " + std::to_string(block_.size()) + " bytes, expected " + std::to_string(bytes));
    }
    if (block_.size() > bytes) corrupt("there are bytes after its end");
    if (reinterpret_cast<std::uintptr_t>(block_.data()) % kTokenTableAlignment != 0)
      corrupt("its address is not a multiple of " + std::to_string(kTokenTableAlignment));
    if (header.flags > kByteFallback || header.reserved != 0) corrupt("it has unknown flags");
    if (header.tokenizer_class > static_cast<std::uint32_t>(TokenizerClass::siglip2) ||
        header.tokenizer_class == static_cast<std::uint32_t>(TokenizerClass::clip)) {
      corrupt("it has the class " + std::to_string(header.tokenizer_class));
    }
    if (header.scores != 0 && header.scores != header.pieces) corrupt("it does not have a score per token");
    return header;
  }

  void check_sections(const Header& header, const Sections& sections) const {
    std::uint32_t end = 0;
    for (const std::uint32_t next : sections.ends) {
      if (next < end || next > sections.text.size()) corrupt("its strings are not one after the other");
      end = next;
    }
    if (end != sections.text.size()) corrupt("its strings do not fill their section");
    if (header.unknown_id != kNoToken && static_cast<std::uint32_t>(header.unknown_id) >= header.pieces)
      corrupt("it has the unknown id " + std::to_string(header.unknown_id));
    // As unsigned numbers, negative ids are the largest, so one comparison is enough.
    const auto as_unsigned = [](std::int32_t id) { return static_cast<std::uint32_t>(id); };
    std::uint32_t largest = 0;
    for (const Merge& merge : sections.merges) {
      largest =
          std::max({largest, as_unsigned(merge.left), as_unsigned(merge.right), as_unsigned(merge.merged)});
    }
    if (!sections.merges.empty() && largest >= header.pieces)
      corrupt("it has a merge with the id " + std::to_string(static_cast<std::int32_t>(largest)));
  }

  [[noreturn]] void corrupt(const std::string& problem) const {
    fail(ErrorCode::corrupt, subject_, "is a damaged table of a tokenizer: " + problem);
  }

 private:
  ByteView block_;
  std::string_view subject_;
};

}  // namespace

bool is_pipeline_table(ByteView block) { return as_text(block).starts_with(kMagic); }

std::vector<std::byte> compile_pipeline_table(const PipelineTable& table) {
  const PieceIndex& pieces = table.tables.pieces;
  const MergeIndex& merges = table.tables.merger.index();
  const std::vector<std::uint32_t> no_merge(MergeIndex::slots_for(0), UINT32_MAX);
  Sections sections;
  sections.scores = table.tables.scores;
  sections.filter = pieces.filter();
  sections.merges = merges.merges();
  sections.merge_slots = merges.slots().empty() ? std::span<const std::uint32_t>(no_merge) : merges.slots();
  sections.piece_slots = pieces.slots();
  std::string text;
  std::vector<std::uint32_t> ends;
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    text += pieces.names()[id];
    ends.push_back(static_cast<std::uint32_t>(text.size()));
  }
  sections.ends = ends;
  sections.text = text;
  sections.documents = documents_of(table.folder);

  Header header{};
  std::copy(kMagic.begin(), kMagic.end(), header.magic.begin());
  header.version = kPipelineTableVersion;
  header.flags = table.native.byte_fallback ? kByteFallback : 0;
  header.tokenizer_class = static_cast<std::uint32_t>(table.tokenizer_class);
  header.unknown_id = table.native.unknown_id;
  header.unknown_score = table.native.unknown_score;
  header.pieces = static_cast<std::uint32_t>(pieces.size());
  header.scores = static_cast<std::uint32_t>(sections.scores.size());
  header.piece_seed = pieces.seed();
  header.merge_seed = merges.seed();
  header.merges = static_cast<std::uint32_t>(merges.merges().size());
  header.text = static_cast<std::uint32_t>(text.size());
  for (std::size_t i = 0; i < kDocuments; ++i)
    header.documents[i] = static_cast<std::uint32_t>(sections.documents[i].size());

  std::vector<std::byte> out(table_bytes(header));
  std::memcpy(out.data(), &header, sizeof(header));
  std::size_t at = sizeof(header);
  for_each_section(header, sections, [&](auto& section, std::size_t count) {
    const std::size_t size = count * kElementBytes<decltype(section)>;
    if (size > 0) std::memcpy(out.data() + at, section.data(), size);
    at += size;
  });
  return out;
}

PipelineTable view_pipeline_table(ByteView block, std::shared_ptr<const void> owner,
                                  std::string_view subject) {
  const Checker checker(block, subject);
  const Header header = checker.check_header();
  Sections sections;
  const std::byte* at = block.data() + sizeof(Header);
  for_each_section(header, sections, [&](auto& section, std::size_t count) {
    using Element = typename std::remove_reference_t<decltype(section)>::value_type;
    section = {reinterpret_cast<const Element*>(at), count};
    at += count * sizeof(Element);
  });
  checker.check_sections(header, sections);
  PipelineTable table;
  table.tokenizer_class = static_cast<TokenizerClass>(header.tokenizer_class);
  table.tables.pieces = PieceIndex(TokenNames(sections.ends, sections.text), sections.piece_slots,
                                   sections.filter, header.piece_seed);
  if (!table.tables.pieces.is_safe()) checker.corrupt("its index is not one of these tokens");
  const MergeIndex merges(sections.merges, sections.merge_slots, header.merge_seed);
  if (!merges.is_safe()) checker.corrupt("its index of merges is not one of these merges");
  table.tables.merger = BytePairMerger(merges);
  table.tables.scores = sections.scores;
  table.tables.owner = std::move(owner);
  table.native.rule = UnigramRule::sentencepiece;
  table.native.unknown_id = header.unknown_id;
  table.native.unknown_score = header.unknown_score;
  table.native.byte_fallback = (header.flags & kByteFallback) != 0;
  table.folder.tokenizer_json = sections.documents[0];
  table.folder.sentencepiece = as_bytes(sections.documents[1]);
  table.folder.settings.config = sections.documents[2];
  table.folder.settings.special_tokens_map = sections.documents[3];
  table.folder.settings.added_tokens = sections.documents[4];
  return table;
}

}  // namespace sightline
