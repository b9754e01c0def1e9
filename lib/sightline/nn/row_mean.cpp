// SPDX-License-Identifier: Apache-2.0
#include "sightline/nn/row_mean.h"

namespace sightline {

void row_mean(TensorView<const float> x, const AttentionSpan& sequence, std::span<float> mean) {
  for (std::size_t i = 0; i < mean.size(); ++i) {
    double sum = 0;
    for (std::int64_t at = 0; at < sequence.length; ++at)
      sum += static_cast<double>(x.row(sequence.row_at(at))[i]);
    mean[i] = static_cast<float>(sum / static_cast<double>(sequence.length));
  }
}

}  // namespace sightline
