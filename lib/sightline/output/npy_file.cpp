#include <cassert>
#include <cmath>
#include <cstring>

#include "sightline/base/error.h"
#include "sightline/base/half.h"
#include "sightline/output/npy.h"

namespace sightline {
namespace {

template <class Stored, class Convert>
void convert(const std::byte* bytes, std::span<float> out, Convert to_float) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    Stored value;
    std::memcpy(&value, bytes + i * sizeof(Stored), sizeof(Stored));
    out[i] = to_float(value);
  }
}

bool all_finite(std::span<const float> values) {
  bool finite = true;
  for (const float value : values) finite = finite && std::isfinite(value);
  return finite;
}

}  // namespace

NpyFile NpyFile::open(const std::string& path) {
  NpyFile npy;
  npy.file_ = MappedFile::open(path);
  npy.header_ = parse_npy_header(npy.file_->bytes(), path);
  return npy;
}

void NpyFile::require_columns(std::int64_t expected) const {
  if (columns() == expected) return;
  fail(ErrorCode::mismatch, path(),
       "has rows of " + std::to_string(columns()) + " numbers, expected " + std::to_string(expected));
}

void NpyFile::read_row(std::int64_t index, std::span<float> out) const {
  assert(index >= 0 && index < rows() && std::ssize(out) == columns());
  const std::int64_t row_bytes = columns() * header_.element_size;
  const std::byte* bytes = file_->bytes().data() + header_.data_offset + index * row_bytes;
  switch (header_.element_size) {
    case 2:
      convert<std::uint16_t>(bytes, out, half_to_float);
      break;
    case 8:
      convert<double>(bytes, out, [](double value) { return static_cast<float>(value); });
      break;
    default:
      if (!out.empty()) std::memcpy(out.data(), bytes, out.size_bytes());
  }
  if (!all_finite(out)) {
    fail(ErrorCode::corrupt, path(), "row " + std::to_string(index) + " holds a NaN or an infinity");
  }
}

}  // namespace sightline
