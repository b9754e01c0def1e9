// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sightline/weights/weight_format.h"

namespace sightline {

/// The files of `torch.save` and `torch.jit.save`: a zip archive with a pickle and the bytes of the tensors.
/// The pickle is interpreted as data; nothing in it is executed. Names are those of the state_dict, or the
/// attribute paths of a TorchScript module. The state_dict may be nested in the dict of a training program
/// (`{"state_dict": ...}`, `{"model": ...}`; see state_dict.h).
class PyTorch : public WeightFormat {
 public:
  std::string_view name() const override { return "pytorch"; }
  bool recognizes(ByteView head) const override;
  Weights read(const std::string& path) const override;
};

/// The tensors of an archive in memory, which must outlive them; tensors whose elements are not in row-major
/// order are deferred. `is_mapped`: the bytes belong to a mapped file. Errors: unsupported (files older than
/// the archive format, big-endian files, tensors that are not dense); magic; missing (no pickle, tensor or
/// storage); header; duplicate; limit (100,000 tensors, names above 1,024 bytes); those of zip, pickle and
/// `TorchStorages`. docs/formats.md lists the conditions.
Weights parse_pytorch(ByteView file, const std::string& subject, bool is_mapped = false);

}  // namespace sightline
