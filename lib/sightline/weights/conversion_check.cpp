// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/conversion_check.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <vector>

#include "sightline/weights/element_converter.h"

namespace sightline {
namespace {

class Comparer {
 public:
  explicit Comparer(ThreadPool& pool) : pool_(pool), converters_(static_cast<std::size_t>(pool.size())) {}

  // Whether the integers are those to which the weights are rounded: no weight is off by more than half a
  // step, except for the rounding of the float32 operations.
  bool quantized(const StoredTensor& source, const StoredTensor& target) {
    constexpr float kHalfStep = 0.5F + 1e-4F;
    const PanelLayout& layout = target.panels()->layout;
    const PanelScales& scales = target.panels()->scales;
    const Tensor expected = to_float(source), actual = to_float(target);
    std::atomic<bool> same = true;
    pool_.run(layout.out(), [&](std::int64_t n, int) {
      const float step = scales.columns[static_cast<std::size_t>(n)];
      for (std::int64_t k = 0; k < layout.in(); ++k) {
        const float factor = scales.inputs.empty() ? 1.0F : scales.inputs[static_cast<std::size_t>(k)];
        const std::int64_t i = n * layout.in() + k;
        if (!(std::abs(expected.data()[i] - actual.data()[i]) <= kHalfStep * step * factor)) same = false;
      }
    });
    source.drop_pages();
    return same;
  }

  bool equal(const StoredTensor& source, const StoredTensor& target, std::string_view name) {
    if (source.shape.elements() != target.shape.elements()) return false;
    if (target.panels() != nullptr && target.panels()->layout.element() == DType::i8)
      return quantized(source, target);
    ElementConverter::check_types(source.dtype, target.dtype, name);
    const TransientBytes before(source), after(target);
    std::atomic<bool> same = true;
    pool_.run(ElementConverter::blocks(source), [&](std::int64_t index, int worker) {
      const StoredTensor actual = ElementConverter::block(target.dtype, after.view(), index);
      const ByteView expected = converters_[static_cast<std::size_t>(worker)].convert(
          ElementConverter::block(source.dtype, before.view(), index), target.dtype, name);
      if (!std::ranges::equal(expected, actual.bytes())) same = false;
    });
    source.drop_pages();
    target.drop_pages();
    return same;
  }

 private:
  ThreadPool& pool_;
  std::vector<ElementConverter> converters_;  ///< one per thread
};

}  // namespace

std::string find_difference(const Weights& source, const Weights& target, ThreadPool& pool) {
  Comparer comparer(pool);
  for (const std::string& name : target.names()) {
    const StoredTensor* before = source.find(name);
    if (before == nullptr || !comparer.equal(*before, *target.find(name), name)) return name;
  }
  for (const std::string& name : source.names()) {
    if (!target.contains(name)) return name;
  }
  return "";
}

}  // namespace sightline
