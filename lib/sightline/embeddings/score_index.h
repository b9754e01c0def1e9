// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "sightline/files/file.h"

namespace sightline {

/// "s.index.json" for "s.npy": the labels of the rows and columns of an array of scores.
std::string score_index_path_of(std::string_view npy_path);

/// Writes `{"rows":[...],"columns":[...],"values":"logit"}`: the rows one at a time, as they are added to the
/// array, then the rest. If a label is not UTF-8, "rows_b64" or "columns_b64" holds its bytes, and null for
/// the other labels.
class ScoreIndexWriter {
 public:
  explicit ScoreIndexWriter(OutputFile& out);

  void row(std::string_view label) { add(label); }
  /// Ends the list of rows; labels added afterwards are columns.
  void end_rows();
  void column(std::string_view label) { add(label); }
  /// `values`: "logit", "probability" or "cosine". The caller commits the file.
  void finish(std::string_view values);

 private:
  void add(std::string_view label);
  void end_list(std::string_view key);

  OutputFile& out_;
  std::string text_;
  std::int64_t count_ = 0;                               ///< number of labels in the current list
  std::map<std::int64_t, std::string> non_utf8_labels_;  ///< labels of the current list that are not UTF-8
};

}  // namespace sightline
