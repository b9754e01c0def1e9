// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sightline/base/parallel.h"
#include "sightline/files/file.h"
#include "sightline/ops/int8_panels.h"
#include "sightline/weights/packed_plan.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// What only a quantized file contains.
struct QuantizedContent {
  /// The quantized matrices by name; the others are kept in the type `PackedPrecision::kept`.
  std::map<std::string, Int8Panels, std::less<>> matrices;
  Tensor probe_embeddings;  ///< [probes, E], normalised: what float32 gives for the probes of the self-check
  double cosine = 1;        ///< the lowest cosine with one of them
};

/// What a packed file is made of.
struct PackedContent {
  const PackedPrecision& precision;
  std::span<const PackedTensor> tensors;  ///< all tensors of the model, in the order in which they are used
  const Weights& weights;                 ///< their values, under canonical names
  /// Name and text of each document, in the order of `packed_documents`.
  std::vector<std::pair<std::string, std::string>> documents;
  std::string source;                           ///< name of the model
  const QuantizedContent* quantized = nullptr;  ///< of a precision that is quantized
};

/// Writes a packed file; the caller commits it. Besides the quantized content, one tensor at a time is in
/// memory, and mapped pages are released. The output is deterministic. Errors: missing for a tensor that
/// `weights` lacks or a required document; mismatch for its shape or that of quantized content; io if the
/// output is not seekable; those of ElementConverter and OutputFile.
void write_packed(OutputFile& out, const PackedContent& content, ThreadPool& pool);

}  // namespace sightline
