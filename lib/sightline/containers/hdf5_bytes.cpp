// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/hdf5_bytes.h"

#include <array>
#include <bit>

#include "sightline/base/error.h"
#include "sightline/containers/hdf5.h"

namespace sightline {
namespace {

constexpr std::string_view kSignature("\x89HDF\r\n\x1A\n", 8);
constexpr std::uint64_t kMaxStructure = 64 << 20;  // the largest CLIP model in Keras's format needs less than
                                                   // 1 MiB
constexpr std::uint8_t kOffsetBytes = 8;

// A file may start with a user block; the signature is then at offset 512, 1024, 2048 and so on.
bool has_user_block(ByteView file) {
  for (std::size_t at = 512; at < file.size() && file.size() - at >= kSignature.size(); at *= 2) {
    if (as_text(file.subspan(at)).starts_with(kSignature)) return true;
  }
  return false;
}

void check_signature(ByteView file, std::string_view subject) {
  if (has_hdf5_signature(file)) return;
  if (has_user_block(file))
    fail(ErrorCode::unsupported, subject,
         "starts with a user block, expected the HDF5 signature at offset 0");
  if (!file.empty() && kSignature.starts_with(as_text(file)))
    fail(ErrorCode::truncated, subject, "ends inside the HDF5 signature");
  fail(ErrorCode::magic, subject, "does not start with the HDF5 signature");
}

}  // namespace

bool has_hdf5_signature(ByteView head) { return as_text(head).starts_with(kSignature); }

std::uint64_t Hdf5Cursor::take_number(std::size_t bytes) {
  switch (bytes) {
    case 1:
      return take_u8();
    case 2:
      return take_u16();
    case 4:
      return take_u32();
    default:
      return take_u64();
  }
}

ByteView Hdf5Cursor::take_bytes(std::uint64_t count) {
  if (count > bytes_.size()) {
    fail(ErrorCode::header, subject_,
         "has a structure that ends after " + std::to_string(bytes_.size()) + " bytes, expected " +
             std::to_string(count));
  }
  const ByteView result = bytes_.first(static_cast<std::size_t>(count));
  bytes_ = bytes_.subspan(result.size());
  return result;
}

Hdf5Bytes::Hdf5Bytes(ByteView file, std::string_view subject) : file_(file), subject_(subject) {
  check_signature(file, subject);
  constexpr std::size_t kMaxSuperblockBytes = 96;
  if (file.size() < kMaxSuperblockBytes) {
    fail(ErrorCode::truncated, subject,
         "has " + std::to_string(file.size()) + " bytes, expected at least " +
             std::to_string(kMaxSuperblockBytes));
  }
  Hdf5Cursor cursor(file.first(kMaxSuperblockBytes).subspan(kSignature.size()), subject_);
  const std::uint8_t version = cursor.take_u8();
  if (version == 0) {
    read_superblock_0(cursor);
  } else if (version == 2 || version == 3) {
    read_superblock_2(cursor);
  } else {
    fail(ErrorCode::unsupported, subject,
         "has a superblock of version " + std::to_string(version) + ", expected 0, 2 or 3");
  }
}

void Hdf5Bytes::read_superblock_0(Hdf5Cursor cursor) {
  const std::array versions = {cursor.take_u8(), cursor.take_u8()};  // versions of the free-space and root
                                                                     // entries
  cursor.skip(1);
  const std::uint8_t shared_version = cursor.take_u8();
  if (versions[0] != 0 || versions[1] != 0 || shared_version != 0)
    fail(ErrorCode::unsupported, subject_, "has structures of a version other than 0 in its superblock");
  const std::array sizes = {cursor.take_u8(), cursor.take_u8()};
  cursor.skip(1);
  if (sizes[0] != kOffsetBytes || sizes[1] != kOffsetBytes)
    fail(ErrorCode::unsupported, subject_, "has addresses that are not 8 bytes wide");
  cursor.skip(2 + 2 + 4);  // B-tree fill parameters, flags
  const std::uint64_t base = cursor.take_u64();
  cursor.skip(8);  // free space
  const std::uint64_t end = cursor.take_u64();
  const std::uint64_t driver = cursor.take_u64();
  if (base != 0) fail(ErrorCode::unsupported, subject_, "has a base address other than 0");
  if (driver != kHdf5Undefined)
    fail(ErrorCode::unsupported, subject_, "uses a file driver, expected a single file");
  cursor.skip(8);  // name of the root group
  root_ = cursor.take_u64();
  set_end(end);
}

void Hdf5Bytes::read_superblock_2(Hdf5Cursor cursor) {
  constexpr std::size_t kSize = 48;
  const std::array sizes = {cursor.take_u8(), cursor.take_u8()};
  const std::uint8_t flags = cursor.take_u8();
  if (sizes[0] != kOffsetBytes || sizes[1] != kOffsetBytes)
    fail(ErrorCode::unsupported, subject_, "has addresses that are not 8 bytes wide");
  if (flags != 0) fail(ErrorCode::corrupt, subject_, "was not closed by the program that wrote it");
  const std::uint64_t base = cursor.take_u64(), extension = cursor.take_u64(), end = cursor.take_u64();
  root_ = cursor.take_u64();
  check_hdf5_checksum(file_.first(kSize - 4), cursor.take_u32(), subject_);
  if (base != 0) fail(ErrorCode::unsupported, subject_, "has a base address other than 0");
  if (extension != kHdf5Undefined) fail(ErrorCode::unsupported, subject_, "has a superblock extension");
  set_end(end);
}

void Hdf5Bytes::set_end(std::uint64_t end) {
  if (end > file_.size()) {
    fail(ErrorCode::truncated, subject_,
         "has " + std::to_string(file_.size()) + " bytes, expected " + std::to_string(end));
  }
  if (end < file_.size()) {
    fail(ErrorCode::range, subject_,
         "has " + std::to_string(file_.size() - end) + " bytes after its end, expected none");
  }
}

ByteView Hdf5Bytes::data_at(std::uint64_t address, std::uint64_t size, std::string_view subject) const {
  if (address > file_.size() || size > file_.size() - address) {
    fail(ErrorCode::range, subject,
         "refers to " + std::to_string(size) + " bytes at " + std::to_string(address) +
             ", outside of a file of " + std::to_string(file_.size()) + " bytes");
  }
  return file_.subspan(static_cast<std::size_t>(address), static_cast<std::size_t>(size));
}

ByteView Hdf5Bytes::at(std::uint64_t address, std::uint64_t size, std::string_view subject) {
  const ByteView bytes = data_at(address, size, subject);
  read_ += size;
  if (read_ > kMaxStructure) {
    fail(ErrorCode::limit, subject_, "needs more than 64 MiB of headers and nodes");
  }
  return bytes;
}

ByteView Hdf5Bytes::block(std::uint64_t address, std::uint64_t size, std::string_view signature,
                          std::string_view subject) {
  const ByteView bytes = at(address, size, subject);
  if (!as_text(bytes).starts_with(signature)) {
    fail(ErrorCode::corrupt, subject,
         "has no " + std::string(signature) + " at " + std::to_string(address) +
             ", where a reference expects one");
  }
  return bytes;
}

void Hdf5Bytes::visit_node(std::uint64_t address, std::string_view subject) {
  if (nodes_.insert(address).second) return;
  fail(ErrorCode::limit, subject, "reaches the B-tree node at " + std::to_string(address) + " twice");
}

// Source: Bob Jenkins, lookup3.c, hashlittle(), reading byte by byte.
std::uint32_t hdf5_checksum(ByteView bytes) {
  std::uint32_t a = 0xDEADBEEFU + static_cast<std::uint32_t>(bytes.size()), b = a, c = a;
  std::array<std::uint32_t, 3> words{};
  while (bytes.size() > 12) {
    std::memcpy(words.data(), bytes.data(), 12);
    a += words[0], b += words[1], c += words[2];
    a -= c, a ^= std::rotl(c, 4), c += b;
    b -= a, b ^= std::rotl(a, 6), a += c;
    c -= b, c ^= std::rotl(b, 8), b += a;
    a -= c, a ^= std::rotl(c, 16), c += b;
    b -= a, b ^= std::rotl(a, 19), a += c;
    c -= b, c ^= std::rotl(b, 4), b += a;
    bytes = bytes.subspan(12);
  }
  if (bytes.empty()) return c;
  words = {};
  std::memcpy(words.data(), bytes.data(), bytes.size());
  a += words[0], b += words[1], c += words[2];
  c ^= b, c -= std::rotl(b, 14);
  a ^= c, a -= std::rotl(c, 11);
  b ^= a, b -= std::rotl(a, 25);
  c ^= b, c -= std::rotl(b, 16);
  a ^= c, a -= std::rotl(c, 4);
  b ^= a, b -= std::rotl(a, 14);
  c ^= b, c -= std::rotl(b, 24);
  return c;
}

void check_hdf5_checksum(ByteView bytes, std::uint32_t stored, std::string_view subject) {
  const std::uint32_t computed = hdf5_checksum(bytes);
  if (computed != stored) {
    fail(ErrorCode::corrupt, subject,
         "has a checksum of " + std::to_string(stored) + ", expected " + std::to_string(computed));
  }
}

}  // namespace sightline
