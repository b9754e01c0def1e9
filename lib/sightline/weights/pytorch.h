// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/weights/weight_format.h"

namespace sightline {

/// What `torch.save` and `torch.jit.save` write: a zip archive with a pickle and the bytes of the tensors.
/// The pickle is read as data; nothing in it is run. Names are those of the state_dict, or the paths of a
/// TorchScript module's attributes. The state_dict may stand in what training programs save around it
/// (`{"state_dict": ...}`, `{"model": ...}`; state_dict.h).
class PyTorch : public WeightFormat {
 public:
  std::string_view name() const override { return "pytorch"; }
  bool recognizes(ByteView head) const override;
  Weights read(const std::string& path) const override;
};

/// The tensors of an archive in memory, which must outlive them; those whose elements do not lie in row-major
/// order are deferred. `is_mapped`: the bytes are a mapped file's. Errors: unsupported (files older than the
/// archive, big-endian ones, tensors that are not dense); magic; missing (no pickle, no tensor, no storage);
/// header; duplicate; limit (100,000 tensors, names above 1,024 bytes); those of zip, pickle and
/// `TorchStorages`. docs/formats.md says which when.
Weights parse_pytorch(ByteView file, const std::string& subject, bool is_mapped = false);

}  // namespace sightline
