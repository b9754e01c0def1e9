// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/journal.h"

#include <bit>
#include <cstring>

#include "sightline/base/error.h"

namespace sightline {
namespace {

constexpr std::string_view kMagic("\x93SLJRNL\n", 8);
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kFixedBytes = 16, kChecksumBytes = 8;

static_assert(std::endian::native == std::endian::little, "numbers are stored in little-endian order");

template <class T>
void append(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// Takes values from the front of checked bytes.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : bytes_(bytes) {}
  template <class T>
  T take() {
    T value;
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return value;
  }

 private:
  std::string_view bytes_;
};

std::uint64_t checksum(std::string_view bytes, std::uint64_t seed) {
  return hash64(std::as_bytes(std::span(bytes)), seed);
}

/// Rounded up, so that no record crosses a sector of the disk.
std::size_t header_bytes(std::size_t description) {
  const std::size_t bytes = kFixedBytes + description + kChecksumBytes;
  return (bytes + kJournalRecordBytes - 1) / kJournalRecordBytes * kJournalRecordBytes;
}

std::uint64_t seed_of(std::string_view header) {
  return Fields(header.substr(header.size() - kChecksumBytes)).take<std::uint64_t>();
}

bool is_possible(const JournalRecord& record, const JournalRecord& previous) {
  if (record.sequence != previous.sequence + 1) return false;
  if (record.kind != RecordKind::checkpoint && record.kind != RecordKind::complete) return false;
  if (record.inputs < previous.inputs || record.rows < previous.rows || record.skipped < previous.skipped)
    return false;
  if (record.rows > record.inputs || record.skipped > record.inputs) return false;
  for (std::size_t i = 0; i < record.files.size(); ++i) {
    if (record.files[i].size < previous.files[i].size) return false;
  }
  return true;
}

}  // namespace

std::string journal_path_of(std::string_view npy_path) { return std::string(npy_path) + ".journal"; }

std::string encode_journal_header(const RunDescription& description) {
  const std::string json = description.json();
  if (json.size() > static_cast<std::size_t>(kMaxJournalDescription))
    fail(ErrorCode::limit, "journal", "the description of the run is too long");
  std::string header(kMagic);
  append(header, kVersion);
  append(header, static_cast<std::uint32_t>(json.size()));
  header += json;
  header.resize(header_bytes(json.size()) - kChecksumBytes, ' ');
  append(header, checksum(header, 0));
  return header;
}

std::string encode_journal_record(const JournalRecord& record, std::string_view header) {
  std::string bytes;
  bytes.reserve(kJournalRecordBytes);
  append(bytes, record.sequence);
  append(bytes, static_cast<std::uint32_t>(record.kind));
  append(bytes, std::uint32_t{0});
  append(bytes, record.inputs);
  append(bytes, record.rows);
  append(bytes, record.skipped);
  append(bytes, record.list);
  for (const RecordedFile& file : record.files) {
    append(bytes, file.size);
    append(bytes, file.hash);
  }
  append(bytes, checksum(bytes, seed_of(header)));
  return bytes;
}

JournalReader::JournalReader(ByteView bytes, std::string_view subject) : bytes_(as_text(bytes)) {
  if (!bytes_.starts_with(kMagic.substr(0, bytes_.size())))
    fail(ErrorCode::magic, subject, "is not a journal of sightline");
  if (bytes_.size() < kFixedBytes) fail(ErrorCode::truncated, subject, "the header is incomplete");
  Fields fields(bytes_.substr(kMagic.size()));
  const auto version = fields.take<std::uint32_t>(), length = fields.take<std::uint32_t>();
  if (version != kVersion) {
    fail(ErrorCode::unsupported, subject,
         "has version " + std::to_string(version) + ", expected " + std::to_string(kVersion));
  }
  if (length > kMaxJournalDescription || header_bytes(length) > bytes_.size())
    fail(ErrorCode::truncated, subject, "the header is incomplete");
  header_ = bytes_.substr(0, header_bytes(length));
  seed_ = seed_of(header_);
  if (seed_ != checksum(header_.substr(0, header_.size() - kChecksumBytes), 0))
    fail(ErrorCode::corrupt, subject, "the checksum of the header is wrong");
  description_ = parse_run_description(header_.substr(kFixedBytes, length), subject);
  offset_ = header_.size();
}

bool JournalReader::next(JournalRecord& record) {
  if (bytes_.size() - offset_ < kJournalRecordBytes) return false;
  const std::string_view bytes = bytes_.substr(offset_, kJournalRecordBytes);
  Fields fields(bytes);
  JournalRecord found;
  found.sequence = fields.take<std::int64_t>();
  found.kind = static_cast<RecordKind>(fields.take<std::uint32_t>());
  const auto reserved = fields.take<std::uint32_t>();
  found.inputs = fields.take<std::int64_t>();
  found.rows = fields.take<std::int64_t>();
  found.skipped = fields.take<std::int64_t>();
  found.list = fields.take<std::uint64_t>();
  for (RecordedFile& file : found.files) {
    file.size = fields.take<std::int64_t>();
    file.hash = fields.take<Digest128>();
  }
  const auto stored = fields.take<std::uint64_t>();
  if (stored != checksum(bytes.substr(0, kJournalRecordBytes - kChecksumBytes), seed_)) return false;
  if (reserved != 0 || !is_possible(found, last_)) return false;
  record = last_ = found;
  offset_ += kJournalRecordBytes;
  return true;
}

}  // namespace sightline
