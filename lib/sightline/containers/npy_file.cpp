// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cassert>
#include <cstring>

#include "sightline/base/by_cpu.h"
#include "sightline/base/error.h"
#include "sightline/base/half.h"
#include "sightline/containers/npy.h"

namespace sightline {
namespace {

template <class Stored, class Convert>
[[gnu::always_inline]] inline void convert(const std::byte* bytes, float* out, std::int64_t count,
                                           Convert to_float) {
  for (std::int64_t i = 0; i < count; ++i) {
    Stored value;
    std::memcpy(&value, bytes + i * static_cast<std::int64_t>(sizeof(Stored)), sizeof(Stored));
    out[i] = to_float(value);
  }
}

[[gnu::always_inline]] inline void convert_halves(const std::byte* bytes, float* out, std::int64_t count) {
  convert<std::uint16_t>(bytes, out, count, half_to_float);
}

[[gnu::always_inline]] inline bool all_finite(const float* values, std::int64_t count) {
  constexpr std::uint32_t kExponent = 0x7F800000U;
  std::uint32_t wrong = 0;  // no branch, so that the loop is vectorised
  for (std::int64_t i = 0; i < count; ++i) {
    wrong |= static_cast<std::uint32_t>((std::bit_cast<std::uint32_t>(values[i]) & kExponent) == kExponent);
  }
  return wrong == 0;
}

}  // namespace

NpyFile NpyFile::open(const std::string& path) {
  NpyFile npy;
  npy.file_ = MappedFile::open(path, MappedContent::embeddings);
  npy.header_ = parse_npy_header(npy.file_->bytes(), path);
  return npy;
}

std::string_view NpyFile::dtype() const {
  return header_.element_size == 2 ? "float16" : header_.element_size == 4 ? "float32" : "float64";
}

void NpyFile::require_columns(std::int64_t expected) const {
  if (columns() == expected) return;
  fail(ErrorCode::mismatch, path(),
       "has rows of " + std::to_string(columns()) + " numbers, expected " + std::to_string(expected));
}

ByteView NpyFile::rows_as_stored(std::int64_t first, std::int64_t count) const {
  assert(first >= 0 && count >= 0 && first <= rows() - count);
  const std::int64_t row_bytes = columns() * header_.element_size;
  return file_->bytes().subspan(static_cast<std::size_t>(header_.data_offset + first * row_bytes),
                                static_cast<std::size_t>(count * row_bytes));
}

void NpyFile::release_rows(std::int64_t first, std::int64_t count) const {
  const ByteView rows = rows_as_stored(first, count);
  file_->release(static_cast<std::size_t>(rows.data() - file_->bytes().data()), rows.size());
}

void NpyFile::read_row(std::int64_t index, std::span<float> out) const {
  assert(index >= 0 && index < rows() && std::ssize(out) == columns());
  const std::byte* bytes = rows_as_stored(index, 1).data();
  switch (header_.element_size) {
    case 2:
      ByCpu<convert_halves>::call(bytes, out.data(), columns());
      break;
    case 8:
      convert<double>(bytes, out.data(), columns(), [](double value) { return static_cast<float>(value); });
      break;
    default:
      if (!out.empty()) std::memcpy(out.data(), bytes, out.size_bytes());
  }
  if (!ByCpu<all_finite>::call(out.data(), columns())) {
    fail(ErrorCode::corrupt, path(), "row " + std::to_string(index) + " contains a NaN or an infinity");
  }
}

}  // namespace sightline
