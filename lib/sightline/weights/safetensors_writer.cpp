#include <algorithm>
#include <cmath>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/weights/safetensors.h"

namespace sightline {
namespace {

constexpr std::size_t kBlock = 256 << 10;  // elements: 1 MiB of floats, 512 KiB of result
constexpr std::size_t kHeaderAlignment = 8;

std::string_view stored_name(DType dtype, std::string_view tensor) {
  switch (dtype) {
    case DType::f64:
      return "F64";
    case DType::f32:
      return "F32";
    case DType::f16:
      return "F16";
    case DType::bf16:
      return "BF16";
    case DType::i64:
      return "I64";
    case DType::i32:
      return "I32";
    case DType::i16:
      return "I16";
    case DType::i8:
      return "I8";
    case DType::u8:
      return "U8";
    case DType::boolean:
      return "BOOL";
    case DType::other:
      break;
  }
  fail(ErrorCode::type, tensor, "has a dtype that cannot be written");
}

void check_entry(const SafetensorsEntry& entry) {
  if (entry.name == "__metadata__") fail(ErrorCode::header, entry.name, "is not a name for a tensor");
  if (!is_utf8(entry.name)) fail(ErrorCode::utf8, entry.name, "is not UTF-8");
  const bool same = entry.dtype == entry.source.dtype;
  if (!same && (!is_floating(entry.source.dtype) || !is_floating(entry.dtype) || entry.dtype == DType::f64)) {
    fail(ErrorCode::type, entry.name,
         "cannot be converted from " + std::string(dtype_name(entry.source.dtype)) + " to " +
             std::string(dtype_name(entry.dtype)));
  }
}

// Widest first: every tensor then begins at a multiple of its element size.
void sort_entries(std::vector<SafetensorsEntry>& entries) {
  std::sort(entries.begin(), entries.end(), [](const SafetensorsEntry& a, const SafetensorsEntry& b) {
    const std::int64_t wide = size_of(a.dtype), other = size_of(b.dtype);
    return wide != other ? wide > other : a.name < b.name;
  });
}

void check_duplicates(const std::vector<SafetensorsEntry>& entries) {
  std::vector<std::string_view> names;
  for (const SafetensorsEntry& entry : entries) names.push_back(entry.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) fail(ErrorCode::duplicate, *twice, "would be written twice");
}

std::string header_of(const std::vector<SafetensorsEntry>& entries) {
  std::string header = R"({"__metadata__":{"format":"pt"})";
  std::int64_t offset = 0;
  for (const SafetensorsEntry& entry : entries) {
    header += ',';
    append_json_string(header, entry.name);
    header += R"(:{"dtype":")";
    header += stored_name(entry.dtype, entry.name);
    header += R"(","shape":[)";
    for (int axis = 0; axis < entry.source.shape.rank(); ++axis) {
      if (axis > 0) header += ',';
      header += std::to_string(entry.source.shape[axis]);
    }
    header += R"(],"data_offsets":[)" + std::to_string(offset) + ',';
    const std::int64_t bytes = checked_mul(entry.source.shape.elements(), size_of(entry.dtype), entry.name);
    offset = checked_add(offset, bytes, entry.name);
    header += std::to_string(offset) + "]}";
  }
  header += '}';
  header.resize((header.size() + kHeaderAlignment - 1) / kHeaderAlignment * kHeaderAlignment, ' ');
  return header;
}

template <class T>
std::string_view text_of(const std::vector<T>& values, std::size_t count) {
  return {reinterpret_cast<const char*>(values.data()), count * sizeof(T)};
}

// One block on its way from one type to another; every thread has its own.
struct BlockBuffer {
  std::vector<float> floats = std::vector<float>(kBlock);
  std::vector<std::uint16_t> halves = std::vector<std::uint16_t>(kBlock);
};

// Errors: range when a finite float became an infinite half.
void check_fits(std::span<const float> floats, std::span<const std::uint16_t> halves, std::string_view name) {
  constexpr std::uint16_t kInfinite = 0x7C00;
  const auto is_infinite = [](std::uint16_t half) { return (half & kInfinite) == kInfinite; };
  if (std::none_of(halves.begin(), halves.end(), is_infinite)) return;
  for (std::size_t i = 0; i < halves.size(); ++i) {
    if (is_infinite(halves[i]) && std::isfinite(floats[i])) {
      std::string value;
      append_float(value, floats[i]);
      fail(ErrorCode::range, name, "holds " + value + ", float16 ends at 65504");
    }
  }
}

std::string_view converted(const SafetensorsEntry& entry, const StoredTensor& block, BlockBuffer& buffer) {
  const auto size = static_cast<std::size_t>(block.shape.elements());
  const float* in_place = block.as_float();
  if (in_place == nullptr) to_float(block, std::span<float>(buffer.floats.data(), size));
  if (entry.dtype == DType::f32) return text_of(buffer.floats, size);
  const std::span<const float> floats(in_place == nullptr ? buffer.floats.data() : in_place, size);
  const std::span<std::uint16_t> halves(buffer.halves.data(), size);
  if (entry.dtype == DType::f16) {
    float_to_f16(floats, halves);
    check_fits(floats, halves, entry.name);
  } else {
    float_to_bf16(floats, halves);
  }
  return text_of(buffer.halves, size);
}

void write_tensor(OutputFile& out, const SafetensorsEntry& entry, ThreadPool& pool,
                  std::vector<BlockBuffer>& buffers) {
  const TransientBytes source(entry.source);
  const auto width = static_cast<std::size_t>(size_of(entry.source.dtype));
  const auto target = static_cast<std::size_t>(size_of(entry.dtype));
  const std::size_t count = source.view().size() / width;
  const std::int64_t first = out.reserve(static_cast<std::int64_t>(count * target));
  pool.run(static_cast<std::int64_t>((count + kBlock - 1) / kBlock), [&](std::int64_t index, int worker) {
    const std::size_t begin = static_cast<std::size_t>(index) * kBlock,
                      size = std::min(kBlock, count - begin);
    const ByteView bytes = source.view().subspan(begin * width, size * width);
    const StoredTensor block{entry.source.dtype, Shape{static_cast<std::int64_t>(size)}, bytes};
    const std::int64_t offset = first + static_cast<std::int64_t>(begin * target);
    out.write_reserved(offset, entry.dtype == entry.source.dtype
                                   ? as_text(bytes)
                                   : converted(entry, block, buffers[static_cast<std::size_t>(worker)]));
  });
  entry.source.drop_pages();
}

}  // namespace

void write_safetensors(OutputFile& out, std::vector<SafetensorsEntry> entries, ThreadPool* pool) {
  for (const SafetensorsEntry& entry : entries) check_entry(entry);
  check_duplicates(entries);
  sort_entries(entries);
  const std::string header = header_of(entries);
  const std::uint64_t length = header.size();
  out.write({reinterpret_cast<const char*>(&length), sizeof(length)});
  out.write(header);
  ThreadPool alone(1);
  ThreadPool& team = pool == nullptr ? alone : *pool;
  std::vector<BlockBuffer> buffers(static_cast<std::size_t>(team.size()));
  for (const SafetensorsEntry& entry : entries) write_tensor(out, entry, team, buffers);
}

}  // namespace sightline
