// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "batch/image_source.h"
#include "batch/inputs.h"
#include "batch/line_reader.h"

namespace sightline::app {

/// Images of a list that arrives while the run works on it: stdin, a FIFO or <(command). Keeps nothing of
/// entries that have been passed on. A folder among them is walked when its turn comes.
class StreamSource : public ImageSource {
 public:
  /// `first`: the paths that come before those of `options.list`. `stdin_is_free`: an entry may be "-".
  /// `on_unsupported` is called for each folder with images that this build does not read. Errors: Failure of
  /// Stage::inputs, or Stage::streams for stdin.
  StreamSource(const InputOptions& options, std::vector<std::string> first, bool stdin_is_free,
               OnUnsupportedImages on_unsupported);

  bool next(ImageItem& item) override;
  bool ready(std::chrono::milliseconds patience = {}) override;

 private:
  void add(const std::string& entry);

  WalkOptions walk_;
  bool stdin_is_free_;
  OnUnsupportedImages on_unsupported_;
  LineReader entries_;
  std::deque<std::string> pending_;
};

/// The source of a run: a StreamSource if `has_stream`, else a ListSource of `gathered`, which must remain
/// valid. Tar archives are replaced by their images; `on_archive` is called after each with the number of its
/// inputs. The other parameters are those of StreamSource.
std::unique_ptr<ImageSource> open_images(const InputOptions& options, Streams streams,
                                         const ImagePaths& gathered, bool stdin_is_free,
                                         OnUnsupportedImages on_unsupported,
                                         std::function<void(std::int64_t inputs)> on_archive = {});

}  // namespace sightline::app
