// SPDX-License-Identifier: Apache-2.0
// Journals: records that are accepted are possible, and are written again with the same bytes.

#include <cstdint>
#include <cstdlib>

#include "sightline/base/error.h"
#include "sightline/embeddings/journal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sightline;
  try {
    const ByteView bytes(reinterpret_cast<const std::byte*>(data), size);
    JournalReader reader(bytes, "fuzz");
    JournalRecord record;
    for (std::int64_t number = 1; reader.next(record); ++number) {
      if (record.sequence != number || record.rows > record.inputs || record.skipped > record.inputs)
        std::abort();
      const auto end = static_cast<std::size_t>(reader.offset());
      const std::string_view read = as_text(bytes).substr(end - kJournalRecordBytes, kJournalRecordBytes);
      if (encode_journal_record(record, reader.header()) != read) std::abort();
    }
    if (reader.offset() > static_cast<std::int64_t>(size)) std::abort();
  } catch (const Error&) {
    // refused: as good as accepted
  }
  return 0;
}
