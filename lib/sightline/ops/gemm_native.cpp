// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <mutex>

#include "sightline/base/error.h"
#include "sightline/ops/gemm_table.h"
#include "sightline/ops/gemm_tile.h"
#include "sightline/ops/weight_panels.h"

namespace sightline {
namespace {

// Reduces page faults and TLB misses. Advisory; the kernel may ignore it.
void advise_huge_pages(const Tensor& tensor) {
  constexpr std::uintptr_t kHugePageBytes = 2 << 20;
  const auto begin = reinterpret_cast<std::uintptr_t>(tensor.data());
  const auto bytes = static_cast<std::uintptr_t>(tensor.shape().elements()) * sizeof(float);
  const std::uintptr_t first = (begin + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes,
                       last = (begin + bytes) / kHugePageBytes * kHugePageBytes;
  if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
}

// Weights in panels. The first product packs each panel when it needs it, so that a program that runs once
// does not pay for more. The second product packs all panels and keeps them; the mapped pages they came from
// are then released, so that the model is never in memory twice.
class TiledMatrix : public PackedMatrix {
 public:
  TiledMatrix(const StoredTensor& weights, const TileKernels& kernels)
      : weights_(weights),
        out_(weights.shape[0]),
        in_(weights.shape.elements() / std::max<std::int64_t>(1, weights.shape[0])),
        kernels_(kernels) {}

  std::int64_t in_features() const override { return in_; }
  std::int64_t out_features() const override { return out_; }

  void linear(TensorView<const float> x, TensorView<float> y, const Epilogue& epilogue,
              Context& context) const override {
    const float* packed = packed_panels(context);
    const ByteView bytes = packed == nullptr ? weights_.bytes() : ByteView();
    const WeightPanels panels(weights_.dtype, weights_.shape, bytes);
    Scratch::Frame frame(context.scratch);
    const TensorView<float> worker_panels =
        frame.take(Shape{context.pool.size(), packed == nullptr ? panels.layout().panel_elements() : 0});
    // Each worker reserves its next panel before it computes the current one, so that it can prefetch the
    // next.
    std::atomic<std::int64_t> next_index{0};
    const auto take_index = [&] { return next_index.fetch_add(1, std::memory_order_relaxed); };
    context.pool.run(context.pool.size(), [&](std::int64_t, int worker) {
      for (std::int64_t index = take_index(), next = 0; index < panels.layout().count(); index = next) {
        next = take_index();
        const float* panel =
            packed == nullptr ? worker_panels.row(worker).data() : packed + panels.layout().offset(index);
        if (packed == nullptr) panels.fill(index, worker_panels.row(worker).data());
        const float* next_panel = packed != nullptr && next < panels.layout().count()
                                      ? packed + panels.layout().offset(next)
                                      : nullptr;
        multiply(panels, index, panel, next_panel, {x, y, epilogue});
      }
    });
  }

 private:
  struct Operands {
    TensorView<const float> x;
    TensorView<float> y;
    const Epilogue& epilogue;
  };

  // Splits rows into tiles as evenly as possible: 50 rows become six tiles of 8 or 9, not five of 9 and one
  // of 5.
  void multiply(const WeightPanels& panels, std::int64_t index, const float* panel, const float* next,
                const Operands& o) const {
    constexpr std::int64_t kLine = 64;
    const std::int64_t column = index * PanelLayout::kColumns, max_rows = std::ssize(kernels_.by_rows);
    std::int64_t rows = o.x.rows(), tiles = (rows + max_rows - 1) / max_rows;
    // Prefetches are spread evenly over the whole product: issued all at once, they would queue up.
    const std::int64_t panel_bytes =
        panels.layout().panel_elements() * static_cast<std::int64_t>(sizeof(float));
    const std::int64_t step = panel_bytes / std::max<std::int64_t>(1, in_ * tiles);
    Tile tile{o.x.data(),
              o.y.data() + column,
              panel,
              o.epilogue.bias == nullptr ? nullptr : o.epilogue.bias + column,
              in_,
              out_,
              panels.layout().width(index),
              panels.layout().columns(index),
              o.epilogue.activation,
              o.epilogue.add_to_output,
              step > kLine ? nullptr : reinterpret_cast<const char*>(next),
              step};
    while (rows > 0) {
      const std::int64_t count = (rows + tiles - 1) / tiles;
      kernels_.by_rows[static_cast<std::size_t>(count - 1)](tile);
      tile.x += count * in_;
      tile.y += count * out_;
      if (tile.next != nullptr) tile.next += in_ * step;
      rows -= count;
      --tiles;
    }
  }

  // All panels, available from the second use on; null before that and while another thread packs them. A
  // deferred tensor is materialised only once, so its panels are kept at once and its bytes never.
  const float* packed_panels(Context& context) const {
    if (const float* panels = ready_.load(std::memory_order_acquire)) return panels;
    const bool deferred = weights_.is_deferred();
    if (!deferred && uses_.fetch_add(1, std::memory_order_relaxed) == 0) return nullptr;
    std::unique_lock lock(packing_, std::defer_lock);
    if (deferred) {
      lock.lock();
    } else if (!lock.try_lock()) {
      return nullptr;
    }
    if (ready_.load(std::memory_order_acquire) != nullptr) return ready_;
    pack(context);
    ready_.store(packed_.data(), std::memory_order_release);
    return packed_.data();
  }

  void pack(Context& context) const {
    const TransientBytes bytes(weights_);
    const WeightPanels panels(weights_.dtype, weights_.shape, bytes.view());
    packed_ = Tensor(Shape{panels.layout().elements()});
    advise_huge_pages(packed_);
    context.pool.run(panels.layout().count(), [&](std::int64_t index, int) {
      panels.fill(index, packed_.data() + panels.layout().offset(index));
    });
    weights_.drop_pages();
  }

  StoredTensor weights_;
  std::int64_t out_, in_;
  const TileKernels& kernels_;
  mutable std::atomic<int> uses_{0};
  mutable std::mutex packing_;
  mutable Tensor packed_;
  mutable std::atomic<const float*> ready_{nullptr};
};

const TileKernels* best_kernels() {
  for (const TileKernels& kernels : tile_kernels()) {
    if (usable_features().has(kernels.needed)) return &kernels;
  }
  return nullptr;
}

class NativeBackend : public GemmBackend {
 public:
  std::string_view name() const override { return "native"; }
  std::string description() const override {
    const TileKernels* kernels = best_kernels();
    return kernels == nullptr ? "native" : std::string("native, ") + kernels->name;
  }
  bool supported() const override { return best_kernels() != nullptr; }
  std::unique_ptr<PackedMatrix> pack(const StoredTensor& weights) const override {
    const TileKernels* kernels = best_kernels();
    if (kernels == nullptr) {
      fail(ErrorCode::unsupported, "native", "this build has no native kernels for this processor");
    }
    return make_tiled_matrix(weights, *kernels);
  }
};

}  // namespace

std::unique_ptr<PackedMatrix> make_tiled_matrix(const StoredTensor& weights, const TileKernels& kernels) {
  return std::make_unique<TiledMatrix>(weights, kernels);
}

const GemmBackend& native_backend() {
  static const NativeBackend backend;
  return backend;
}

}  // namespace sightline
