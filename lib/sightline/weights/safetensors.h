// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sightline/base/parallel.h"
#include "sightline/files/file.h"
#include "sightline/weights/weight_format.h"

namespace sightline {

/// Hugging Face's safetensors: an 8-byte length, a JSON header, the data. Every rule of docs/formats.md is
/// checked before a tensor is returned: no hole, no overlap, no duplicate, no size that overflows.
class Safetensors : public WeightFormat {
 public:
  std::string_view name() const override { return "safetensors"; }
  bool recognizes(ByteView head) const override;
  /// Metadata: the fingerprints that `fingerprint_metadata` adds to a file.
  Weights read(const std::string& path) const override;
};

/// A tensor of a safetensors file, as a view into the bytes of the file.
struct SafetensorsTensor {
  std::string name;
  StoredTensor
      tensor;  ///< dtype `other` for types that this library does not compute with (F8_E4M3, U16, ...)
};

/// The tensors of a file in memory, in the order of their data. `subject` is the name of the file for
/// messages.
/// Errors: truncated, limit, header, utf8, duplicate, range, type (docs/formats.md lists the conditions).
std::vector<SafetensorsTensor> parse_safetensors(ByteView file, std::string_view subject);
/// The same, with the metadata of the file in `metadata`.
std::vector<SafetensorsTensor> parse_safetensors(ByteView file, std::string_view subject,
                                                 std::map<std::string, std::string>& metadata);

/// A tensor to be written: its source and its type in the file.
struct SafetensorsEntry {
  std::string name;
  StoredTensor source;
  DType dtype = DType::f32;  ///< f32, f16 or bf16 for floating-point sources, else the type of the source
};

/// Writes a safetensors file, a block at a time in each thread of `pool` (null: only the calling thread), so
/// that memory stays below 20 MiB per thread (plus the bytes of one large deferred tensor); mapped pages are
/// released. The caller commits the file. The output is deterministic: the widest elements come first (which
/// keeps all of them aligned, as in the reference), then names are in order; the header is padded with spaces
/// to a multiple of 8; the metadata is {"format":"pt"} and `metadata`, which must use other keys. Floats are
/// rounded to nearest even. Errors: duplicate; header for a tensor named `__metadata__`; those of
/// ElementWriter.
void write_safetensors(OutputFile& out, std::vector<SafetensorsEntry> entries, ThreadPool* pool = nullptr,
                       const std::map<std::string, std::string>& metadata = {});

/// An entry of a header: a tensor and its range in the data.
struct SafetensorsPlace {
  std::string_view name;
  DType dtype;
  Shape shape;
  std::int64_t begin, end;
};
/// Appends `"name":{"dtype":...,"shape":...,"data_offsets":...}`. Errors: type for a dtype without a name in
/// the format.
void append_safetensors_entry(std::string& header, const SafetensorsPlace& place);

}  // namespace sightline
