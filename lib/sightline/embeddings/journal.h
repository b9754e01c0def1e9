// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "sightline/base/bytes.h"
#include "sightline/base/hash.h"
#include "sightline/embeddings/run_description.h"

namespace sightline {

/// "photos.npy.journal" for "photos.npy": how far a run has come whose outputs are not yet published.
/// docs/formats.md describes the file: a header with the description of the run, then records of fixed size.
std::string journal_path_of(std::string_view npy_path);

inline constexpr std::size_t kJournalRecordBytes = 128;
/// What lies behind is never the only copy of anything.
inline constexpr std::int64_t kMaxJournalBytes = 1LL << 30;
inline constexpr std::int64_t kMaxJournalDescription = 256LL << 20;

/// An output file up to a record: its size and the hash of its bytes (of an array: those after its header).
struct RecordedFile {
  std::int64_t size = 0;
  Digest128 hash{};  ///< zeros for a file that is not written
  bool operator==(const RecordedFile&) const = default;
};

/// The order of the files in a record.
enum JournalFileNumber : std::size_t { kArrayFile, kIndexFile, kReportFile, kJournalFiles };

enum class RecordKind : std::uint32_t {
  checkpoint = 1,  ///< the files are on the disk up to here
  complete = 2     ///< they are on the disk as a whole, and are renamed next
};

/// One record. All counts are those since the beginning of the run.
struct JournalRecord {
  std::int64_t sequence = 0;  ///< 1, 2, ...
  RecordKind kind = RecordKind::checkpoint;
  std::int64_t inputs = 0;   ///< inputs done
  std::int64_t rows = 0;     ///< rows of the array, at most `inputs`
  std::int64_t skipped = 0;  ///< inputs that failed
  std::uint64_t list = 0;    ///< the hash of these inputs if the list was not known at the beginning; else 0
  std::array<RecordedFile, kJournalFiles> files = {};
  bool operator==(const JournalRecord&) const = default;
};

/// The header: magic, version, length of the description, the description in JSON, spaces up to a multiple of
/// the size of a record, and a checksum in the last 8 bytes. Errors: limit.
std::string encode_journal_header(const RunDescription& description);
/// A record with its checksum, which depends on the header.
std::string encode_journal_record(const JournalRecord& record, std::string_view header);

/// Reads the bytes of a journal: the header, then the records up to the first one that is torn, damaged or
/// impossible (`next`). The bytes must outlive the reader.
class JournalReader {
 public:
  /// Errors: magic, unsupported (another version), truncated, corrupt (checksum), header.
  JournalReader(ByteView bytes, std::string_view subject);

  const RunDescription& description() const { return description_; }
  std::string_view header() const { return header_; }
  /// Returns false at the end of the good records.
  bool next(JournalRecord& record);
  /// The offset after the last record that `next` returned.
  std::int64_t offset() const { return static_cast<std::int64_t>(offset_); }

 private:
  std::string_view bytes_, header_;
  RunDescription description_;
  std::uint64_t seed_ = 0;
  std::size_t offset_ = 0;
  JournalRecord last_;
};

}  // namespace sightline
