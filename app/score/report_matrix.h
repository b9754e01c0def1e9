// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "score/score_pass.h"
#include "sightline/output/ranking_writer.h"

namespace sightline::app {

/// Collects the cosines of `--matrix`.
class ReportMatrix {
 public:
  explicit ReportMatrix(const ScoreRun& run) : run_(run) {}

  /// Adds the next image; a skipped one has no cosines.
  void add(const std::string& label, std::span<const float> cosines);
  /// Adds all images of a group of all queries.
  void add(const Group& group);
  void write(RankingWriter& writer) const;

 private:
  const ScoreRun& run_;
  std::vector<std::string> rows_;
  std::vector<float> cosines_;
};

/// Errors: usage if there are more than `kMaxMatrixSide` images or queries.
void check_matrix_size(std::int64_t images, std::int64_t queries);

}  // namespace sightline::app
