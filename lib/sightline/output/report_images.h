// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sightline {

struct RankedScore;

/// What a report shows of an image. Views are valid until the next call of its source.
struct ReportImage {
  std::string_view link = {};        ///< an escaped URL; empty: no link
  std::string_view file = {};        ///< of the thumbnail; empty: none
  std::string_view media_type = {};  ///< "image/jpeg"
  std::int32_t width = 0, height = 0;
  std::span<const std::uint8_t> pixels = {};  ///< [height, width, 4 if transparent, else 3], for a terminal
  bool transparent = false;
  std::string_view problem_class = {}, problem = {};  ///< why it cannot be shown; empty: it can
};

/// The images of a report, one at a time.
class ReportImages {
 public:
  virtual ~ReportImages() = default;
  /// Announces the images of which `image` is called next, so that they can be read together.
  virtual void prepare(std::span<const RankedScore> /*images*/) {}
  /// The image with this label and index in the list of images.
  virtual ReportImage image(std::int64_t index, std::string_view label) = 0;
  /// A query of `--like`.
  virtual ReportImage query(std::int64_t index, std::string_view label) = 0;
};

}  // namespace sightline
