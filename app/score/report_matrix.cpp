// SPDX-License-Identifier: Apache-2.0
#include "score/report_matrix.h"

#include <algorithm>
#include <limits>

#include "cli/failure.h"

namespace sightline::app {

void ReportMatrix::add(const std::string& label, std::span<const float> cosines) {
  rows_.push_back(label);
  if (cosines.empty()) {
    cosines_.resize(cosines_.size() + static_cast<std::size_t>(run_.queries.size()),
                    std::numeric_limits<float>::quiet_NaN());
  }
  cosines_.insert(cosines_.end(), cosines.begin(), cosines.end());
}

void ReportMatrix::add(const Group& group) {
  std::vector<float> row(group.cosines.size());
  std::size_t good = 0;
  for (std::int64_t image = 0; image < run_.images.size(); ++image) {
    const bool is_good = good < group.images.size() && group.images[good] == image;
    for (std::size_t i = 0; is_good && i < row.size(); ++i) row[i] = group.cosines[i][good];
    good += is_good ? 1 : 0;
    if (!is_good && run_.options.output.drop_bad) continue;
    add(run_.images.label(image), is_good ? std::span<const float>(row) : std::span<const float>());
  }
}

void ReportMatrix::write(RankingWriter& writer) const {
  ScoreMatrix matrix;
  matrix.rows.assign(rows_.begin(), rows_.end());
  for (std::int64_t i = 0; i < run_.queries.size(); ++i) matrix.columns.push_back(run_.queries.label(i));
  matrix.cosines = cosines_;
  writer.matrix(matrix);
}

void check_matrix_size(std::int64_t images, std::int64_t queries) {
  if (images <= kMaxMatrixSide && queries <= kMaxMatrixSide) return;
  fail_usage("--matrix shows at most " + std::to_string(kMaxMatrixSide) +
                 " images and captions, but there are " + std::to_string(images) + " and " +
                 std::to_string(queries),
             "leave --matrix out, or choose fewer");
}

}  // namespace sightline::app
