#pragma once

#include <string>
#include <vector>

#include "sightline/io/file.h"
#include "sightline/weights/format.h"

namespace sightline {

/// Hugging Face's safetensors: an 8-byte length, a JSON header, the bytes. Every rule of docs/formats.md is checked
/// before a tensor is handed out: no hole, no overlap, no duplicate, no size that wraps.
class Safetensors : public WeightFormat {
 public:
  std::string_view name() const override { return "safetensors"; }
  bool recognizes(ByteView head) const override;
  Weights read(const std::string& path) const override;
};

/// A tensor to be written: where it comes from and what it becomes.
struct SafetensorsEntry {
  std::string name;
  StoredTensor source;
  DType dtype = DType::f32;  ///< f32, f16 or bf16 for floating-point sources; the source's own otherwise
};

/// Writes a safetensors file, one tensor at a time, so that memory stays below one block of conversion.
/// Deterministic: tensors sorted by name, header padded with blanks to a multiple of 8, metadata {"format":"pt"}.
/// Errors: those of OutputFile; duplicate; header for a tensor named `__metadata__`.
void write_safetensors(OutputFile& out, std::vector<SafetensorsEntry> entries);

}  // namespace sightline
