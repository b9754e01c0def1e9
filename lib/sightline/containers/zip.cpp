// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/zip.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>
#include <new>

#include "sightline/base/error.h"
#include "sightline/containers/zip_directory.h"

namespace sightline {
namespace {

[[noreturn]] void fail_corrupt(const ZipEntry& entry, std::string_view subject, std::string_view problem) {
  fail(ErrorCode::corrupt, std::string(subject) + ": " + entry.name, problem);
}

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* it) const { libdeflate_free_decompressor(it); }
};

// Whether the raw deflate stream `in` ends exactly at its last byte and fills `out` exactly.
bool inflate(ByteView in, std::span<std::byte> out) {
  const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(
      libdeflate_alloc_decompressor());
  if (decompressor == nullptr) throw std::bad_alloc();
  std::size_t read = 0, written = 0;
  const libdeflate_result result = libdeflate_deflate_decompress_ex(decompressor.get(), in.data(), in.size(),
                                                                    out.data(), out.size(), &read, &written);
  return result == LIBDEFLATE_SUCCESS && read == in.size() && written == out.size();
}

}  // namespace

ZipArchive::ZipArchive(ByteView file, std::string_view subject)
    : file_(file), subject_(subject), entries_(read_zip_directory(file, subject)) {}

const ZipEntry* ZipArchive::find(std::string_view name) const {
  const auto at =
      std::lower_bound(entries_.begin(), entries_.end(), name,
                       [](const ZipEntry& entry, std::string_view key) { return entry.name < key; });
  return at != entries_.end() && at->name == name ? &*at : nullptr;
}

ZipContent ZipArchive::read(const ZipEntry& entry, std::int64_t max_bytes) const {
  if (entry.size > max_bytes) {
    fail(ErrorCode::limit, subject_ + ": " + entry.name,
         "has " + std::to_string(entry.size) + " bytes, at most " + std::to_string(max_bytes) +
             " are accepted");
  }
  ZipContent content{
      file_.subspan(static_cast<std::size_t>(entry.offset), static_cast<std::size_t>(entry.stored_size)),
      nullptr};
  if (entry.deflated) {
    const auto size = static_cast<std::size_t>(entry.size);
    const std::shared_ptr<std::byte[]> inflated(new std::byte[size]);  // NOLINT: not filled with zeros
    if (!inflate(content.bytes, {inflated.get(), size})) {
      fail_corrupt(
          entry, subject_,
          "does not inflate to the " + std::to_string(entry.size) + " bytes that the directory states");
    }
    content = {{inflated.get(), size}, inflated};
  }
  if (libdeflate_crc32(0, content.bytes.data(), content.bytes.size()) != entry.crc) {
    fail_corrupt(entry, subject_, "has a checksum that differs from the directory");
  }
  return content;
}

}  // namespace sightline
