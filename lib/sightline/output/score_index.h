// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "sightline/files/file.h"

namespace sightline {

/// "s.index.json" for "s.npy": what the rows and columns of an array of scores stand for.
std::string score_index_path_of(std::string_view npy_path);

/// Writes `{"rows":[...],"columns":[...],"values":"logit"}`: the rows one by one, as the array gets them,
/// then the rest. Where a label is not UTF-8, "rows_b64" or "columns_b64" has its bytes, and null for the
/// others.
class ScoreIndexWriter {
 public:
  explicit ScoreIndexWriter(OutputFile& out);

  void row(std::string_view label) { add(label); }
  /// Ends the rows: what follows are columns.
  void end_rows();
  void column(std::string_view label) { add(label); }
  /// `values`: "logit", "probability" or "cosine". The caller commits the file.
  void finish(std::string_view values);

 private:
  void add(std::string_view label);
  void end_list(std::string_view key);

  OutputFile& out_;
  std::string text_;
  std::int64_t count_ = 0;                       ///< labels of this list so far
  std::map<std::int64_t, std::string> inexact_;  ///< those of them that are not UTF-8
};

}  // namespace sightline
