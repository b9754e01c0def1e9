// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/safetensors.h"

#include <algorithm>
#include <array>

#include "sightline/base/error.h"
#include "sightline/containers/json.h"
#include "sightline/weights/fingerprint.h"

namespace sightline {
namespace {

constexpr std::size_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeaderBytes =
    16 << 20;  // headers of CLIP files are below 200 kB; the limit of the format is 100 MB
constexpr std::int64_t kMaxTensors = 100'000;
constexpr std::size_t kMaxNameBytes = 1024;

// The types of the format. Types that this library does not compute with become `other`; a file may contain
// them as long as no layer requests them.
struct StoredType {
  std::string_view name;
  DType dtype;
  std::int64_t bits;
};
constexpr std::array kStoredTypes = {
    StoredType{"F32", DType::f32, 32},
    StoredType{"F16", DType::f16, 16},
    StoredType{"BF16", DType::bf16, 16},
    StoredType{"F64", DType::f64, 64},
    StoredType{"I64", DType::i64, 64},
    StoredType{"I32", DType::i32, 32},
    StoredType{"I16", DType::i16, 16},
    StoredType{"I8", DType::i8, 8},
    StoredType{"U8", DType::u8, 8},
    StoredType{"BOOL", DType::boolean, 8},
    StoredType{"U16", DType::other, 16},
    StoredType{"U32", DType::other, 32},
    StoredType{"U64", DType::other, 64},
    StoredType{"C64", DType::other, 64},
    StoredType{"F8_E4M3", DType::f8_e4m3fn, 8},
    StoredType{"F8_E5M2", DType::f8_e5m2, 8},
    StoredType{"F8_E4M3FNUZ", DType::f8_e4m3fnuz, 8},
    StoredType{"F8_E5M2FNUZ", DType::f8_e5m2fnuz, 8},
    StoredType{"F8_E8M0", DType::f8_e8m0fnu, 8},
    StoredType{"F6_E2M3", DType::other, 6},
    StoredType{"F6_E3M2", DType::other, 6},
    StoredType{"F4", DType::other, 4},
};

const StoredType& stored_type(const Json& value) {
  for (const StoredType& type : kStoredTypes) {
    if (type.name == value.as_string()) return type;
  }
  fail(ErrorCode::type, value.path(),
       "is '" + std::string(value.as_string()) + "', expected F32, F16, BF16 or another type of safetensors");
}

// Reads a size or offset. Anything but a natural number is a malformed header; a number that does not fit in
// 63 bits is out of range.
std::int64_t natural(const Json& value) {
  if (!value.is_integer()) fail(ErrorCode::header, value.path(), "is not a natural number");
  if (value.as_double() < 0) fail(ErrorCode::header, value.path(), "is negative, expected a natural number");
  return value.as_integer(0);
}

Json member(const Json& object, std::string_view key) {
  if (!object.is_object()) fail(ErrorCode::header, object.path(), "is not an object");
  const std::optional<Json> value = object.find(key);
  if (!value) fail(ErrorCode::header, object.path(), "has no '" + std::string(key) + "'");
  return *value;
}

Shape shape_of(const Json& value) {
  if (!value.is_array()) fail(ErrorCode::header, value.path(), "is not a list");
  if (value.size() > Shape::kMaxRank) {
    fail(ErrorCode::limit, value.path(),
         "has " + std::to_string(value.size()) + " dimensions, at most 8 are accepted");
  }
  std::array<std::int64_t, Shape::kMaxRank> sizes{};
  std::size_t rank = 0;
  value.for_each_element([&](const Json& element) { sizes[rank++] = natural(element); });
  return Shape(std::span<const std::int64_t>(sizes.data(), rank));
}

struct Span {
  std::int64_t begin = 0, end = 0;
};

Span span_of(const Json& value) {
  if (!value.is_array() || value.size() != 2)
    fail(ErrorCode::header, value.path(), "is not a list of two offsets");
  std::array<std::int64_t, 2> offsets{};
  std::size_t count = 0;
  value.for_each_element([&](const Json& element) { offsets[count++] = natural(element); });
  if (offsets[1] < offsets[0]) {
    fail(ErrorCode::range, value.path(),
         "ends at " + std::to_string(offsets[1]) + ", before its start at " + std::to_string(offsets[0]));
  }
  return {offsets[0], offsets[1]};
}

struct Entry {
  std::string_view name;
  DType dtype = DType::other;
  Shape shape;
  Span span;
};

Entry read_entry(std::string_view name, const Json& value) {
  if (name.size() > kMaxNameBytes) {
    fail(ErrorCode::limit, value.path(),
         "has a name of more than " + std::to_string(kMaxNameBytes) + " bytes");
  }
  if (name.find('\0') != std::string_view::npos)
    fail(ErrorCode::header, value.path(), "has a name that contains a NUL");
  const Json dtype = member(value, "dtype");
  if (!dtype.is_string()) fail(ErrorCode::header, dtype.path(), "is not a string");
  const StoredType& type = stored_type(dtype);
  const Entry entry{name, type.dtype, shape_of(member(value, "shape")),
                    span_of(member(value, "data_offsets"))};

  std::int64_t elements = 1;
  for (int axis = 0; axis < entry.shape.rank(); ++axis) {
    elements = checked_mul(elements, entry.shape[axis], value.path());
  }
  const std::int64_t bits = checked_mul(elements, type.bits, value.path());
  const std::int64_t bytes = entry.span.end - entry.span.begin;
  if (bits % 8 != 0 || bits / 8 != bytes) {
    fail(ErrorCode::range, value.path(),
         "spans " + std::to_string(bytes) + " bytes, expected " + std::to_string(bits / 8) + " for " +
             std::string(type.name) + " " + to_string(entry.shape));
  }
  return entry;
}

using Metadata = std::map<std::string, std::string>;

void read_metadata(const Json& value, Metadata& metadata) {
  if (value.is_null()) return;
  if (!value.is_object()) fail(ErrorCode::header, value.path(), "is not an object");
  value.for_each_member([&](std::string_view key, const Json& member) {
    if (!member.is_string()) fail(ErrorCode::header, member.path(), "is not a string");
    metadata.emplace(key, member.as_string());
  });
}

std::vector<Entry> read_entries(const Json& header, Metadata& metadata) {
  if (!header.is_object()) fail(ErrorCode::header, header.path(), "has a header that is not an object");
  if (header.size() > kMaxTensors + 1) {
    fail(ErrorCode::limit, header.path(),
         "contains " + std::to_string(header.size()) + " tensors, at most 100000 are accepted");
  }
  std::vector<Entry> entries;
  entries.reserve(static_cast<std::size_t>(header.size()));
  header.for_each_member([&](std::string_view name, const Json& value) {
    if (name == "__metadata__") {
      read_metadata(value, metadata);
    } else {
      entries.push_back(read_entry(name, value));
    }
  });
  return entries;
}

std::string of_tensor(std::string_view subject, std::string_view name) {
  return std::string(subject).append(": ").append(name);
}

// Every byte after the header belongs to exactly one tensor: no hole, no overlap, nothing after the last
// tensor.
void check_coverage(std::vector<Entry>& entries, std::int64_t data_size, std::string_view subject) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.span.begin, a.span.end) < std::pair(b.span.begin, b.span.end);
  });
  std::int64_t at = 0;
  for (const Entry& entry : entries) {
    if (entry.span.begin != at) {
      fail(ErrorCode::range, of_tensor(subject, entry.name),
           "starts at byte " + std::to_string(entry.span.begin) + " of the data, expected byte " +
               std::to_string(at) +
               (entry.span.begin < at ? "; two tensors overlap" : "; there is a gap before it"));
    }
    at = entry.span.end;
  }
  if (at > data_size) {
    fail(ErrorCode::truncated, subject,
         "ends after " + std::to_string(data_size) + " bytes of data, expected " + std::to_string(at));
  }
  if (at < data_size) {
    fail(ErrorCode::range, subject,
         "has " + std::to_string(data_size - at) + " bytes after its last tensor, expected none");
  }
}

// The text of the header, after checking its length against the size of the file.
std::string_view header_text(ByteView file, std::string_view subject) {
  if (as_text(file).starts_with("version https://git-lfs")) {
    fail(ErrorCode::magic, subject, "is a Git LFS pointer, expected the weights that it refers to");
  }
  if (file.size() < kLengthBytes) {
    fail(ErrorCode::truncated, subject, "has " + std::to_string(file.size()) + " bytes, expected at least 8");
  }
  const auto length = load_le<std::uint64_t>(file, 0, subject);
  if (length > kMaxHeaderBytes) {
    fail(ErrorCode::limit, subject,
         "has a header of " + std::to_string(length) + " bytes, at most " + std::to_string(kMaxHeaderBytes) +
             " are accepted (is it a safetensors file?)");
  }
  if (length > file.size() - kLengthBytes) {
    fail(ErrorCode::truncated, subject,
         "ends inside its header: " + std::to_string(file.size()) + " bytes, expected at least " +
             std::to_string(length + kLengthBytes));
  }
  return as_text(file.subspan(kLengthBytes, static_cast<std::size_t>(length)));
}

}  // namespace

std::vector<SafetensorsTensor> parse_safetensors(ByteView file, std::string_view subject) {
  Metadata unread;
  return parse_safetensors(file, subject, unread);
}

std::vector<SafetensorsTensor> parse_safetensors(ByteView file, std::string_view subject,
                                                 Metadata& metadata) {
  const std::string_view text = header_text(file, subject);
  const ByteView data = file.subspan(kLengthBytes + text.size());
  const JsonDocument header(text, subject);
  std::vector<Entry> entries = read_entries(header.root(), metadata);
  check_coverage(entries, std::ssize(data), subject);

  std::vector<SafetensorsTensor> tensors;
  tensors.reserve(entries.size());
  for (const Entry& entry : entries) {
    const ByteView bytes = data.subspan(static_cast<std::size_t>(entry.span.begin),
                                        static_cast<std::size_t>(entry.span.end - entry.span.begin));
    tensors.push_back({std::string(entry.name), {entry.dtype, entry.shape, bytes}});
  }
  return tensors;
}

bool Safetensors::recognizes(ByteView head) const {
  if (head.size() <= kLengthBytes) return false;
  const auto first = static_cast<char>(head[kLengthBytes]);
  return load_le<std::uint64_t>(head, 0, "") <= kMaxHeaderBytes && (first == '{' || first == ' ');
}

Weights Safetensors::read(const std::string& path) const {
  const std::shared_ptr<const MappedFile> file = MappedFile::open(path);
  Weights weights;
  Metadata metadata;
  for (SafetensorsTensor& tensor : parse_safetensors(file->bytes(), path, metadata)) {
    const StoredTensor& view = tensor.tensor;
    weights.add(std::move(tensor.name), {view.dtype, view.shape, view.bytes(), true});
  }
  for (const auto& [key, value] : metadata) keep_fingerprint_metadata(weights, key, value);
  weights.keep(file);
  return weights;
}

}  // namespace sightline
