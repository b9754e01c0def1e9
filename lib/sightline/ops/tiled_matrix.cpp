// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/tiled_matrix.h"

#include <sys/mman.h>

#include <algorithm>
#include <string>

#include "sightline/base/error.h"
#include "sightline/ops/weight_panels.h"

namespace sightline {
namespace {

// Making and keeping all panels costs as much as making them one by one in scratch memory about ten times, so
// a run of few passes does not pay for it.
constexpr int kUsesInRows = 4;

// Reduces page faults and TLB misses. Advisory; the kernel may ignore it.
void advise_huge_pages(const Tensor& tensor) {
  constexpr std::uintptr_t kHugePageBytes = 2 << 20;
  const auto begin = reinterpret_cast<std::uintptr_t>(tensor.bytes().data());
  const auto bytes = static_cast<std::uintptr_t>(tensor.bytes().size());
  const std::uintptr_t first = (begin + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes,
                       last = (begin + bytes) / kHugePageBytes * kHugePageBytes;
  if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
}

// Calls use(index, panel) for every panel as float32.
template <class Use>
void make_panels(const WeightPanels& rows, Context& context, Use use) {
  Scratch::Frame frame(context.scratch);
  const TensorView<float> own = frame.take(Shape{context.pool.size(), rows.layout().panel_elements()});
  context.pool.run(rows.layout().count(), [&](std::int64_t index, int worker) {
    rows.fill(index, own.row(worker).data());
    use(index, own.row(worker).data());
  });
}

}  // namespace

TiledMatrix::TiledMatrix(const StoredTensor& weights, const TileKernels& kernels)
    : weights_(weights),
      layout_(kernels.element, weights.shape[0],
              weights.shape.elements() / std::max<std::int64_t>(1, weights.shape[0])),
      kernels_(kernels) {
  const StoredPanels* stored = weights.panels();
  if (stored != nullptr && kernels.element == stored->layout.element()) {
    scales_ = stored->scales;
    ready_ = stored->bytes.data();
    in_place_ = true;
  } else if (kernels.element == DType::i8 && layout_.in() > PanelScales::kMaxInputs) {
    fail(ErrorCode::range, "native",
         "quantizes matrices of up to " + std::to_string(PanelScales::kMaxInputs) + " inputs, but one has " +
             std::to_string(layout_.in()));
  }
}

void TiledMatrix::linear(TensorView<const float> x, TensorView<float> y, const Epilogue& epilogue,
                         Context& context) const {
  const Product product{this, x, y, epilogue};
  multiply_tiled({&product, 1}, context);
}

void TiledMatrix::linear_all(std::span<const Product> products, Context& context) const {
  const bool all_tiled = std::all_of(products.begin(), products.end(), [](const Product& product) {
    return dynamic_cast<const TiledMatrix*>(product.matrix) != nullptr;
  });
  all_tiled ? multiply_tiled(products, context) : PackedMatrix::linear_all(products, context);
}

ByteView TiledMatrix::panel(const std::byte* panels, std::int64_t index) const {
  const std::int64_t size = size_of(layout_.element());
  return {panels + layout_.offset(index) * size,
          static_cast<std::size_t>(layout_.width(index) * layout_.padded_in() * size)};
}

const std::byte* TiledMatrix::ready_panels(Context& context) const {
  if (const std::byte* panels = ready_.load(std::memory_order_acquire)) return panels;
  const bool at_once = weights_.is_deferred() || layout_.element() != DType::f32;
  if (!at_once && uses_.fetch_add(1, std::memory_order_relaxed) < kUsesInRows) return nullptr;
  std::unique_lock lock(packing_, std::defer_lock);
  if (at_once) {
    lock.lock();
  } else if (!lock.try_lock()) {
    return nullptr;
  }
  if (ready_.load(std::memory_order_acquire) != nullptr) return ready_;
  ready_.store(pack(context));
  weights_.drop_pages();  // after the store: a product that still reads rows then releases what it maps again
  return ready_;
}

void TiledMatrix::release_rows() const {
  if (ready_.load() != nullptr) weights_.drop_pages();
}

const std::byte* TiledMatrix::pack(Context& context) const {
  const TransientBytes bytes(weights_);
  const WeightPanels rows(weights_.dtype, weights_.shape, bytes.view());
  const DType element = layout_.element();
  if (element == DType::i8) {
    quantized_ = std::make_unique<Int8Panels>(layout_.out(), layout_.in());
    make_panels(rows, context,
                [&](std::int64_t index, float* panel) { quantized_->set_panel(index, panel); });
    scales_ = quantized_->scales();
  } else {
    packed_ = Tensor(Shape{layout_.elements()}, element);
    advise_huge_pages(packed_);
    std::byte* panels = packed_.bytes().data();
    if (element == DType::f32) {
      context.pool.run(layout_.count(), [&](std::int64_t index, int) {
        rows.fill(index, packed_.data() + layout_.offset(index));
      });
    } else {
      make_panels(rows, context, [&](std::int64_t index, const float* panel) {
        store_panel(panel, layout_, index, panels + layout_.offset(index) * size_of(element));
      });
    }
  }
  return quantized_ != nullptr ? quantized_->bytes().data() : packed_.bytes().data();
}

std::unique_ptr<PackedMatrix> make_tiled_matrix(const StoredTensor& weights, const TileKernels& kernels) {
  return std::make_unique<TiledMatrix>(weights, kernels);
}

}  // namespace sightline
