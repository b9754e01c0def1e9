// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/gguf.h"

#include <algorithm>
#include <array>
#include <bit>
#include <unordered_set>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/containers/gguf_types.h"

namespace sightline {
namespace {

constexpr std::string_view kMagic = "GGUF";
constexpr std::string_view kAlignmentKey = "general.alignment";
constexpr std::uint64_t kMaxCount = 65'536;
constexpr std::uint64_t kMaxKeyBytes = 65'535;
constexpr std::uint64_t kMaxNameBytes = 63;  // limit of ggml
constexpr std::uint64_t kMaxStringBytes = 16 << 20;
constexpr std::uint64_t kMaxElements = std::uint64_t{1} << 32;  // of an array
constexpr std::uint64_t kMaxSide = std::uint64_t{1} << 40;      // of a tensor
constexpr std::uint32_t kMaxAlignment = 1 << 20;
constexpr std::uint32_t kMaxRank = 4;
// Minimum sizes of a value and of a tensor entry: lengths, one letter, types, dimensions, offset.
constexpr std::size_t kMinValueBytes = 8 + 1 + 4 + 1;
constexpr std::size_t kMinTensorBytes = 8 + 1 + 4 + 4 + 8;

// Size in bytes of a scalar, by type number; 0 if the file states the length.
constexpr std::array<std::size_t, 13> kValueBytes = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

std::string to_text(std::uint64_t value) { return std::to_string(value); }

/// Reads a file sequentially. Errors state how many bytes were read.
class Cursor {
 public:
  Cursor(ByteView file, std::string_view subject) : file_(file), subject_(subject) {}

  std::size_t at() const { return at_; }
  std::size_t left() const { return file_.size() - at_; }
  const std::string& subject() const { return subject_; }

  template <class T>
  T number() {
    const T value = load_le<T>(file_, at_, subject_);
    at_ += sizeof(T);
    return value;
  }

  ByteView take(std::size_t size) {
    if (size > left()) {
      fail(ErrorCode::truncated, subject_,
           "ends after " + to_text(file_.size()) + " bytes, expected at least " + to_text(at_ + size));
    }
    const ByteView bytes = file_.subspan(at_, size);
    at_ += size;
    return bytes;
  }

  /// Reads a string preceded by its length. `what` names it in messages: "a key".
  std::string_view text(std::string_view what, std::uint64_t limit) {
    const auto length = number<std::uint64_t>();
    if (length >> 63 != 0) {
      fail(ErrorCode::range, subject_, std::string(what).append(" of ") + to_text(length) + " bytes");
    }
    if (length > limit) {
      fail(length > left() ? ErrorCode::truncated : ErrorCode::limit, subject_,
           "has " + std::string(what) + " of " + to_text(length) + " bytes, expected at most " +
               to_text(limit));
    }
    return as_text(take(static_cast<std::size_t>(length)));
  }

  /// Reads a key or the name of a tensor.
  std::string_view name(std::string_view what, std::uint64_t limit) {
    const std::string_view name = text(what, limit);
    if (name.empty()) fail(ErrorCode::header, subject_, "has " + std::string(what) + " that is empty");
    if (name.find('\0') != std::string_view::npos)
      fail(ErrorCode::header, subject_, "has " + std::string(what) + " that contains a NUL");
    if (!is_utf8(name)) fail(ErrorCode::utf8, subject_, "has " + std::string(what) + " that is not UTF-8");
    return name;
  }

  /// Reads the number of entries that follow, each at least `least` bytes long.
  std::uint64_t count(std::string_view what, std::size_t least) {
    const auto count = number<std::uint64_t>();
    if (count <= kMaxCount) return count;
    fail(count > left() / least ? ErrorCode::range : ErrorCode::limit, subject_,
         "states that it has " + to_text(count) + " " + std::string(what) + ", expected at most " +
             to_text(kMaxCount));
  }

 private:
  ByteView file_;
  std::string subject_;
  std::size_t at_ = 0;
};

std::string of(std::string_view subject, std::string_view name) {
  return std::string(subject).append(": ").append(name);
}

using Names = std::unordered_set<std::string_view>;

// Records a name and rejects duplicates.
void add_name(Names& names, std::string_view name, std::string_view subject) {
  if (!names.insert(name).second) fail(ErrorCode::duplicate, of(subject, name), "is a duplicate");
}

GgufType value_type(std::uint32_t number, const std::string& subject) {
  if (number >= kValueBytes.size())
    fail(ErrorCode::type, subject, "has a value of type " + to_text(number) + ", expected 0 to 12");
  return static_cast<GgufType>(number);
}

void skip_elements(Cursor& cursor, const GgufValue& value) {
  const std::size_t bytes = kValueBytes[static_cast<std::size_t>(value.type)];
  if (bytes != 0) {
    cursor.take(bytes * static_cast<std::size_t>(value.count));  // at most 2^35
    return;
  }
  for (std::int64_t i = 0; i < value.count; ++i) cursor.text("a string", kMaxStringBytes);
}

GgufValue read_value(Cursor& cursor, ByteView file, Names& keys) {
  GgufValue value;
  const std::string_view key = cursor.name("a key", kMaxKeyBytes);
  const std::string subject = of(cursor.subject(), key);
  add_name(keys, key, cursor.subject());
  value.key = key;
  value.type = value_type(cursor.number<std::uint32_t>(), subject);
  if (value.type == GgufType::array) {
    value.is_array = true;
    value.type = value_type(cursor.number<std::uint32_t>(), subject);
    if (value.type == GgufType::array) fail(ErrorCode::type, subject, "is an array of arrays");
    const auto count = cursor.number<std::uint64_t>();
    if (count > kMaxElements) {
      fail(ErrorCode::range, subject,
           "states that it has " + to_text(count) + " elements, expected at most 2^32");
    }
    value.count = static_cast<std::int64_t>(count);
  }
  const std::size_t begin = cursor.at();
  skip_elements(cursor, value);
  value.bytes = file.subspan(begin, cursor.at() - begin);
  return value;
}

std::int64_t read_alignment(const GgufValue& value, const std::string& subject) {
  if (value.is_array || value.type != GgufType::u32)
    fail(ErrorCode::type, of(subject, value.key), "is not a single number of type u32");
  const auto alignment = load_le<std::uint32_t>(value.bytes, 0, subject);
  if (!std::has_single_bit(alignment) || alignment > kMaxAlignment) {
    fail(ErrorCode::range, of(subject, value.key),
         "is " + to_text(alignment) + ", expected a power of two up to " + to_text(kMaxAlignment));
  }
  return alignment;
}

std::int64_t padded(std::int64_t size, std::int64_t alignment, const std::string& subject) {
  return checked_add(size, alignment - 1, subject) / alignment * alignment;
}

struct Entry {
  GgufTensor tensor;
  std::int64_t offset = 0;
  std::int64_t bytes = 0;
};

std::vector<std::int64_t> read_shape(Cursor& cursor, const std::string& subject) {
  const auto rank = cursor.number<std::uint32_t>();
  if (rank > kMaxRank) {
    fail(ErrorCode::range, subject, "has " + to_text(rank) + " dimensions, expected at most 4");
  }
  std::vector<std::int64_t> shape(rank);
  for (std::int64_t& side : shape) {
    const auto read = cursor.number<std::uint64_t>();
    if (read == 0 || read > kMaxSide)
      fail(ErrorCode::range, subject, "has a dimension of " + to_text(read) + ", expected 1 to 2^40");
    side = static_cast<std::int64_t>(read);
  }
  std::reverse(shape.begin(), shape.end());  // the innermost dimension comes first in the file
  return shape;
}

// Reads a tensor entry; `offset` is where its data must begin.
Entry read_entry(Cursor& cursor, Names& names, std::int64_t offset) {
  Entry entry;
  const std::string_view name = cursor.name("the name of a tensor", kMaxNameBytes);
  const std::string subject = of(cursor.subject(), name);
  add_name(names, name, cursor.subject());
  entry.tensor.name = name;
  entry.tensor.shape = read_shape(cursor, subject);
  const GgufStoredType& type = gguf_stored_type(cursor.number<std::uint32_t>(), subject);
  entry.tensor.type = type.type;

  const std::int64_t inner = entry.tensor.shape.empty() ? 1 : entry.tensor.shape.back();
  if (inner % type.block != 0) {
    fail(ErrorCode::range, subject,
         "has rows of " + std::to_string(inner) + " elements, expected a multiple of " +
             std::to_string(type.block) + " for " + std::string(type.name));
  }
  std::int64_t elements = 1;
  for (const std::int64_t side : entry.tensor.shape) elements = checked_mul(elements, side, subject);
  entry.bytes = checked_mul(elements / type.block, type.bytes, subject);

  const auto stored = cursor.number<std::uint64_t>();
  if (stored != static_cast<std::uint64_t>(offset)) {
    fail(ErrorCode::range, subject,
         "starts at byte " + to_text(stored) + " of the data, expected byte " + std::to_string(offset));
  }
  entry.offset = offset;
  return entry;
}

void read_tensors(Cursor& cursor, ByteView file, std::uint64_t count, GgufContents& contents) {
  std::vector<Entry> entries;
  Names names;
  std::int64_t end = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    entries.push_back(read_entry(cursor, names, end));
    end = padded(checked_add(end, entries.back().bytes, cursor.subject()), contents.alignment,
                 cursor.subject());
  }
  if (entries.empty()) return;
  const std::int64_t data =
      padded(static_cast<std::int64_t>(cursor.at()), contents.alignment, cursor.subject());
  end = checked_add(data, end, cursor.subject());
  if (end > std::ssize(file)) {  // the padding after the last tensor is part of the file
    fail(ErrorCode::truncated, cursor.subject(),
         "ends after " + to_text(file.size()) + " bytes, expected at least " + std::to_string(end));
  }
  for (Entry& entry : entries) {
    entry.tensor.bytes =
        file.subspan(static_cast<std::size_t>(data + entry.offset), static_cast<std::size_t>(entry.bytes));
    contents.tensors.push_back(std::move(entry.tensor));
  }
}

std::uint32_t read_version(Cursor& cursor) {
  if (!has_gguf_magic(cursor.take(kMagic.size())))
    fail(ErrorCode::magic, cursor.subject(), "does not start with GGUF");
  const auto version = cursor.number<std::uint32_t>();
  if (version == 2 || version == 3) return version;
  fail(ErrorCode::unsupported, cursor.subject(),
       version != 0 && (version & 0xFFFFU) == 0 ? std::string("is big-endian, expected little-endian")
                                                : "has version " + to_text(version) + ", expected 2 or 3");
}

}  // namespace

bool has_gguf_magic(ByteView head) { return as_text(head).starts_with(kMagic); }

GgufContents parse_gguf(ByteView file, std::string_view subject) {
  Cursor cursor(file, subject);
  GgufContents contents;
  contents.version = read_version(cursor);
  const std::uint64_t tensors = cursor.count("tensors", kMinTensorBytes);
  const std::uint64_t values = cursor.count("values", kMinValueBytes);
  Names keys;
  for (std::uint64_t i = 0; i < values; ++i) {
    contents.values.push_back(read_value(cursor, file, keys));
    const GgufValue& value = contents.values.back();
    if (value.key == kAlignmentKey) contents.alignment = read_alignment(value, cursor.subject());
  }
  read_tensors(cursor, file, tensors, contents);
  return contents;
}

}  // namespace sightline
