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

// A weight matrix in panels: those of the file, or else float32 panels made from its rows. The first product
// makes each panel when it needs it, so that a program that runs once does not pay for more. The second
// product makes all panels and keeps them; the mapped pages they came from are then released, so that the
// model is never in memory twice.
class TiledMatrix : public PackedMatrix {
 public:
  TiledMatrix(const StoredTensor& weights, const TileKernels& kernels)
      : weights_(weights),
        layout_(kernels.element, weights.shape[0],
                weights.shape.elements() / std::max<std::int64_t>(1, weights.shape[0])),
        kernels_(kernels) {
    if (weights.panels() != nullptr && kernels.element == weights.panels()->layout.element()) {
      ready_ = weights.panels()->bytes.data();
    } else if (kernels.element != DType::f32) {
      fail(ErrorCode::type, "native",
           "kernels for " + std::string(dtype_name(kernels.element)) + " are given weights of another type");
    }
  }

  std::int64_t in_features() const override { return layout_.in(); }
  std::int64_t out_features() const override { return layout_.out(); }

  void linear(TensorView<const float> x, TensorView<float> y, const Epilogue& epilogue,
              Context& context) const override {
    const std::byte* panels = ready_panels(context);
    if (panels != nullptr) {
      multiply_all(
          context, {x, y, epilogue}, [&](std::int64_t index, int) { return panel(panels, index).data(); },
          [&](std::int64_t next) { return panel(panels, next); });
      return;
    }
    const WeightPanels rows(weights_.dtype, weights_.shape, weights_.bytes());
    Scratch::Frame frame(context.scratch);
    const TensorView<float> own = frame.take(Shape{context.pool.size(), layout_.panel_elements()});
    multiply_all(
        context, {x, y, epilogue},
        [&](std::int64_t index, int worker) {
          rows.fill(index, own.row(worker).data());
          return reinterpret_cast<const std::byte*>(own.row(worker).data());
        },
        [&](std::int64_t next) {
          weights_.map_pages(rows.rows_of(next));
          return rows.rows_of(next);
        });
  }

 private:
  struct Operands {
    TensorView<const float> x;
    TensorView<float> y;
    const Epilogue& epilogue;
  };

  ByteView panel(const std::byte* panels, std::int64_t index) const {
    const std::int64_t size = size_of(layout_.element());
    return {panels + layout_.offset(index) * size,
            static_cast<std::size_t>(layout_.width(index) * layout_.padded_in() * size)};
  }

  // Multiplies with every panel. `make(index, worker)` returns a panel; `memory(index)` is what it will be
  // made from, which is prefetched during the product before it. Each worker reserves its next panel before
  // it computes the current one.
  template <class Make, class Memory>
  void multiply_all(Context& context, const Operands& operands, Make make, Memory memory) const {
    std::atomic<std::int64_t> next_index{0};
    const auto take_index = [&] { return next_index.fetch_add(1, std::memory_order_relaxed); };
    context.pool.run(context.pool.size(), [&](std::int64_t, int worker) {
      for (std::int64_t index = take_index(), next = 0; index < layout_.count(); index = next) {
        next = take_index();
        const std::byte* panel = make(index, worker);
        multiply(index, panel, next < layout_.count() ? memory(next) : ByteView(), operands);
      }
    });
  }

  // Splits rows into tiles as evenly as possible: 50 rows become six tiles of 8 or 9, not five of 9 and one
  // of 5.
  void multiply(std::int64_t index, const std::byte* panel, ByteView next, const Operands& o) const {
    constexpr std::int64_t kLine = 64;
    const std::int64_t column = index * PanelLayout::kColumns, max_rows = std::ssize(kernels_.by_rows);
    std::int64_t rows = o.x.rows(), tiles = (rows + max_rows - 1) / max_rows;
    // Prefetches are spread evenly over the whole product: issued all at once, they would queue up.
    const std::int64_t step = std::ssize(next) / std::max<std::int64_t>(1, layout_.in() * tiles);
    Tile tile{o.x.data(),
              o.y.data() + column,
              panel,
              o.epilogue.bias == nullptr ? nullptr : o.epilogue.bias + column,
              layout_.in(),
              layout_.out(),
              layout_.width(index),
              layout_.columns(index),
              o.epilogue.activation,
              o.epilogue.add_to_output,
              next.empty() || step > kLine ? nullptr : next.data(),
              step};
    while (rows > 0) {
      const std::int64_t count = (rows + tiles - 1) / tiles;
      kernels_.by_rows[static_cast<std::size_t>(count - 1)](tile);
      tile.x += count * layout_.in();
      tile.y += count * layout_.out();
      if (tile.next != nullptr) tile.next += layout_.in() * step;
      rows -= count;
      --tiles;
    }
  }

  // All panels, available at once if the file holds them, else from the second use on; null before that and
  // while another thread makes them. The panels of a deferred tensor are made and kept at once: it computes
  // its rows only once, and they are not kept.
  const std::byte* ready_panels(Context& context) const {
    if (const std::byte* panels = ready_.load(std::memory_order_acquire)) return panels;
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
    ready_.store(packed_.bytes().data(), std::memory_order_release);
    return ready_;
  }

  void pack(Context& context) const {
    const TransientBytes bytes(weights_);
    const WeightPanels rows(weights_.dtype, weights_.shape, bytes.view());
    packed_ = Tensor(Shape{layout_.elements()});
    advise_huge_pages(packed_);
    context.pool.run(layout_.count(), [&](std::int64_t index, int) {
      rows.fill(index, packed_.data() + layout_.offset(index));
    });
    weights_.drop_pages();
  }

  StoredTensor weights_;
  PanelLayout layout_;
  const TileKernels& kernels_;
  mutable std::atomic<int> uses_{0};
  mutable std::mutex packing_;
  mutable Tensor packed_;
  mutable std::atomic<const std::byte*> ready_{nullptr};
};

// The kernels for a matrix: those of its panels, or those of float32 if it has none.
const TileKernels* kernels_for(const StoredTensor* weights) {
  if (weights != nullptr && weights->panels() != nullptr) {
    if (const TileKernels* kernels = best_tile_kernels(weights->panels()->layout.element())) return kernels;
  }
  return best_tile_kernels(DType::f32);
}

class NativeBackend : public GemmBackend {
 public:
  std::string_view name() const override { return "native"; }
  std::string description() const override {
    const TileKernels* kernels = kernels_for(nullptr);
    return kernels == nullptr ? "native" : std::string("native, ") + kernels->name;
  }
  bool supported() const override { return kernels_for(nullptr) != nullptr; }
  std::unique_ptr<PackedMatrix> pack(const StoredTensor& weights) const override {
    const TileKernels* kernels = kernels_for(&weights);
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
