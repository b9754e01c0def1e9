// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sightline/base/parallel.h"
#include "sightline/files/file.h"
#include "sightline/weights/weight_format.h"

namespace sightline {

/// Hugging Face's safetensors: an 8-byte length, a JSON header, the bytes. Every rule of docs/formats.md is
/// checked before a tensor is handed out: no hole, no overlap, no duplicate, no size that wraps.
class Safetensors : public WeightFormat {
 public:
  std::string_view name() const override { return "safetensors"; }
  bool recognizes(ByteView head) const override;
  /// Metadata: the fingerprints that `fingerprint_metadata` puts into a file.
  Weights read(const std::string& path) const override;
};

/// A tensor of a safetensors file: a view into the bytes it was read from.
struct SafetensorsTensor {
  std::string name;
  StoredTensor
      tensor;  ///< dtype `other` for the types that this program does not compute with (F8_E4M3, U16, ...)
};

/// The tensors of a file in memory, in the order of their bytes. `subject` is the file's name for messages.
/// Errors: truncated, limit, header, utf8, duplicate, range, type (docs/formats.md says which when).
std::vector<SafetensorsTensor> parse_safetensors(ByteView file, std::string_view subject);
/// The same, and in `metadata` what the file says beside its tensors.
std::vector<SafetensorsTensor> parse_safetensors(ByteView file, std::string_view subject,
                                                 std::map<std::string, std::string>& metadata);

/// A tensor to be written: where it comes from and what it becomes.
struct SafetensorsEntry {
  std::string name;
  StoredTensor source;
  DType dtype = DType::f32;  ///< f32, f16 or bf16 for floating-point sources; the source's own otherwise
};

/// Writes a safetensors file, a block at a time in each thread of `pool` (null: the caller alone), so that
/// memory stays below 20 MiB a thread (or the bytes of one large deferred tensor); mapped pages are given
/// back. The caller commits the file. Deterministic: widest elements first (which keeps all of them aligned,
/// as the reference does), then by name; header padded with blanks to a multiple of 8, metadata
/// {"format":"pt"} and `metadata`, whose keys are others. Floats are rounded to nearest even. Errors:
/// duplicate; header for a tensor named `__metadata__`; those of ElementWriter.
void write_safetensors(OutputFile& out, std::vector<SafetensorsEntry> entries, ThreadPool* pool = nullptr,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace sightline
