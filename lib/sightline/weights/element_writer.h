// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "sightline/base/parallel.h"
#include "sightline/files/file.h"
#include "sightline/tensor/stored_tensor.h"
#include "sightline/weights/element_converter.h"

namespace sightline {

/// A tensor to be written and the type of its elements in the file.
struct ElementSource {
  const StoredTensor& tensor;
  DType dtype;
  std::string_view name;  ///< for messages
};

/// Writes tensors into a file, block by block and in several threads, with an optional type conversion.
/// Memory stays below 20 MiB per thread (plus the bytes of one large deferred tensor); mapped pages are
/// released.
class ElementWriter {
 public:
  /// If `pool` is null, only the calling thread is used. Both must outlive this object.
  ElementWriter(OutputFile& out, ThreadPool* pool);
  ~ElementWriter();

  /// Appends the elements of a tensor: f32, f16 or bf16 for floating-point tensors, rounded to nearest even;
  /// unchanged for all others. Errors: those of ElementConverter and of OutputFile.
  void write(const ElementSource& source);
  /// The same for several tensors in order; small deferred tensors are materialised in parallel.
  void write(std::span<const ElementSource> sources);

 private:
  void write_at(const ElementSource& source, std::int64_t offset);
  void write_block(const ElementSource& source, ByteView bytes, std::int64_t index, std::int64_t offset,
                   int worker);
  OutputFile& out_;
  ThreadPool single_thread_;
  ThreadPool& pool_;
  std::vector<ElementConverter> converters_;  ///< one per thread
};

}  // namespace sightline
