// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sightline/model/config.h"
#include "sightline/model/prefix_tree.h"

namespace sightline {

/// How a run is divided into forward passes. A tower computes what it is given in one pass, so these sizes
/// bound its memory. They do not change the results. They need not divide evenly among threads either: those
/// that have no pass left help with the passes of others (`ThreadPool::lead`).
struct PassPlan {
  std::int64_t images = 1;      ///< images in a pass
  std::int64_t texts = 1;       ///< most texts in a pass
  std::int64_t tokens = 1;      ///< rows that the texts of a pass have, about
  bool shared_prefixes = true;  ///< texts share the rows of equal prefixes
  std::int64_t text_rows = 0;   ///< rows of every text if they do not; 0: one for each of its ids
  bool even = true;             ///< passes may be smaller, so that all have the same size
};

/// `batch_size`: the number of images or texts in every pass but the last; 0: as many as keep the kernels
/// busy, about 400 rows.
PassPlan plan_passes(const ModelConfig& config, std::int64_t batch_size);

/// The number of images in each pass of a run of `count` images.
std::int64_t images_per_pass(const PassPlan& plan, std::int64_t count);
/// The texts of each pass. `sorted`: in the order of `sort_by_ids`.
std::vector<std::span<const TextIds>> divide_texts(std::span<const TextIds> sorted, const PassPlan& plan);

}  // namespace sightline
