// SPDX-License-Identifier: Apache-2.0
#include "sightline/embeddings/merge.h"

#include <memory>
#include <optional>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/hash.h"
#include "sightline/containers/json.h"
#include "sightline/embeddings/index_file.h"
#include "sightline/embeddings/list_hash.h"
#include "sightline/embeddings/mapped_lines.h"
#include "sightline/embeddings/numbered_line.h"
#include "sightline/embeddings/report_summary.h"
#include "sightline/embeddings/stored_rows.h"

namespace sightline {
namespace {

constexpr std::int64_t kInputsPerAdvance = 1024;

std::string quantity(std::int64_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string_view next_line(MappedLines& lines, std::int64_t expected) {
  const std::optional<std::string_view> line = lines.next();
  if (!line) {
    fail(ErrorCode::mismatch, lines.path(),
         "has " + quantity(lines.number(), "line") + ", expected " + std::to_string(expected));
  }
  if (!lines.is_terminated()) fail(ErrorCode::truncated, lines.place(), "has no line end");
  return *line;
}

void expect_end(MappedLines& lines, std::int64_t expected) {
  if (!lines.next()) return;
  fail(ErrorCode::mismatch, lines.path(),
       "has more than " + quantity(expected, "line") + ", the expected number");
}

/// The exact label of an index line, without parsing the line if the label is written as it is.
std::string label_of(std::string_view line, std::string_view key, const std::string& place) {
  constexpr std::string_view kReplaced = "\xEF\xBF\xBD";  // of bytes that are not UTF-8
  std::string_view text = member_text(line, key);
  if (text.size() < 2 || text.front() != '"' || text.find('\\') != std::string_view::npos ||
      text.find(kReplaced) != std::string_view::npos)
    return parse_index_line(line, place).entry.label;
  return std::string(text.substr(1, text.size() - 2));
}

/// Reads the files of one shard in the order of its inputs.
class ShardReader {
 public:
  ShardReader(const ShardSet& shards, std::int64_t number, const std::string& report_path)
      : array_(shards.array(number)),
        inputs_(shards.inputs_of(number)),
        expected_(shards.hashes(number)),
        label_key_(shards.label_key()),
        index_(index_path_of(described_name(array_.path()))),
        hash_(std::make_unique<Hash128>()),
        index_hash_(std::make_unique<Hash128>()) {
    index_.update_hash(index_hash_.get());
    if (!report_path.empty()) report_.emplace(shard_path(report_path, {number + 1, shards.count()}));
  }

  /// The index line of the next input.
  NumberedLine next_index_line() {
    index_text_ = next_line(index_, inputs_);
    const NumberedLine line = parse_numbered_line(index_text_, "row", index_.place());
    if (line.number && *line.number != row_) {
      fail(ErrorCode::mismatch, index_.place() + ": row",
           "is " + std::to_string(*line.number) + ", expected " + std::to_string(row_));
    }
    if (line.number && row_ == array_.rows()) {
      fail(ErrorCode::mismatch, index_.place(),
           "describes a row that the array lacks; it has " + quantity(array_.rows(), "row"));
    }
    return line;
  }

  /// The label of the input whose index line was read last.
  std::string label() const { return label_of(index_text_, label_key_, index_.place()); }

  /// The bytes of the next row.
  std::string_view next_row() {
    if (row_ > 0) array_.release_rows(row_ - 1, 1);
    const ByteView bytes = array_.rows_as_stored(row_++, 1);
    hash_->update(bytes);
    return as_text(bytes);
  }

  /// The record of the input whose index line was read last.
  NumberedLine next_record() {
    const std::string_view text = next_line(*report_, inputs_ + 1);
    const NumberedLine line = parse_numbered_line(text, "index", report_->place());
    if (line.number != records_) {
      fail(ErrorCode::mismatch, report_->place() + ": index", "is not " + std::to_string(records_));
    }
    ++records_;
    for (const std::string_view key : {label_key_, std::string_view("status")}) {
      if (member_text(text, key) != member_text(index_text_, key))
        fail(ErrorCode::mismatch, report_->place() + ": " + std::string(key),
             "differs from " + index_.place());
    }
    return line;
  }

  /// Checks that everything was read. Adds the summary of the report, if any, to `summary`.
  void finish(ReportSummary& summary) {
    expect_end(index_, inputs_);
    if (row_ != array_.rows()) {
      fail(ErrorCode::mismatch, index_.path(),
           "describes " + quantity(row_, "row") + ", but the array has " + std::to_string(array_.rows()));
    }
    if (!expected_.rows.empty() && hash_->hex() != expected_.rows) {
      fail(ErrorCode::corrupt, array_.path(),
           "has rows with the hash " + hash_->hex() + ", but its info file has " + expected_.rows);
    }
    check_index_hash(index_.path(), index_hash_->hex(), expected_.index);
    if (!report_) return;
    summary.add(next_line(*report_, inputs_ + 1), report_->place());
    expect_end(*report_, inputs_ + 1);
  }

 private:
  const NpyFile& array_;
  std::int64_t inputs_;
  const ShardHashes& expected_;
  std::string_view label_key_;
  MappedLines index_;
  std::optional<MappedLines> report_;
  std::string_view index_text_;
  std::unique_ptr<Hash128> hash_, index_hash_;
  std::int64_t row_ = 0, records_ = 0;  ///< the next ones
};

}  // namespace

void merge_shards(const ShardSet& shards, const std::string& report_path, const MergeOutputs& outputs,
                  FunctionRef<void(std::int64_t inputs)> advance) {
  std::vector<ShardReader> readers;
  for (std::int64_t shard = 0; shard < shards.count(); ++shard)
    readers.emplace_back(shards, shard, report_path);
  EmbeddingsInfo info = shards.whole_info();
  outputs.array.write(npy_header(info.rows, info.width, info.dtype == "float16"));
  Hash128 hash, index_hash;
  outputs.index.update_hash(&index_hash);
  ListHash labels;
  std::string text;
  ShardOrder order = shards.order();
  std::int64_t rows = 0, inputs = 0;
  for (; inputs < order.inputs(); ++inputs) {
    if (inputs % kInputsPerAdvance == 0) advance(inputs == 0 ? 0 : kInputsPerAdvance);
    ShardReader& reader = readers[order.next()];
    const NumberedLine line = reader.next_index_line();
    if (!shards.labels().empty()) labels.add(reader.label());
    text.clear();
    append_numbered_line(text, "row", line.number ? std::optional(rows) : std::nullopt, line.rest);
    outputs.index.write(text);
    if (line.number) {
      const std::string_view row = reader.next_row();
      hash.update(as_bytes(row));
      outputs.array.write(row);
      ++rows;
    }
    if (outputs.report != nullptr) {
      text.clear();
      append_numbered_line(text, "index", inputs, reader.next_record().rest);
      outputs.report->write(text);
    }
  }
  ReportSummary summary;
  for (ShardReader& reader : readers) reader.finish(summary);
  if (!shards.labels().empty() && labels.hex() != shards.labels()) {
    fail(ErrorCode::mismatch, "shards",
         "have labels with the hash " + labels.hex() + ", but their info files have " + shards.labels());
  }
  if (outputs.report != nullptr) outputs.report->write(summary.text());
  info.xxh3 = hash.hex();
  info.index_xxh3 = index_hash.hex();
  outputs.index.update_hash(nullptr);
  write_info(outputs.info, info);
  advance(inputs % kInputsPerAdvance);
}

}  // namespace sightline
