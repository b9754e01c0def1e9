// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/weights/element_writer.h"
#include "sightline/weights/safetensors.h"

namespace sightline {
namespace {

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
    case DType::f8_e4m3fn:
    case DType::f8_e4m3fnuz:
    case DType::f8_e5m2:
    case DType::f8_e5m2fnuz:
    case DType::f8_e8m0fnu:
    case DType::other:
      break;
  }
  fail(ErrorCode::type, tensor, "has a dtype that cannot be written");
}

void check_entry(const SafetensorsEntry& entry) {
  if (entry.name == "__metadata__") fail(ErrorCode::header, entry.name, "is not a valid tensor name");
  if (!is_utf8(entry.name)) fail(ErrorCode::utf8, entry.name, "is not UTF-8");
  const bool same = entry.dtype == entry.source.dtype;
  if (!same && (!is_floating(entry.source.dtype) || !is_floating(entry.dtype) || entry.dtype == DType::f64)) {
    fail(ErrorCode::type, entry.name,
         "cannot be converted from " + std::string(dtype_name(entry.source.dtype)) + " to " +
             std::string(dtype_name(entry.dtype)));
  }
}

// The widest elements come first, so that every tensor starts at a multiple of its element size.
void sort_entries(std::vector<SafetensorsEntry>& entries) {
  std::sort(entries.begin(), entries.end(), [](const SafetensorsEntry& a, const SafetensorsEntry& b) {
    const std::int64_t wide = size_of(a.dtype), other = size_of(b.dtype);
    return wide != other ? wide > other : a.name < b.name;
  });
}

void check_duplicates(const std::vector<SafetensorsEntry>& entries) {
  std::vector<std::string_view> names;
  names.reserve(entries.size());
  for (const SafetensorsEntry& entry : entries) names.push_back(entry.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) fail(ErrorCode::duplicate, *twice, "would be written twice");
}

std::string header_of(const std::vector<SafetensorsEntry>& entries,
                      const std::map<std::string, std::string>& metadata) {
  std::string header = R"({"__metadata__":{"format":"pt")";
  for (const auto& [key, value] : metadata) {
    header += ',';
    append_json_string(header, key);
    header += ':';
    append_json_string(header, value);
  }
  header += '}';
  std::int64_t offset = 0;
  for (const SafetensorsEntry& entry : entries) {
    header += ',';
    const std::int64_t begin = offset;
    const std::int64_t bytes = checked_mul(entry.source.shape.elements(), size_of(entry.dtype), entry.name);
    offset = checked_add(offset, bytes, entry.name);
    append_safetensors_entry(header, {entry.name, entry.dtype, entry.source.shape, begin, offset});
  }
  header += '}';
  header.resize((header.size() + kHeaderAlignment - 1) / kHeaderAlignment * kHeaderAlignment, ' ');
  return header;
}

}  // namespace

void append_safetensors_entry(std::string& header, const SafetensorsPlace& place) {
  append_json_string(header, place.name);
  header += R"(:{"dtype":")";
  header += stored_name(place.dtype, place.name);
  header += R"(","shape":[)";
  for (int axis = 0; axis < place.shape.rank(); ++axis) {
    if (axis > 0) header += ',';
    header += std::to_string(place.shape[axis]);
  }
  header += R"(],"data_offsets":[)" + std::to_string(place.begin) + ',' + std::to_string(place.end) + "]}";
}

void write_safetensors(OutputFile& out, std::vector<SafetensorsEntry> entries, ThreadPool* pool,
                       const std::map<std::string, std::string>& metadata) {
  for (const SafetensorsEntry& entry : entries) check_entry(entry);
  check_duplicates(entries);
  sort_entries(entries);
  const std::string header = header_of(entries, metadata);
  const std::uint64_t length = header.size();
  out.write({reinterpret_cast<const char*>(&length), sizeof(length)});
  out.write(header);
  std::vector<ElementSource> sources;
  sources.reserve(entries.size());
  for (const SafetensorsEntry& entry : entries) sources.push_back({entry.source, entry.dtype, entry.name});
  ElementWriter(out, pool).write(sources);
}

}  // namespace sightline
