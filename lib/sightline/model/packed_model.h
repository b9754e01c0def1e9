// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sightline/model/config.h"
#include "sightline/weights/packed_file.h"

namespace sightline {

/// All tensors of a model of these sizes in the order in which a packed file stores them: the image tower as
/// it runs, then the text tower; and the embeddings of the self-check of quantized files. Errors: range if a
/// size does not fit in 63 bits.
std::vector<PackedTensor> packed_tensors(const ModelConfig& config);

/// Opens a packed model and checks it against its own configuration. Errors: those of PackedFile and
/// `ModelConfig::from_json`.
std::shared_ptr<const PackedFile> open_packed_model(const std::string& path);

}  // namespace sightline
