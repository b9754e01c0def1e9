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

/// A tensor on its way into a file, and what its elements become there.
struct ElementSource {
  const StoredTensor& tensor;
  DType dtype;
  std::string_view name;  ///< for messages
};

/// Writes tensors into a file, block by block and in several threads, in another type where that is wanted.
/// Memory stays below 20 MiB a thread (or the bytes of one large deferred tensor); mapped pages are given
/// back.
class ElementWriter {
 public:
  /// `pool` null: the caller's thread alone. Both must outlive this object.
  ElementWriter(OutputFile& out, ThreadPool* pool);
  ~ElementWriter();

  /// Appends the elements of a tensor: f32, f16 or bf16 for floating-point ones, rounded to nearest even; the
  /// tensor's own type for all others. Errors: those of ElementConverter; those of OutputFile.
  void write(const ElementSource& source);
  /// The same for several, one behind the other; small deferred ones are made side by side.
  void write(std::span<const ElementSource> sources);

 private:
  void write_at(const ElementSource& source, std::int64_t offset);
  void write_block(const ElementSource& source, ByteView bytes, std::int64_t index, std::int64_t offset,
                   int worker);
  OutputFile& out_;
  ThreadPool alone_;
  ThreadPool& pool_;
  std::vector<ElementConverter> converters_;  ///< one a thread
};

}  // namespace sightline
