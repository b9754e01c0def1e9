// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace sightline::testing {

/// The little-endian bytes of a number.
template <class T>
std::string le(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

inline std::string u32(std::uint32_t value) { return le(value); }
inline std::string u64(std::uint64_t value) { return le(value); }

/// A string in GGUF's encoding.
inline std::string gguf_string(std::string_view text) { return u64(text.size()).append(text); }

/// `size` bytes counting up from 0.
inline std::string counting(std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < 256 && i < size; ++i) bytes += static_cast<char>(i);
  while (bytes.size() < size) bytes.append(bytes, 0, std::min(bytes.size(), size - bytes.size()));
  return bytes;
}

/// Writes a GGUF file part by part; counts and magic can be set to wrong values.
struct GgufFile {
  std::string magic = "GGUF";
  std::uint32_t version = 3;
  std::uint64_t extra_tensors = 0, extra_values = 0;  ///< added to the counts
  std::vector<std::string> values, tensors;
  std::size_t alignment = 32;
  std::string data;

  /// A value: its type number and its bytes.
  GgufFile& value(std::string_view key, std::uint32_t type, std::string_view bytes) {
    values.push_back(gguf_string(key).append(u32(type)).append(bytes));
    return *this;
  }
  GgufFile& array(std::string_view key, std::uint32_t type, std::uint64_t count, std::string_view bytes) {
    return value(key, 9, u32(type).append(u64(count)).append(bytes));
  }
  /// A tensor entry; `sides` in file order, innermost first.
  GgufFile& entry(std::string_view name, const std::vector<std::uint64_t>& sides, std::uint32_t type,
                  std::uint64_t offset) {
    std::string bytes = gguf_string(name).append(u32(static_cast<std::uint32_t>(sides.size())));
    for (const std::uint64_t side : sides) bytes += u64(side);
    tensors.push_back(bytes.append(u32(type)).append(u64(offset)));
    return *this;
  }
  /// A tensor entry and its data: `size` bytes counting up from 0, padded.
  GgufFile& tensor(std::string_view name, const std::vector<std::uint64_t>& sides, std::uint32_t type,
                   std::size_t size) {
    entry(name, sides, type, data.size());
    data += counting(size);
    pad(data);
    return *this;
  }

  std::string bytes() const {
    std::string file = magic;
    file += u32(version) + u64(tensors.size() + extra_tensors) + u64(values.size() + extra_values);
    for (const std::string& value : values) file += value;
    for (const std::string& tensor : tensors) file += tensor;
    pad(file);
    return file + data;
  }

 private:
  void pad(std::string& text) const {
    text.resize((text.size() + alignment - 1) / alignment * alignment, '\0');
  }
};

}  // namespace sightline::testing
