#include "sightline/weights/element_writer.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/format.h"

namespace sightline {
namespace {

constexpr std::size_t kBlock =
    64 << 10;  // elements: at most 512 kB of source, 256 kB of floats, 128 kB of result

template <class T>
void write_values(OutputFile& out, std::span<const T> values) {
  out.write(as_text(std::as_bytes(values)));
}

// Errors: range when a finite float became an infinite half.
void check_fits(std::span<const float> floats, std::span<const std::uint16_t> halves, std::string_view name) {
  constexpr std::uint16_t kInfinite = 0x7C00;
  for (std::size_t i = 0; i < halves.size(); ++i) {
    if ((halves[i] & kInfinite) != kInfinite || !std::isfinite(floats[i])) continue;
    std::string value;
    append_float(value, floats[i]);
    fail(ErrorCode::range, name, "holds " + value + ", float16 ends at 65504");
  }
}

void write_converted(OutputFile& out, const StoredTensor& tensor, DType dtype, std::string_view name) {
  const TransientBytes source(tensor);
  const auto width = static_cast<std::size_t>(size_of(tensor.dtype));
  const std::size_t count = source.view().size() / width;
  std::vector<float> floats(std::min(kBlock, count));
  std::vector<std::uint16_t> halves(floats.size());
  for (std::size_t begin = 0; begin < count; begin += kBlock) {
    const std::size_t size = std::min(kBlock, count - begin);
    const std::span<float> block(floats.data(), size);
    const std::span<std::uint16_t> rounded(halves.data(), size);
    to_float({tensor.dtype, Shape{static_cast<std::int64_t>(size)},
              source.view().subspan(begin * width, size * width)},
             block);
    if (dtype == DType::f32) {
      write_values<float>(out, block);
      continue;
    }
    if (dtype == DType::f16) {
      float_to_f16(block, rounded);
      check_fits(block, rounded, name);
    } else {
      float_to_bf16(block, rounded);
    }
    write_values<std::uint16_t>(out, rounded);
  }
}

}  // namespace

void write_elements(OutputFile& out, const StoredTensor& tensor, DType dtype, std::string_view name) {
  if (dtype == tensor.dtype && dtype != DType::other) {
    out.write(as_text(TransientBytes(tensor).view()));
  } else if (is_floating(tensor.dtype) && is_floating(dtype) && dtype != DType::f64) {
    write_converted(out, tensor, dtype, name);
  } else {
    fail(ErrorCode::type, name,
         "cannot be converted from " + std::string(dtype_name(tensor.dtype)) + " to " +
             std::string(dtype_name(dtype)));
  }
  tensor.drop_pages();
}

}  // namespace sightline
