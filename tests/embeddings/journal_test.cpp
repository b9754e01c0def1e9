// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "sightline/base/error.h"
#include "sightline/containers/npy.h"
#include "sightline/embeddings/journal_file.h"
#include "sightline/embeddings/resume_point.h"
#include "sightline/files/file.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

constexpr int kRecords = 5;
constexpr std::int64_t kRowBytes = 40;

RunDescription description() {
  RunDescription run;
  run.add("program", "1");
  run.add("preprocess", R"({"size":[224,224],"text":"\u00e9"})");
  run.add("dtype", "float32");
  return run;
}

std::string row(int number) { return std::string(kRowBytes, static_cast<char>('a' + number)); }
std::string line(int number) { return "{\"row\":" + std::to_string(number) + "}\n"; }

RecordedFile recorded(std::string_view all, std::string_view hashed) {
  Hash128 hash;
  hash.update(std::as_bytes(std::span(hashed)));
  return {std::ssize(all), hash.digest()};
}

/// A run of `kRecords` rows with a record after each one, without a report.
struct Run {
  std::string array = std::string(kNpyHeaderBytes, 'h'), index,
              journal = encode_journal_header(description());
  std::vector<JournalRecord> records;

  Run() {
    const std::string header = journal;
    for (int i = 0; i < kRecords; ++i) {
      array += row(i);
      index += line(i);
      JournalRecord record{.sequence = i + 1, .inputs = i + 2, .rows = i + 1, .skipped = 1, .list = 7};
      record.files[kArrayFile] = recorded(array, std::string_view(array).substr(kNpyHeaderBytes));
      record.files[kIndexFile] = recorded(index, index);
      records.push_back(record);
      journal += encode_journal_record(record, header);
    }
  }

  JournalPaths write(const TempFolder& folder) const {
    folder.write("array", array);
    folder.write("index", index);
    return {folder / "array", folder / "index", ""};
  }
};

ByteView view(const std::string& text) { return std::as_bytes(std::span(text)); }

std::vector<JournalRecord> read_all(const std::string& bytes) {
  JournalReader reader(view(bytes), "journal");
  std::vector<JournalRecord> records;
  for (JournalRecord record; reader.next(record);) records.push_back(record);
  return records;
}

std::optional<ResumePoint> point_of(const std::string& journal, const JournalPaths& paths) {
  JournalReader reader(view(journal), "journal");
  return find_resume_point(reader, paths);
}

}  // namespace

TEST_CASE("journal: contains the description and the records", "[journal]") {
  const Run run;
  CHECK(run.journal.size() % kJournalRecordBytes == 0);
  JournalReader reader(view(run.journal), "journal");
  CHECK(reader.description() == description());
  CHECK(read_all(run.journal) == run.records);
}

TEST_CASE("journal: cut at any byte, it keeps the whole records before", "[journal]") {
  const Run run;
  const std::size_t header = run.journal.size() - kRecords * kJournalRecordBytes;
  for (std::size_t size = 0; size < run.journal.size(); ++size) {
    const std::string cut = run.journal.substr(0, size);
    if (size < header) {
      CHECK_FALSE(error_of([&] { read_all(cut); }).code.empty());
    } else {
      CHECK(read_all(cut).size() == (size - header) / kJournalRecordBytes);
    }
  }
}

TEST_CASE("journal: no flipped bit goes unnoticed", "[journal]") {
  const Run run;
  const std::size_t header = run.journal.size() - kRecords * kJournalRecordBytes;
  for (std::size_t byte = 0; byte < run.journal.size(); ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = run.journal;
      flipped[byte] = static_cast<char>(flipped[byte] ^ (1 << bit));
      if (byte < header) {
        CHECK_FALSE(error_of([&] { read_all(flipped); }).code.empty());
      } else {
        CHECK(read_all(flipped).size() == (byte - header) / kJournalRecordBytes);
      }
    }
  }
}

TEST_CASE("journal: refuses records of another journal and impossible ones", "[journal]") {
  const Run run;
  RunDescription other = description();
  other.add("list", "3");
  const std::string header = encode_journal_header(other);
  CHECK(read_all(header + run.journal.substr(run.journal.size() - kJournalRecordBytes)).empty());

  const auto accepted = [&](const JournalRecord& record) {
    return read_all(header + encode_journal_record(record, header)).size() == 1;
  };
  const JournalRecord good{.sequence = 1, .inputs = 3, .rows = 2, .skipped = 1};
  CHECK(accepted(good));
  for (const auto& change : std::vector<void (*)(JournalRecord&)>{
           [](JournalRecord& r) { r.sequence = 2; },
           [](JournalRecord& r) { r.kind = static_cast<RecordKind>(3); },
           [](JournalRecord& r) { r.inputs = -1; },
           [](JournalRecord& r) { r.rows = 4; },
           [](JournalRecord& r) { r.skipped = 4; },
           [](JournalRecord& r) { r.files[kReportFile].size = -1; },
       }) {
    JournalRecord record = good;
    change(record);
    CHECK_FALSE(accepted(record));
  }
  JournalRecord less = good;
  less.sequence = 2;
  less.inputs = 2;
  const std::string two = header + encode_journal_record(good, header) + encode_journal_record(less, header);
  CHECK(read_all(two).size() == 1);
}

TEST_CASE("journal: names what is wrong with its header", "[journal]") {
  const Run run;
  CHECK(error_of([&] { read_all("\x93NUMPY"); }).code == "MAGIC");
  CHECK(error_of([&] { read_all(""); }).code == "TRUNC");
  std::string later = run.journal;
  later[8] = 2;
  CHECK(error_of([&] { read_all(later); }).code == "UNSUP");
  std::string long_one = run.journal;
  long_one.replace(12, 4, "\xff\xff\xff\xff");
  CHECK(error_of([&] { read_all(long_one); }).code == "TRUNC");
}

TEST_CASE("journal: names each key that differs", "[journal]") {
  RunDescription now;
  now.add("program", "1");
  now.add("dtype", "float16");
  now.add("list", "x");
  const std::vector<RunDifference> found = differences(description(), now);
  REQUIRE(found.size() == 3);
  CHECK(found[0].key == "dtype");
  CHECK(found[0].earlier == "float32");
  CHECK(found[0].now == "float16");
  CHECK(found[1].key == "list");
  CHECK(found[2].key == "preprocess");
  CHECK(differences(now, now).empty());
}

TEST_CASE("resume point: the last record that the files agree with", "[journal]") {
  const TempFolder folder;
  const Run run;
  const JournalPaths paths = run.write(folder);
  const auto last = point_of(run.journal, paths);
  REQUIRE(last);
  CHECK(last->record == run.records.back());
  CHECK(last->journal_offset == std::ssize(run.journal));
  CHECK(last->hashes[kArrayFile]->digest() == run.records.back().files[kArrayFile].hash);

  folder.write("array", run.array + "torn");  // more than the last record states
  CHECK(point_of(run.journal, paths)->record == run.records.back());

  for (std::size_t size = 0; size < run.array.size(); ++size) {
    folder.write("array", run.array.substr(0, size));
    const auto point = point_of(run.journal, paths);
    const auto rows = size < kNpyHeaderBytes ? 0 : (size - kNpyHeaderBytes) / kRowBytes;
    REQUIRE(point.has_value() == (rows > 0));
    if (!point) continue;
    CHECK(point->record == run.records[rows - 1]);
    CHECK(point->hashes[kArrayFile]->digest() == point->record.files[kArrayFile].hash);
    CHECK(point->hashes[kIndexFile]->digest() == point->record.files[kIndexFile].hash);
  }
}

TEST_CASE("resume point: goes back before a changed byte of any file", "[journal]") {
  const TempFolder folder;
  const Run run;
  const JournalPaths paths = run.write(folder);
  for (int i = 0; i < kRecords; ++i) {
    std::string changed = run.index;
    changed[static_cast<std::size_t>(i) * line(0).size() + 3] ^= 4;
    folder.write("index", changed);
    const auto point = point_of(run.journal, paths);
    REQUIRE(point.has_value() == (i > 0));
    if (point) CHECK(point->record == run.records[static_cast<std::size_t>(i) - 1]);
  }
}

TEST_CASE("resume point: a file that the run did not write, and one that is gone", "[journal]") {
  const TempFolder folder;
  const Run run;
  JournalPaths paths = run.write(folder);
  paths[kReportFile] = folder / "absent";
  CHECK(error_of([&] { point_of(run.journal, paths); }).code == "MISSING");
  folder.write("report", "");
  paths[kReportFile] = folder / "report";
  CHECK_FALSE(point_of(run.journal, paths));  // an empty file has another hash than none
  paths[kReportFile] = "";
  paths[kIndexFile] = "";
  CHECK_FALSE(point_of(run.journal, paths));
}

TEST_CASE("resume point: a whole file is exactly as recorded", "[journal]") {
  const TempFolder folder;
  const Run run;
  const JournalPaths paths = run.write(folder);
  const JournalRecord& last = run.records.back();
  CHECK(is_recorded_file(paths[0], last.files[0], kArrayFile));
  CHECK_FALSE(is_recorded_file(paths[0], run.records[1].files[0], kArrayFile));
  CHECK_FALSE(is_recorded_file(paths[1], last.files[0], kIndexFile));
}

TEST_CASE("journal file: is written, continued and removed", "[journal][io]") {
  const TempFolder folder;
  const std::string path = folder / "a.npy.journal";
  const Run run;
  {
    JournalFile file = JournalFile::create(path);
    file.start(description());
    for (const JournalRecord& record : run.records) file.append(record);
    CHECK(error_of([&] { JournalFile::create(path); }).code == "LOCK");
    CHECK(error_of([&] { JournalFile::open(path, false); }).code == "LOCK");
    CHECK(error_of([&] { JournalFile::open(path, true); }).code == "LOCK");
    file.keep();
  }
  CHECK(folder.read("a.npy.journal") == run.journal);
  {
    std::optional<JournalFile> file = JournalFile::open(path, false);
    REQUIRE(file);
    const std::vector<std::byte> bytes = file->read();
    CHECK(std::string(as_text(bytes)) == run.journal);
    JournalReader reader(bytes, path);
    JournalRecord record;
    REQUIRE(reader.next(record));
    file->continue_after(reader.header(), reader.offset(), record.sequence);
    file->append(run.records[1]);
  }
  const std::size_t two = run.journal.size() - 3 * kJournalRecordBytes;
  CHECK(folder.read("a.npy.journal") == run.journal.substr(0, two));
  JournalFile::open(path, false)->remove();
  CHECK_FALSE(folder.has("a.npy.journal"));
  CHECK_FALSE(JournalFile::open(path, false));
  { JournalFile::create(path).start(description()); }
  CHECK_FALSE(folder.has("a.npy.journal"));  // not kept
}

TEST_CASE("journal file: its last good record", "[journal][io]") {
  const TempFolder folder;
  const Run run;
  const auto last = [&](const std::string& bytes) {
    return last_record_of(folder.write("a.npy.journal", bytes)).sequence;
  };
  CHECK(last(run.journal) == kRecords);
  CHECK(last(run.journal.substr(0, run.journal.size() - 1)) == kRecords - 1);
  CHECK(last(run.journal + "torn") == kRecords);
  CHECK(last(encode_journal_header(description())) == 0);
  CHECK(last("") == 0);
  CHECK(last("no journal") == 0);
  CHECK(error_of([&] { last_record_of(folder / "absent"); }).code == "MISSING");
}
