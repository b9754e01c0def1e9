#include "sightline/weights/element_writer.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "sightline/base/error.h"
#include "sightline/base/format.h"

namespace sightline {
namespace {

constexpr std::size_t kBlock = 256 << 10;  // elements: 1 MiB of floats, 512 KiB of result
constexpr std::int64_t kSmall = 16 << 20;  // bytes of a deferred tensor that may be made beside others

// Errors: range when a finite float became an infinite half.
void check_fits(std::span<const float> floats, std::span<const std::uint16_t> halves, std::string_view name) {
  // One more in the lowest bit of the exponent carries into the sign where all its bits are ones. No branch:
  // this runs over every element.
  constexpr std::uint16_t kExponent = 0x7C00, kLowestBit = 0x0400, kSign = 0x8000;
  const auto carry = [](std::uint16_t half) {
    return static_cast<std::uint16_t>((half & kExponent) + kLowestBit);
  };
  std::uint16_t carries = 0;
  for (const std::uint16_t half : halves) carries |= carry(half);
  if ((carries & kSign) == 0) return;
  for (std::size_t i = 0; i < halves.size(); ++i) {
    if ((carry(halves[i]) & kSign) == 0 || !std::isfinite(floats[i])) continue;
    std::string value;
    append_float(value, floats[i]);
    fail(ErrorCode::range, name, "holds " + value + ", float16 ends at 65504");
  }
}

void check_types(DType from, DType to, std::string_view name) {
  const bool same = from == to && to != DType::other;
  if (same || (is_floating(from) && is_floating(to) && to != DType::f64)) return;
  fail(ErrorCode::type, name,
       "cannot be converted from " + std::string(dtype_name(from)) + " to " + std::string(dtype_name(to)));
}

}  // namespace

// One block on its way from one type to another.
struct ElementWriter::Buffer {
  std::vector<float> floats;
  std::vector<std::uint16_t> halves;

  ByteView converted(const StoredTensor& block, DType dtype, std::string_view name) {
    const auto size = static_cast<std::size_t>(block.shape.elements());
    const float* in_place = block.as_float();
    if (in_place == nullptr) {
      floats.resize(kBlock);
      to_float(block, {floats.data(), size});
    }
    const std::span<const float> values(in_place == nullptr ? floats.data() : in_place, size);
    if (dtype == DType::f32) return std::as_bytes(values);
    halves.resize(kBlock);
    const std::span<std::uint16_t> rounded(halves.data(), size);
    if (dtype == DType::f16) {
      float_to_f16(values, rounded);
      check_fits(values, rounded, name);
    } else {
      float_to_bf16(values, rounded);
    }
    return std::as_bytes(rounded);
  }
};

ElementWriter::ElementWriter(OutputFile& out, ThreadPool* pool)
    : out_(out),
      alone_(1),
      pool_(pool == nullptr ? alone_ : *pool),
      buffers_(static_cast<std::size_t>(pool_.size())) {}
ElementWriter::~ElementWriter() = default;

void ElementWriter::write(const ElementSource& source) { write(std::span(&source, 1)); }

void ElementWriter::write(std::span<const ElementSource> sources) {
  std::vector<std::int64_t> offsets;
  std::vector<std::size_t> small;
  for (const ElementSource& source : sources) {
    check_types(source.tensor.dtype, source.dtype, source.name);
    offsets.push_back(out_.reserve(source.tensor.shape.elements() * size_of(source.dtype)));
    const bool together = source.tensor.is_deferred() && source.tensor.byte_size() <= kSmall;
    if (together) small.push_back(offsets.size() - 1);
    if (!together) write_at(source, offsets.back());
  }
  // Making one is most of the work, and one thread's.
  pool_.run(std::ssize(small), [&](std::int64_t index, int worker) {
    const std::size_t which = small[static_cast<std::size_t>(index)];
    const ElementSource& source = sources[which];
    const TransientBytes made(source.tensor);
    const auto count = static_cast<std::size_t>(source.tensor.shape.elements());
    for (std::size_t begin = 0; begin < count; begin += kBlock)
      write_block(source, made.view(), begin, offsets[which], worker);
  });
}

void ElementWriter::write_at(const ElementSource& source, std::int64_t offset) {
  const TransientBytes made(source.tensor);
  const auto count = static_cast<std::size_t>(source.tensor.shape.elements());
  pool_.run(static_cast<std::int64_t>((count + kBlock - 1) / kBlock), [&](std::int64_t index, int worker) {
    write_block(source, made.view(), static_cast<std::size_t>(index) * kBlock, offset, worker);
  });
  source.tensor.drop_pages();
}

// The block from element `begin` on of a tensor whose bytes are `bytes` and whose place in the file is
// `offset`.
void ElementWriter::write_block(const ElementSource& source, ByteView bytes, std::size_t begin,
                                std::int64_t offset, int worker) {
  const DType from = source.tensor.dtype;
  const auto width = static_cast<std::size_t>(size_of(from)),
             target = static_cast<std::size_t>(size_of(source.dtype));
  const std::size_t size = std::min(kBlock, bytes.size() / width - begin);
  const ByteView part = bytes.subspan(begin * width, size * width);
  const StoredTensor block{from, Shape{static_cast<std::int64_t>(size)}, part};
  Buffer& buffer = buffers_[static_cast<std::size_t>(worker)];
  out_.write_reserved(
      offset + static_cast<std::int64_t>(begin * target),
      as_text(source.dtype == from ? part : buffer.converted(block, source.dtype, source.name)));
}

}  // namespace sightline
