// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/containers/npy.h"
#include "sightline/embeddings/index_file.h"
#include "sightline/embeddings/info_file.h"

namespace sightline {

/// An input of an earlier run whose row can be used again.
struct StoredInput {
  std::int64_t row = 0;  ///< of the array
  InputFile file;        ///< as it was when the row was computed
  std::size_t line = 0;  ///< offset of its line in the index
  bool has_warnings = false;
};

/// The array of an earlier run and the files that its rows were computed from, as its index states. Inputs
/// that failed are left out. About 100 bytes of memory per row. Thread-safety: const = safe to share.
class StoredInputs {
 public:
  /// Whether rows of inputs with warnings are used again.
  enum class Warned { use, leave };

  /// Reads the index, and the array once to compare its hash. `check` is called now and then meanwhile; an
  /// exception from it ends the construction. Errors: those of `NpyFile::open`, `read_info` and `check_info`;
  /// missing for an array without index or info; corrupt if the rows or the index do not have the hash in the
  /// info file; header, type, missing, range, ... for a line of the index; mismatch if its rows are not those
  /// of the array in order.
  explicit StoredInputs(const std::string& array, Warned warned = Warned::use,
                        const std::function<void()>& check = {});
  ~StoredInputs();
  StoredInputs(const StoredInputs&) = delete;
  StoredInputs& operator=(const StoredInputs&) = delete;

  const EmbeddingsInfo& info() const { return info_; }
  const std::string& path() const { return array_.path(); }
  /// The number of inputs that did not fail.
  std::int64_t good_inputs() const;
  /// Whether the index states the file of any input; without any, no row can be used again.
  bool has_files() const { return !by_content_.empty(); }

  /// Errors: mismatch, naming everything that differs, if a run that `run` describes (of its shape, only the
  /// width) computes other rows for the same images; missing if the info file does not tell. Rows of
  /// float32 are accepted for float16, because rounding them gives the same.
  void require_same_computation(const EmbeddingsInfo& run) const;

  /// The input with this path if the file is unchanged: its row is that of the same size and time.
  std::optional<StoredInput> find(std::string_view path, const FileStamp& stamp) const;
  /// The first input with this content.
  std::optional<StoredInput> find(const Digest128& xxh3) const;
  /// Reads the row of an input into `out` (`info().width` floats). Errors: those of `NpyFile::read_row`.
  void read_row(const StoredInput& input, std::span<float> out) const { array_.read_row(input.row, out); }
  /// The warnings about an input. Errors: none for an input from `find`.
  std::vector<std::string> warnings(const StoredInput& input) const;

 private:
  friend class GoneRows;
  struct Line;
  using Order = std::vector<std::uint32_t>;  ///< numbers of lines

  void check_hash(const std::function<void()>& check) const;
  void read_index(const std::function<void()>& check);
  void sort_lines();
  std::optional<StoredInput> reusable(std::uint32_t number) const;
  static constexpr std::uint32_t kNone = UINT32_MAX;
  std::uint32_t first_with_path(const Order& order, std::string_view path) const;
  std::uint32_t first_with_content(const Digest128& xxh3) const;

  NpyFile array_;
  EmbeddingsInfo info_;
  std::shared_ptr<const MappedFile> index_;
  Warned warned_;
  std::vector<Line> lines_;  ///< of the good inputs, in the order of the rows
  Order by_path_;            ///< those with a time, by the hash of the path
  Order by_content_;         ///< those with a file, by content
  Order without_file_;       ///< the others, by the hash of the path
};

/// Counts the rows of an earlier run whose image is no longer among the inputs. Not thread-safe.
class GoneRows {
 public:
  /// `stored` must outlive this object.
  explicit GoneRows(const StoredInputs& stored);

  /// Adds an input of this run. `file`: nothing if its content is not known; it is then compared by its label
  /// with stored inputs of which no more is known, either.
  void add(std::string_view label, const std::optional<InputFile>& file);
  std::int64_t count() const;

 private:
  void mark(std::uint32_t number);

  const StoredInputs& stored_;
  std::vector<bool> present_;  ///< of the first line with a content, or with a path
};

}  // namespace sightline
