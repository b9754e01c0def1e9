// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/embeddings/stored_inputs.h"

namespace sightline::app {

/// One input of a run.
struct ImageItem {
  std::string path;  ///< its label: a path as given, "-", or "x.tar/member"
  /// Its content if the source has read it; otherwise the thread that encodes the image reads `path`.
  std::optional<std::vector<std::byte>> bytes = {};
  std::optional<Error> error = {};      ///< the source could not provide it: it becomes one skipped row
  std::optional<FileStamp> stamp = {};  ///< that of the archive whose member it is, or of an unread file
  /// The same file in an earlier run, whose row is used again; the file is not read.
  std::optional<StoredInput> stored = {};
};

/// The images of a run, in order. One thread at a time may call its functions.
class ImageSource {
 public:
  virtual ~ImageSource() = default;
  /// Replaces `item` with the next input; returns false at the end. May wait for input. Errors: Failure of
  /// Stage::inputs or Stage::streams; Interrupted.
  virtual bool next(ImageItem& item) = 0;
  /// The same for an input of which only the label is needed: its content is not read, and it has no error
  /// that only reading finds.
  virtual bool next_label(ImageItem& item) { return next(item); }
  /// The number of inputs, if it is known without reading them.
  virtual std::optional<std::int64_t> size() const { return std::nullopt; }
  /// Waits for up to `patience` until `next` would return at once, and returns whether it would. Errors: as
  /// `next`.
  virtual bool ready(std::chrono::milliseconds /*patience*/ = {}) { return true; }
};

}  // namespace sightline::app
