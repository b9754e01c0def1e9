// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sightline/containers/npy.h"
#include "sightline/embeddings/index_lookup.h"
#include "sightline/embeddings/info_file.h"
#include "sightline/ops/row_products.h"

namespace sightline {

/// The name next to which the companion files of the array `path` are searched: its own, or the target's if
/// it is a symbolic link without companion files.
std::string described_name(const std::string& path);

/// The warning about a row of zeros that does not belong to a failed input.
inline constexpr const char* kZeroRowWarning = "the row is all zeros, so every score is 0";

/// Whether all values are zero.
bool is_zero(std::span<const float> row);

/// Stored embeddings, what their info file states, and their labels: those of the index file, else "F.npy#0",
/// "F.npy#1", ... A large index is not read; single lines of it are looked up. Thread-safety: const = safe to
/// share.
class StoredRows {
 public:
  /// Errors: those of `NpyFile::open`, `read_info`, `check_info` and `read_index`; of an index that is read
  /// as a whole, those of `check_index_hash`.
  static StoredRows open(const std::string& path);

  const NpyFile& file() const { return file_; }
  std::int64_t size() const { return file_.rows(); }
  std::int64_t width() const { return file_.columns(); }
  /// The size of a row in the file.
  std::int64_t row_bytes() const { return size() == 0 ? 0 : std::ssize(file_.rows_as_stored(0, 1)); }
  /// The contents of the info file; empty if there is none.
  const std::optional<EmbeddingsInfo>& info() const { return info_; }
  /// Whether rows are used unchanged, because the info file states that they have norm 1.
  bool unit_rows() const { return unit_rows_; }

  /// Whether the rows have the labels of an index.
  bool has_names() const { return index_ != nullptr; }
  /// Reads all labels. Call it before most of them are used. Errors: as `open`. Not safe to share.
  void load_labels();
  /// Errors: as `open`.
  IndexEntry entry(std::int64_t index) const;
  std::string label(std::int64_t index) const { return entry(index).label; }

  /// Reads row `index`, and normalises it if necessary. Errors: those of `NpyFile::read_row`.
  void read(std::int64_t index, std::span<float> out) const;
  /// Rows [first, first + count) as stored; empty if they are float64.
  RowBlock block(std::int64_t first, std::int64_t count) const;

 private:
  explicit StoredRows(NpyFile file) : file_(std::move(file)) {}

  NpyFile file_;
  std::optional<EmbeddingsInfo> info_;
  bool unit_rows_ = false;
  std::shared_ptr<const IndexLookup> index_;  ///< null without an index
  std::vector<IndexEntry> entries_;           ///< empty unless the index has been read
};

}  // namespace sightline
