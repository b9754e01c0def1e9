// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sightline/model/clip.h"

namespace sightline::app {

/// What a conversion writes.
struct Conversion {
  const CLIP& model;
  std::optional<DType> dtype;  ///< of floating-point tensors; none: as stored
  std::string tokenizer;       ///< the folder its files come from; "" for none
};

/// A form in which `convert-weights` writes models. It appears whole, at `commit`, or not at all. A new one
/// is a class and a line in conversion_targets.cpp.
class ConversionTarget {
 public:
  virtual ~ConversionTarget() = default;
  /// Errors: Failure of Stage::model for what the source cannot give, of Stage::output for the rest.
  virtual void write(const Conversion& conversion) = 0;
  /// What was written, opened as a model, before it is published.
  virtual std::unique_ptr<CLIP> reopen(const Conversion& conversion) const = 0;
  /// Replaces what stands there. Errors: io, no_space.
  virtual void commit() = 0;
  /// "7 files, 605157884 bytes"
  virtual std::string summary() const = 0;
};

/// Refuses a target whose name is that of a form that is not written: "-", x.sightline, x.gguf, x.pt, ..., or
/// not of `form`. A name that ends in `/` is a folder's. Errors: usage.
void check_target_name(const std::string& path, const std::string& form);

/// The target that `form` ("auto": by the ending of `path`), "hf" or "keras-h5" names. Opened at once, so
/// that a bad path fails before the model is read. Errors: those of check_target_name; Failure of
/// Stage::output: locked (exists and not `force`), io, unsafe.
std::unique_ptr<ConversionTarget> make_target(const std::string& path, const std::string& form, bool force);

}  // namespace sightline::app
