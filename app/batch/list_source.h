// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "batch/image_source.h"

namespace sightline::app {

/// Images whose paths are all known.
class ListSource : public ImageSource {
 public:
  /// The paths must remain valid.
  explicit ListSource(std::span<const std::string> paths) : paths_(paths) {}

  bool next(ImageItem& item) override;
  std::optional<std::int64_t> size() const override { return std::ssize(paths_); }

 private:
  std::span<const std::string> paths_;
  std::size_t next_ = 0;
};

}  // namespace sightline::app
