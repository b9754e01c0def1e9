// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstring>
#include <string>

#include "sightline/base/error.h"
#include "sightline/base/hash.h"
#include "sightline/weights/packed_plan.h"
#include "sightline/weights/safetensors.h"

namespace sightline::testing {

/// The header of a container, without its length.
inline std::string header_of(const std::string& file) {
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), sizeof length);
  return file.substr(sizeof length, length);
}

/// A container with this header, padded with spaces to a multiple of 64 bytes, and this data.
inline std::string container(std::string header, const std::string& data) {
  header.resize((header.size() + 8 + 63) / 64 * 64 - 8, ' ');
  const std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), sizeof length) + header + data;
}

/// The range to which a part belongs, judging by its name and by the part before it.
inline PackedRange range_of_part(const std::string& name, PackedRange previous) {
  for (const PackedDocumentKind& kind : packed_documents()) {
    if (name == std::string(kPackedDocumentPrefix) + std::string(kind.name)) return kind.range;
  }
  if (previous == PackedRange::description) return PackedRange::vectors;
  return previous == PackedRange::vectors ? previous : PackedRange::weights;
}

/// The same file with checksums that match what it contains now, so that a test reaches the checks after
/// them. A file that is not a container is returned unchanged.
inline std::string with_checksums(std::string file) {
  const ByteView bytes = as_bytes(file);
  std::vector<SafetensorsTensor> parts;
  try {
    parts = parse_safetensors(bytes, "");
  } catch (const Error&) {
    return file;
  }
  const std::size_t head = 8 + header_of(file).size();
  if (file.size() - head < static_cast<std::size_t>(kPackedChecksumBytes)) return file;
  std::array<std::size_t, kPackedRanges> ends;
  ends.fill(head + static_cast<std::size_t>(kPackedChecksumBytes));
  PackedRange range = PackedRange::description;
  for (const SafetensorsTensor& part : parts) {
    if (part.name == kPackedChecksumPart || part.name.starts_with("padding.")) continue;
    range = range_of_part(part.name, range);
    const ByteView content = part.tensor.bytes();
    const auto end = static_cast<std::size_t>(content.data() + content.size() - bytes.data());
    for (auto i = static_cast<std::size_t>(range); i < kPackedRanges; ++i) ends[i] = std::max(ends[i], end);
  }
  std::string sums;
  std::size_t begin = head + static_cast<std::size_t>(kPackedChecksumBytes);
  for (const std::size_t end : ends) {
    Hash128 hash;
    if (sums.empty()) hash.update(bytes.first(head));
    hash.update(bytes.subspan(begin, end - begin));
    sums += hash.hex();
    begin = end;
  }
  return file.replace(head, sums.size(), sums);
}

/// The same file with a replacement in its header, and checksums that match it. Throws if `from` is not
/// there.
inline std::string with_header(const std::string& file, const std::string& from, const std::string& to) {
  const std::string old = header_of(file);
  std::string header = old;
  header.replace(old.find(from), from.size(), to);
  header.erase(header.find_last_not_of(' ') + 1);
  return with_checksums(container(header, file.substr(8 + old.size())));
}

}  // namespace sightline::testing
