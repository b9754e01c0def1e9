// SPDX-License-Identifier: Apache-2.0
#include "sightline/containers/zip_writer.h"

#include <libdeflate.h>

#include <limits>

#include "sightline/base/error.h"

namespace sightline {
namespace {

constexpr std::size_t kAlignment = 64, kLocalBytes = 30, kFieldHeadBytes = 4;
constexpr std::uint16_t kVersion = 45;           // zip64
constexpr std::uint16_t kPaddingField = 0x4246;  // "FB", the field that PyTorch pads with
constexpr std::uint16_t kZip64Field = 1;
constexpr std::uint16_t kFirstDay = 1 << 5 | 1;  // 1 January 1980
constexpr std::uint32_t kUnknown32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint16_t kUnknown16 = std::numeric_limits<std::uint16_t>::max();

class Record {
 public:
  explicit Record(std::string_view mark) : text_(mark) {}
  template <class T>
  Record& add(T value) {
    text_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Record& add_text(std::string_view text) {
    text_ += text;
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

void ZipWriter::add(std::string_view name, ByteView content) {
  if (content.size() >= kUnknown32 || name.size() >= kUnknown16)
    fail(ErrorCode::limit, out_.path(), "needs a zip member of 4 GiB or more");
  const Entry entry{std::string(name), libdeflate_crc32(0, content.data(), content.size()),
                    static_cast<std::uint32_t>(content.size()), static_cast<std::uint64_t>(out_.size())};
  const std::size_t unpadded = entry.offset + kLocalBytes + name.size() + kFieldHeadBytes;
  const auto padding = static_cast<std::uint16_t>((kAlignment - unpadded % kAlignment) % kAlignment);
  Record local(std::string_view("PK\3\4", 4));
  local.add(kVersion).add<std::uint16_t>(0).add<std::uint16_t>(0);  // flags, method: stored
  local.add<std::uint16_t>(0).add(kFirstDay).add(entry.crc).add(entry.size).add(entry.size);
  local.add(static_cast<std::uint16_t>(name.size()));
  local.add(static_cast<std::uint16_t>(kFieldHeadBytes + padding)).add_text(name);
  local.add(kPaddingField).add(padding).add_text(std::string(padding, 'Z'));
  out_.write(local.text());
  out_.write(as_text(content));
  entries_.push_back(entry);
}

void ZipWriter::finish() {
  const auto directory = static_cast<std::uint64_t>(out_.size());
  for (const Entry& entry : entries_) {
    const bool wide = entry.offset >= kUnknown32;
    Record record(std::string_view("PK\1\2", 4));
    record.add(kVersion).add(kVersion).add<std::uint16_t>(0).add<std::uint16_t>(0);
    record.add<std::uint16_t>(0).add(kFirstDay).add(entry.crc).add(entry.size).add(entry.size);
    record.add(static_cast<std::uint16_t>(entry.name.size()));
    record.add<std::uint16_t>(wide ? kFieldHeadBytes + 8 : 0);
    record.add<std::uint16_t>(0).add<std::uint16_t>(0).add<std::uint16_t>(0);  // comment, disk, attributes
    record.add<std::uint32_t>(0);
    record.add(wide ? kUnknown32 : static_cast<std::uint32_t>(entry.offset)).add_text(entry.name);
    if (wide) record.add(kZip64Field).add<std::uint16_t>(8).add(entry.offset);
    out_.write(record.text());
  }
  const auto end = static_cast<std::uint64_t>(out_.size()), size = end - directory;
  const std::uint64_t count = entries_.size();
  if (directory >= kUnknown32 || count >= kUnknown16) {
    Record wide(std::string_view("PK\6\6", 4));
    wide.add<std::uint64_t>(44).add(kVersion).add(kVersion).add<std::uint32_t>(0).add<std::uint32_t>(0);
    wide.add(count).add(count).add(size).add(directory);
    out_.write(wide.text());
    Record locator(std::string_view("PK\6\7", 4));
    out_.write(locator.add<std::uint32_t>(0).add(end).add<std::uint32_t>(1).text());
  }
  const auto short16 = static_cast<std::uint16_t>(count >= kUnknown16 ? kUnknown16 : count);
  Record record(std::string_view("PK\5\6", 4));
  record.add<std::uint16_t>(0).add<std::uint16_t>(0).add(short16).add(short16);
  record.add(static_cast<std::uint32_t>(size));
  record.add(directory >= kUnknown32 ? kUnknown32 : static_cast<std::uint32_t>(directory));
  out_.write(record.add<std::uint16_t>(0).text());
}

}  // namespace sightline
