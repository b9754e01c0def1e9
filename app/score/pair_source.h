// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "batch/captions.h"
#include "batch/image_source.h"

namespace sightline::app {

/// An image and a text that is compared with it.
struct Pair {
  ImageItem image;  ///< its path as given, "-" for stdin; or "x.tar/member" with its content
  Caption caption;  ///< with an error if the pair is refused
};

/// Where the pairs of a run come from, in order. Not thread-safe.
class PairSource {
 public:
  virtual ~PairSource() = default;
  /// Reads the next pair. Returns false at the end. May wait for input. Errors: Failure of Stage::inputs or
  /// Stage::streams; Interrupted.
  virtual bool next(Pair& pair) = 0;
  /// Whether `next` would return without waiting; waits up to `patience`. Errors: as `next`.
  virtual bool ready(std::chrono::milliseconds patience) = 0;
  /// The number of pairs; nullopt if it is known only at the end.
  virtual std::optional<std::int64_t> size() const = 0;
  /// A remedy for a mistake that the pairs so far reveal; "" if there is none.
  virtual std::string hint() const { return ""; }
};

struct PairSourceOptions {
  InvalidUtf8 invalid_utf8 = InvalidUtf8::refuse;
  /// Called with the path of each image before it is used; may throw. Paths that are repeated on adjacent
  /// lines are checked once.
  std::function<void(const std::string& image)> check_image;
};

/// Opens a file of pairs, one per line: image, tab, caption, both with the escapes of tsv output. "-" is
/// stdin. Empty lines are ignored. A regular file is checked as a whole first; the lines of a pipe are
/// checked as they are read. A file, pipe or stdin may also be a tar archive (`TarPairs`). Errors: Failure of
/// Stage::inputs or Stage::streams: those of LineReader; header, with the line, for a line that does not have
/// exactly one tab; usage if more than one input is stdin; those of `check_image`.
std::unique_ptr<PairSource> open_pairs(const std::string& path, PairSourceOptions options);

}  // namespace sightline::app
