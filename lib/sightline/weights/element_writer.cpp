// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/element_writer.h"

namespace sightline {
namespace {

constexpr std::int64_t kSmall = 16 << 20;  // largest deferred tensor that is materialised in parallel with
                                           // others

}  // namespace

ElementWriter::ElementWriter(OutputFile& out, ThreadPool* pool)
    : out_(out),
      single_thread_(1),
      pool_(pool == nullptr ? single_thread_ : *pool),
      converters_(static_cast<std::size_t>(pool_.size())) {}
ElementWriter::~ElementWriter() = default;

void ElementWriter::write(const ElementSource& source) { write(std::span(&source, 1)); }

void ElementWriter::write(std::span<const ElementSource> sources) {
  std::vector<std::int64_t> offsets;
  std::vector<std::size_t> small;
  for (const ElementSource& source : sources) {
    ElementConverter::check_types(source.tensor.dtype, source.dtype, source.name);
    offsets.push_back(out_.reserve(source.tensor.shape.elements() * size_of(source.dtype)));
    const bool together = source.tensor.is_deferred() && source.tensor.byte_size() <= kSmall;
    if (together) small.push_back(offsets.size() - 1);
    if (!together) write_at(source, offsets.back());
  }
  // Materialising a tensor is most of the work and runs on one thread.
  pool_.run(std::ssize(small), [&](std::int64_t index, int worker) {
    const std::size_t which = small[static_cast<std::size_t>(index)];
    const ElementSource& source = sources[which];
    const TransientBytes bytes(source.tensor);
    for (std::int64_t block = 0; block < ElementConverter::blocks(source.tensor); ++block)
      write_block(source, bytes.view(), block, offsets[which], worker);
  });
}

void ElementWriter::write_at(const ElementSource& source, std::int64_t offset) {
  const TransientBytes bytes(source.tensor);
  pool_.run(ElementConverter::blocks(source.tensor), [&](std::int64_t block, int worker) {
    write_block(source, bytes.view(), block, offset, worker);
  });
  source.tensor.drop_pages();
}

// A block of a tensor, with the bytes of the tensor and its offset in the file.
void ElementWriter::write_block(const ElementSource& source, ByteView bytes, std::int64_t index,
                                std::int64_t offset, int worker) {
  const StoredTensor block = ElementConverter::block(source.tensor.dtype, bytes, index);
  ElementConverter& converter = converters_[static_cast<std::size_t>(worker)];
  out_.write_reserved(offset + index * ElementConverter::kBlock * size_of(source.dtype),
                      as_text(converter.convert(block, source.dtype, source.name)));
}

}  // namespace sightline
