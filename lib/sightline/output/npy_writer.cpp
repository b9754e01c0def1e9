// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "sightline/base/bytes.h"
#include "sightline/base/error.h"
#include "sightline/base/half.h"
#include "sightline/base/hash.h"
#include "sightline/containers/npy.h"
#include "sightline/output/table_formats.h"

namespace sightline {
namespace {

class NpyWriter : public TableWriter {
 public:
  NpyWriter(OutputFile& out, const TableOptions& options) : out_(out), options_(options) {}

  void begin(std::int64_t columns, std::optional<std::int64_t> rows) override {
    columns_ = columns;
    zeros_.assign(static_cast<std::size_t>(columns), 0.0F);
    if (!options_.drop_bad) declared_rows_ = rows;
    is_buffered_ = !out_.seekable() && !declared_rows_;
    if (out_.size() > 0) return continue_rows();
    if (!is_buffered_) out_.write(header(declared_rows_.value_or(0)));
  }

  void row(const TableRow& row) override {
    const bool failed = !row.outcome.ok();
    if (failed && options_.drop_bad) return;
    const std::span<const float> values = failed ? std::span<const float>(zeros_) : row.values;
    if (std::ssize(values) != columns_) {
      fail(ErrorCode::mismatch, row.label,
           "has " + std::to_string(values.size()) + " values, expected " + std::to_string(columns_));
    }
    ++rows_;
    if (options_.half) {
      halves_.clear();
      for (const float value : values) halves_.push_back(float_to_half(value));
      write_bytes({reinterpret_cast<const char*>(halves_.data()), halves_.size() * sizeof(std::uint16_t)});
    } else {
      write_bytes({reinterpret_cast<const char*>(values.data()), values.size_bytes()});
    }
  }

  void finish() override {
    if (is_buffered_) {
      out_.write(header(rows_));
      out_.write(buffered_rows_);
    } else if (!declared_rows_) {
      out_.write_at(0, header(rows_));
    } else if (*declared_rows_ != rows_) {
      fail(ErrorCode::mismatch, out_.path(),
           "received " + std::to_string(rows_) + " rows, expected " + std::to_string(*declared_rows_));
    }
  }

 private:
  // The header is written again, because its bytes are not covered by a hash.
  void continue_rows() {
    const auto header_size = static_cast<std::int64_t>(kNpyHeaderBytes);
    const std::int64_t row_size = columns_ * (options_.half ? 2 : 4), data_size = out_.size() - header_size;
    if (data_size < 0 || row_size <= 0 || data_size % row_size != 0)
      fail(ErrorCode::mismatch, out_.path(), "does not end with a whole row");
    rows_ = data_size / row_size;
    out_.write_at(0, header(declared_rows_.value_or(0)));
  }

  void write_bytes(std::string_view bytes) {
    if (options_.rows_hash != nullptr) options_.rows_hash->update(as_bytes(bytes));
    if (is_buffered_) {
      buffered_rows_ += bytes;
    } else {
      out_.write(bytes);
    }
  }

  std::string header(std::int64_t rows) const { return npy_header(rows, columns_, options_.half); }

  OutputFile& out_;
  TableOptions options_;
  std::int64_t columns_ = 0, rows_ = 0;
  std::optional<std::int64_t> declared_rows_;
  bool is_buffered_ = false;
  std::vector<float> zeros_;
  std::vector<std::uint16_t> halves_;
  std::string buffered_rows_;
};

}  // namespace

std::unique_ptr<TableWriter> make_npy_writer(OutputFile& out, const TableOptions& options) {
  return std::make_unique<NpyWriter>(out, options);
}

}  // namespace sightline
