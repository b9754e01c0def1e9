// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/conversion_check.h"

#include <algorithm>
#include <atomic>
#include <vector>

#include "sightline/weights/element_converter.h"

namespace sightline {
namespace {

class Comparer {
 public:
  explicit Comparer(ThreadPool& pool) : pool_(pool), converters_(static_cast<std::size_t>(pool.size())) {}

  bool equal(const StoredTensor& source, const StoredTensor& target, std::string_view name) {
    if (source.shape.elements() != target.shape.elements()) return false;
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
