// SPDX-License-Identifier: Apache-2.0
// Zip archives: every member that is accepted lies inside the file, and has the size and checksum it says.

#include <cstdint>
#include <cstdlib>

#include "../support/zip_bytes.h"
#include "sightline/base/error.h"
#include "sightline/containers/zip.h"

namespace {

using sightline::ByteView;

constexpr std::int64_t kMaxBytes = 1 << 20;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_member(ByteView file, const sightline::ZipArchive& archive, const sightline::ZipEntry& entry) {
  const auto size = static_cast<std::int64_t>(file.size());
  require(archive.find(entry.name) == &entry);
  require(entry.offset >= 0 && entry.stored_size >= 0 && entry.size >= 0);
  require(entry.offset <= size && entry.stored_size <= size - entry.offset);
  require(entry.deflated || entry.size == entry.stored_size);
  try {
    const sightline::ZipContent content = archive.read(entry, kMaxBytes);
    require(std::ssize(content.bytes) == entry.size && entry.size <= kMaxBytes);
    require(entry.deflated || content.bytes.data() == file.data() + entry.offset);
    require(sightline::testing::crc32_of(sightline::as_text(content.bytes)) == entry.crc);
  } catch (const sightline::Error&) {
    // refused: as good as accepted
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView file(reinterpret_cast<const std::byte*>(data), size);
  try {
    const sightline::ZipArchive archive(file, "fuzz");
    for (const sightline::ZipEntry& entry : archive.entries()) check_member(file, archive, entry);
  } catch (const sightline::Error&) {
    // refused: as good as accepted
  }
  return 0;
}
