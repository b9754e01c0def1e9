// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/tar.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sightline {
namespace {

constexpr auto kBlock = static_cast<std::int64_t>(kTarBlockBytes);
constexpr std::int64_t kMaxExtendedHeader = 1 << 20;
constexpr int kMaxExtendedHeaders = 100;
constexpr std::int64_t kFirstPiece = 1 << 20;
// Enough to reach the checksum of a compressed file behind the padding that tar writes after the end.
constexpr std::int64_t kDrainedBytes = 1 << 20;

std::int64_t padded(std::int64_t size) { return (size + kBlock - 1) / kBlock * kBlock; }

/// Members of these types have no content, whatever their size field says.
bool is_header_only(char type) { return type >= '1' && type <= '6'; }

TarMemberKind kind_of(char type, std::string_view name, bool sparse) {
  switch (type) {
    case '0':
      if (name.ends_with('/')) return TarMemberKind::folder;  // Unix V7
      return sparse ? TarMemberKind::sparse : TarMemberKind::file;
    case '1':
    case '2':
      return TarMemberKind::link;
    case '5':
    case 'D':
      return TarMemberKind::folder;
    case 'S':
      return TarMemberKind::sparse;
    default:
      return TarMemberKind::other;
  }
}

}  // namespace

TarReader::TarReader(std::unique_ptr<BufferedStream> stream, std::string_view subject)
    : stream_(std::move(stream)), subject_(subject) {}

bool TarReader::next(TarMember& member) {
  if (ended_) return false;
  ended_ = true;  // unless all goes well
  skip_content();
  ended_ = !find_next(member);
  return !ended_;
}

bool TarReader::find_next(TarMember& member) {
  std::array<std::byte, kTarBlockBytes> block;
  local_ = {};
  gnu_name_.reset();
  for (int extensions = 0; extensions <= kMaxExtendedHeaders; ++extensions) {
    const std::int64_t place = position_;
    if (!read_block(block)) {
      if (extensions > 0) fail_truncated("after an extended header");
      return false;
    }
    if (at_end(block)) {
      if (extensions > 0)
        fail(ErrorCode::corrupt, subject_, "ends with an extended header that belongs to no member");
      drain();
      return false;
    }
    if (place == 0 && !has_tar_checksum(block) && !has_tar_magic(block)) {
      fail(ErrorCode::magic, subject_, "is not a tar archive");
    }
    const TarHeader header = parse_tar_header(block, subject_, place);
    if (read_extension(header)) continue;
    fill(header, member);
    return true;
  }
  fail(ErrorCode::limit, subject_,
       "has more than " + std::to_string(kMaxExtendedHeaders) +
           " extended headers for one member, the maximum");
}

bool TarReader::read_block(std::span<std::byte> block) {
  const std::size_t count = stream_->read_fully(block);
  position_ += static_cast<std::int64_t>(count);
  // A file that ends inside its last zero blocks has lost no member.
  if (is_zero_block(block.first(count))) return count == block.size();
  if (count < block.size()) fail_truncated("inside a member header");
  return true;
}

// One zero block at the end of the file is enough, as for GNU tar.
bool TarReader::at_end(ByteView block) {
  if (!is_zero_block(block)) return false;
  const std::int64_t place = position_ - kBlock;
  std::array<std::byte, kTarBlockBytes> second;
  const std::size_t count = stream_->read_fully(second);
  if (!is_zero_block(ByteView(second).first(count))) {
    fail(ErrorCode::corrupt, subject_,
         "has a damaged member header at byte " + std::to_string(place) + ": it is a single block of zeros");
  }
  return true;
}

void TarReader::drain() { stream_->skip(kDrainedBytes); }

bool TarReader::read_extension(const TarHeader& header) {
  switch (header.type) {
    case 'x':
    case 'X':  // Solaris
      read_pax_records(read_extended_header(header), local_, subject_);
      return true;
    case 'g':
      read_pax_records(read_extended_header(header), global_, subject_);
      return true;
    case 'L': {
      std::string name = read_extended_header(header);
      gnu_name_ = name.substr(0, name.find('\0'));
      return true;
    }
    case 'K':  // the target of a link
      read_extended_header(header);
      return true;
    default:
      return false;
  }
}

std::string TarReader::read_extended_header(const TarHeader& header) {
  if (header.size > kMaxExtendedHeader) {
    fail(ErrorCode::limit, subject_,
         "has an extended header of " + std::to_string(header.size) + " bytes, expected at most " +
             std::to_string(kMaxExtendedHeader));
  }
  std::string text(static_cast<std::size_t>(padded(header.size)), '\0');
  const std::size_t count = stream_->read_fully(std::as_writable_bytes(std::span(text)));
  position_ += static_cast<std::int64_t>(count);
  if (count < text.size()) fail_truncated("inside an extended header");
  text.resize(static_cast<std::size_t>(header.size));
  return text;
}

void TarReader::fill(const TarHeader& header, TarMember& member) {
  const auto& pax_name = local_.path ? local_.path : global_.path;
  const bool sparse = local_.sparse || global_.sparse || header.type == 'S';
  if (sparse && local_.sparse_name) {
    name_ = *local_.sparse_name;
  } else {
    name_ = pax_name ? *pax_name : gnu_name_ ? *gnu_name_ : header.name;
  }
  if (header.has_sparse_map) skip_sparse_map();
  const auto& pax_size = local_.size ? local_.size : global_.size;
  size_ = is_header_only(header.type) ? 0 : pax_size.value_or(header.size);
  rest_ = padded(size_);
  member = {name_, kind_of(header.type, name_, sparse), size_};
}

// Blocks of 21 pairs of offset and length; byte 504 says whether another one follows.
void TarReader::skip_sparse_map() {
  constexpr std::size_t kMore = 504;
  std::array<std::byte, kTarBlockBytes> block;
  do {
    if (!read_block(block)) fail_truncated("inside the map of a sparse member");
  } while (block[kMore] != std::byte{0});
}

void TarReader::skip_content() {
  const std::int64_t count = stream_->skip(rest_);
  position_ += count;
  if (count < std::exchange(rest_, 0)) fail_truncated("inside the member '" + name_ + "'");
}

void TarReader::check_size(std::int64_t max_bytes) const {
  if (size_ > max_bytes) {
    fail(ErrorCode::limit, subject_, "is larger than the limit of " + std::to_string(max_bytes) + " bytes");
  }
}

// `ended_` is set during a read, and stays set if it fails.
void TarReader::advance(std::int64_t count, std::int64_t wanted) {
  position_ += count;
  rest_ -= count;
  if (count < wanted) fail(ErrorCode::truncated, subject_, "the archive ends inside this member");
}

void TarReader::pass_over(std::int64_t max_bytes) {
  check_size(max_bytes);
  ended_ = true;
  advance(stream_->skip(size_), size_);
  size_ = 0;
  ended_ = false;
}

std::vector<std::byte> TarReader::read(std::int64_t max_bytes) {
  check_size(max_bytes);
  ended_ = true;
  std::vector<std::byte> bytes;
  // In growing pieces, because the file may be shorter than the size that the header claims.
  while (static_cast<std::int64_t>(bytes.size()) < size_) {
    const std::size_t done = bytes.size();
    const std::int64_t piece = std::max(kFirstPiece, static_cast<std::int64_t>(done));
    bytes.resize(static_cast<std::size_t>(std::min(size_, static_cast<std::int64_t>(done) + piece)));
    const std::span<std::byte> rest = std::span(bytes).subspan(done);
    advance(static_cast<std::int64_t>(stream_->read_fully(rest)), std::ssize(rest));
  }
  size_ = 0;
  ended_ = false;
  return bytes;
}

void TarReader::fail_truncated(const std::string& where) const {
  fail(ErrorCode::truncated, subject_, "ends " + where);
}

}  // namespace sightline
