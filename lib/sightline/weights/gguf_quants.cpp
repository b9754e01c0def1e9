// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/gguf_quants.h"

#include <array>
#include <cassert>
#include <cstring>

#include "sightline/base/half.h"

namespace sightline {
namespace {

constexpr std::size_t kBlock = 32;
constexpr std::size_t kHalf = kBlock / 2;

using Floats = std::array<float, kBlock>;

// The parts of a block in order: scale, minimum, fifth bits, values.
class Block {
 public:
  explicit Block(const std::byte* at) : at_(at) {}

  float half() { return half_to_float(take<std::uint16_t>()); }
  template <class T>
  T take() {
    T value;
    std::memcpy(&value, at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }

 private:
  const std::byte* at_;
};

using Bytes = std::array<std::uint8_t, kHalf>;

// 4 bits: the first half of the elements is in the low nibbles, the second half in the high nibbles.
std::array<std::uint32_t, kBlock> unpack(const Bytes& bytes, std::uint32_t fifth_bits) {
  std::array<std::uint32_t, kBlock> values{};
  for (std::size_t i = 0; i < kHalf; ++i) {
    values[i] = (bytes[i] & 0xFU) | (fifth_bits >> i & 1U) << 4;
    values[i + kHalf] = static_cast<std::uint32_t>(bytes[i] >> 4) | (fifth_bits >> (i + kHalf) & 1U) << 4;
  }
  return values;
}

// (value - zero) * scale + minimum. Only the addition rounds: a half has 11 significant bits, a value 5.
Floats scaled(const std::array<std::uint32_t, kBlock>& values, std::int32_t zero, float scale) {
  Floats floats{};
  for (std::size_t i = 0; i < kBlock; ++i)
    floats[i] = static_cast<float>(static_cast<std::int32_t>(values[i]) - zero) * scale;
  return floats;
}

Floats plus_minimum(Floats floats, float minimum) {
  for (float& value : floats) value += minimum;
  return floats;
}

struct Q40 {
  static constexpr std::size_t kBytes = 18;
  static Floats read(Block block) {
    const float scale = block.half();
    return scaled(unpack(block.take<Bytes>(), 0), 8, scale);
  }
};

struct Q41 {
  static constexpr std::size_t kBytes = 20;
  static Floats read(Block block) {
    const float scale = block.half();
    const float minimum = block.half();
    return plus_minimum(scaled(unpack(block.take<Bytes>(), 0), 0, scale), minimum);
  }
};

struct Q50 {
  static constexpr std::size_t kBytes = 22;
  static Floats read(Block block) {
    const float scale = block.half();
    const auto fifth_bits = block.take<std::uint32_t>();
    return scaled(unpack(block.take<Bytes>(), fifth_bits), 16, scale);
  }
};

struct Q51 {
  static constexpr std::size_t kBytes = 24;
  static Floats read(Block block) {
    const float scale = block.half();
    const float minimum = block.half();
    const auto fifth_bits = block.take<std::uint32_t>();
    return plus_minimum(scaled(unpack(block.take<Bytes>(), fifth_bits), 0, scale), minimum);
  }
};

struct Q80 {
  static constexpr std::size_t kBytes = 34;
  static Floats read(Block block) {
    const float scale = block.half();
    const auto values = block.take<std::array<std::int8_t, kBlock>>();
    Floats floats{};
    for (std::size_t i = 0; i < kBlock; ++i) floats[i] = static_cast<float>(values[i]) * scale;
    return floats;
  }
};

template <class Quant>
void read_blocks(ByteView blocks, std::span<std::byte> out) {
  const std::size_t count = blocks.size() / Quant::kBytes;
  assert(count * Quant::kBytes == blocks.size() && count * sizeof(Floats) == out.size());
  for (std::size_t i = 0; i < count; ++i) {
    const Floats floats = Quant::read(Block(blocks.data() + i * Quant::kBytes));
    std::memcpy(out.data() + i * sizeof(Floats), floats.data(), sizeof(Floats));
  }
}

struct Reader {
  void (*read)(ByteView, std::span<std::byte>) = nullptr;
  std::size_t block_bytes = 0;
};

template <class Quant>
constexpr Reader kReader{read_blocks<Quant>, Quant::kBytes};

Reader reader_of(GgufTensorType type) {
  switch (type) {
    case GgufTensorType::q4_0:
      return kReader<Q40>;
    case GgufTensorType::q4_1:
      return kReader<Q41>;
    case GgufTensorType::q5_0:
      return kReader<Q50>;
    case GgufTensorType::q5_1:
      return kReader<Q51>;
    case GgufTensorType::q8_0:
      return kReader<Q80>;
    default:
      return {};
  }
}

}  // namespace

bool is_quantized(GgufTensorType type) { return reader_of(type).read != nullptr; }

void dequantize(GgufTensorType type, ByteView blocks, std::span<std::byte> out) {
  const Reader reader = reader_of(type);
  assert(reader.read != nullptr);
  reader.read(blocks, out);
}

float dequantized_element(GgufTensorType type, ByteView blocks, std::int64_t index) {
  const Reader reader = reader_of(type);
  assert(reader.read != nullptr);
  const std::size_t block = static_cast<std::size_t>(index) / kBlock;
  Floats floats{};
  reader.read(blocks.subspan(block * reader.block_bytes, reader.block_bytes),
              std::as_writable_bytes(std::span(floats)));
  return floats[static_cast<std::size_t>(index) % kBlock];
}

}  // namespace sightline
