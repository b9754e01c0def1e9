// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "batch/image_source.h"
#include "sightline/embeddings/stored_inputs.h"

namespace sightline::app {

/// The inputs of another source, of which those whose files are unchanged since an earlier run carry their
/// row (`ImageItem::stored`). A file is examined (`stamp_of`), not read.
class UpdateSource : public ImageSource {
 public:
  /// Both must outlive the source.
  UpdateSource(ImageSource& inner, const StoredInputs& stored) : inner_(inner), stored_(stored) {}

  bool next(ImageItem& item) override;
  bool next_label(ImageItem& item) override { return inner_.next_label(item); }
  std::optional<std::int64_t> size() const override { return inner_.size(); }
  bool ready(std::chrono::milliseconds patience = {}) override { return inner_.ready(patience); }

 private:
  ImageSource& inner_;
  const StoredInputs& stored_;
};

}  // namespace sightline::app
