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

// Fewer page faults and misses of the address cache; a wish that the kernel may ignore.
void ask_for_huge_pages(const Tensor& tensor) {
  constexpr std::uintptr_t kHuge = 2 << 20;
  const auto begin = reinterpret_cast<std::uintptr_t>(tensor.data());
  const auto bytes = static_cast<std::uintptr_t>(tensor.shape().elements()) * sizeof(float);
  const std::uintptr_t first = (begin + kHuge - 1) / kHuge * kHuge, last = (begin + bytes) / kHuge * kHuge;
  if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
}

// Weights in panels. The first product makes each panel when it needs it, since a program that runs once
// should not pay for more; at the second all are made and kept, and the mapped pages they came from are
// dropped, so that the model never stands in memory twice.
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
    const TensorView<float> made =
        frame.take(Shape{context.pool.size(), packed == nullptr ? panels.panel_floats() : 0});
    // Each worker takes its next panel before it begins the one it has, to fetch it meanwhile.
    std::atomic<std::int64_t> taken{0};
    const auto take = [&] { return taken.fetch_add(1, std::memory_order_relaxed); };
    context.pool.run(context.pool.size(), [&](std::int64_t, int worker) {
      for (std::int64_t index = take(), next = 0; index < panels.count(); index = next) {
        next = take();
        const float* panel = packed == nullptr ? made.row(worker).data() : packed + panels.offset(index);
        if (packed == nullptr) panels.fill(index, made.row(worker).data());
        const float* soon =
            packed != nullptr && next < panels.count() ? packed + panels.offset(next) : nullptr;
        multiply(panels, index, panel, soon, {x, y, epilogue});
      }
    });
  }

 private:
  struct Operands {
    TensorView<const float> x;
    TensorView<float> y;
    const Epilogue& epilogue;
  };

  // Rows in tiles as even as possible: 50 rows are five tiles of 8 and 9, not five of 9 and one of 5.
  void multiply(const WeightPanels& panels, std::int64_t index, const float* panel, const float* next,
                const Operands& o) const {
    constexpr std::int64_t kLine = 64;
    const std::int64_t column = index * kPanelColumns, most = std::ssize(kernels_.by_rows);
    std::int64_t rows = o.x.rows(), tiles = (rows + most - 1) / most;
    // Fetched evenly over the whole product: all at once, and the lines wait for one another.
    const std::int64_t fetched = panels.panel_floats() * static_cast<std::int64_t>(sizeof(float));
    const std::int64_t step = fetched / std::max<std::int64_t>(1, in_ * tiles);
    Tile tile{o.x.data(),
              o.y.data() + column,
              panel,
              o.epilogue.bias == nullptr ? nullptr : o.epilogue.bias + column,
              in_,
              out_,
              panels.width(index),
              panels.columns(index),
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

  // All panels, from the second use on; null before, and while another thread is making them. A deferred
  // tensor is made once: its panels are kept at once, its bytes never.
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
    packed_ = Tensor(Shape{panels.total_floats()});
    ask_for_huge_pages(packed_);
    context.pool.run(panels.count(), [&](std::int64_t index, int) {
      panels.fill(index, packed_.data() + panels.offset(index));
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
      fail(ErrorCode::unsupported, "native", "this build has no kernels of its own for this processor");
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
