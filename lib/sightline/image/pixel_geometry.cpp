// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/pixel_geometry.h"

#include <string>
#include <utility>

#include "sightline/base/error.h"

namespace sightline {

namespace {

/// One side of the upright image, of which a crop is computed after it was resized.
struct SideSizes {
  std::int32_t source;
  std::int32_t target;
  const CropSide& crop;
};

ResampleAxis side_axis(const Geometry& g, Resample filter, PixelRule rule, const SideSizes& side) {
  const std::int32_t begin = side.crop.begin, end = side.crop.begin + side.crop.length;
  if (rule != PixelRule::torchvision) {
    return make_axis(filter, side.source, side.target, begin, end);
  }
  if (filter != Resample::nearest) {
    return make_torch_axis(filter, side.source, side.target, begin, end);
  }
  const std::int64_t sides = std::int64_t{g.resized.height} + g.resized.width;
  return make_nearest_exact_axis(side.source, side.target, begin, end,
                                 sides <= kMaxSmallNearest ? NearestKernel::small : NearestKernel::large);
}

}  // namespace

Geometry plan_geometry(const ImageInfo& info, const PixelPipeline& pipeline, const ImageLimits& limits) {
  Geometry g;
  g.turn = orientation_steps(pipeline.exif || info.orientation_is_required ? info.orientation : 1);
  g.upright = g.turn.transpose ? ImageSize{info.width, info.height} : ImageSize{info.height, info.width};
  g.resized = resized_size(g.upright, pipeline);
  const PixelRule rule = pipeline.resize == ResizeMode::longest ? PixelRule::openai : pipeline.rule;
  const auto [height, width] =
      pipeline.crop ? ImageSize{pipeline.crop_height, pipeline.crop_width} : g.resized;
  if (std::int64_t{height} * width > limits.max_pixels) {
    fail(ErrorCode::limit, "image",
         "would have " + std::to_string(std::int64_t{height} * width) +
             " pixels after resizing, expected at most " + std::to_string(limits.max_pixels));
  }
  g.down = crop_side(g.resized.height, height, rule);
  g.across = crop_side(g.resized.width, width, rule);
  return g;
}

ResamplePlan plan_resampling(const Geometry& g, Resample filter, PixelRule rule, int channels) {
  const auto make = [&](const SideSizes& side, bool flip) {
    ResampleAxis axis = side_axis(g, filter, rule, side);
    if (flip) {
      reverse_source(axis, side.source);
    }
    return axis;
  };
  // Pillow 13 does the vertical pass first if that is cheaper, PyTorch never. After a quarter turn, the
  // vertical axis of the upright image is along the stored rows.
  const std::int64_t shrink_down = g.upright.height - g.resized.height;
  const std::int64_t shrink_across = std::int64_t{g.upright.width} - g.resized.width;
  const bool vertical_first =
      rule != PixelRule::torchvision && shrink_down > 0 && shrink_down > 2 * shrink_across;
  const bool t = g.turn.transpose;
  ResamplePlan plan;
  plan.channels = channels;
  plan.rows_first = vertical_first != t;
  ResampleAxis down =
      make({g.upright.height, g.resized.height, g.down}, t ? g.turn.flip_columns : g.turn.flip_rows);
  ResampleAxis across =
      make({g.upright.width, g.resized.width, g.across}, t ? g.turn.flip_rows : g.turn.flip_columns);
  plan.rows = std::move(t ? across : down);
  plan.columns = std::move(t ? down : across);
  return plan;
}

}  // namespace sightline
