// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/tiff_entries.h"

#include <algorithm>
#include <array>
#include <string>

namespace sightline {

namespace {

constexpr std::string_view kSubject = "TIFF";
constexpr std::uint64_t kMaxEntries = 65536;
enum Type : std::uint32_t { kByte = 1, kShort = 3, kLong = 4, kUndefined = 7, kIfd = 13, kLong8 = 16 };

/// Size of one value of each type; 0 for invalid types. Source: Pillow's TiffImagePlugin.
std::size_t type_size(std::uint32_t type) {
  constexpr std::array<std::size_t, 17> kSizes = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8};
  return type < kSizes.size() ? kSizes[type] : 0;
}

}  // namespace

TiffEntries::TiffEntries(ByteView file) : file_(file) {
  if (file.size() < 8) {
    fail(ErrorCode::truncated, kSubject, "ends inside its header");
  }
  big_endian_ = as_text(file)[0] == 'M';
  big_tiff_ = load(file, 2, 2) == 43;
  if (big_tiff_ && file.size() < 16) {
    fail(ErrorCode::truncated, kSubject, "ends inside its header");
  }
  const std::uint64_t directory = big_tiff_ ? load(file, 8, 8) : load(file, 4, 4);
  const std::size_t count_size = big_tiff_ ? 8 : 2, entry_size = big_tiff_ ? 20 : 12;
  if (directory > file.size() || file.size() - directory < count_size) {
    fail(ErrorCode::truncated, kSubject,
         "ends after " + std::to_string(file.size()) + " bytes, before its directory at " +
             std::to_string(directory));
  }
  const std::uint64_t count = load(file, directory, count_size);
  if (count > kMaxEntries) {
    fail(ErrorCode::header, kSubject,
         "has a directory of " + std::to_string(count) + " entries, expected at most " +
             std::to_string(kMaxEntries));
  }
  std::size_t at = directory + count_size;
  for (std::uint64_t i = 0; i < count; ++i, at += entry_size) {
    if (file.size() - at < entry_size) {
      fail(ErrorCode::truncated, kSubject,
           "ends after " + std::to_string(file.size()) + " bytes, inside its directory");
    }
    if (!take(file.subspan(at, entry_size))) {
      break;
    }
  }
}

std::uint64_t TiffEntries::load(ByteView bytes, std::size_t at, std::size_t size) const {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value = value << 8 | static_cast<std::uint64_t>(bytes[at + (big_endian_ ? i : size - 1 - i)]);
  }
  return value;
}

bool TiffEntries::take(ByteView entry) {
  const std::size_t number_size = big_tiff_ ? 8 : 4;
  const auto tag = static_cast<std::uint32_t>(load(entry, 0, 2));
  Entry found = {static_cast<std::uint32_t>(load(entry, 2, 2)), load(entry, 4, number_size), {}};
  const std::size_t unit = type_size(found.type);
  if (unit == 0 || found.count == 0 || entries_.contains(tag)) {
    return true;
  }
  std::uint64_t size = 0;
  if (__builtin_mul_overflow(found.count, unit, &size)) {
    size = UINT64_MAX;
  }
  const ByteView inside = entry.subspan(4 + number_size);
  if (size <= number_size) {
    found.value = inside.first(size);
  } else {
    // As in Pillow: values that exceed the file, alone or together, are ignored.
    if (__builtin_add_overflow(value_bytes_, size, &value_bytes_)) {
      value_bytes_ = UINT64_MAX;
    }
    if (value_bytes_ > file_.size()) {
      return true;
    }
    const std::uint64_t at = load(inside, 0, number_size);
    if (at > file_.size() || file_.size() - at < size) {
      truncated_tag_ = tag;
      return false;
    }
    found.value = file_.subspan(at, size);
  }
  entries_.emplace(tag, found);
  return true;
}

std::optional<std::uint64_t> TiffEntries::number(std::uint32_t tag) const {
  const auto it = entries_.find(tag);
  if (it == entries_.end()) {
    return std::nullopt;
  }
  const Entry& entry = it->second;
  if (entry.type != kShort && entry.type != kLong && entry.type != kIfd && entry.type != kLong8) {
    fail(ErrorCode::header, kSubject,
         "has a tag " + std::to_string(tag) + " of type " + std::to_string(entry.type) +
             ", expected an integer");
  }
  return load(entry.value, 0, type_size(entry.type));
}

std::vector<std::uint64_t> TiffEntries::numbers(std::uint32_t tag, std::size_t max_count) const {
  std::vector<std::uint64_t> values;
  if (!number(tag)) {
    return values;
  }
  const Entry& entry = entries_.at(tag);
  if (entry.count > max_count) {
    fail(ErrorCode::limit, kSubject,
         "has " + std::to_string(entry.count) + " values of tag " + std::to_string(tag) +
             ", expected at most " + std::to_string(max_count));
  }
  const std::size_t unit = type_size(entry.type);
  values.reserve(entry.count);
  for (std::size_t i = 0; i < entry.count; ++i) {
    values.push_back(load(entry.value, i * unit, unit));
  }
  return values;
}

ByteView TiffEntries::bytes(std::uint32_t tag) const {
  const auto it = entries_.find(tag);
  const bool good = it != entries_.end() && (it->second.type == kByte || it->second.type == kUndefined);
  return good ? it->second.value : ByteView();
}

}  // namespace sightline
