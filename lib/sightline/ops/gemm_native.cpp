// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/ops/gemm_table.h"
#include "sightline/ops/gemm_tile.h"
#include "sightline/ops/int8_panels.h"
#include "sightline/ops/weight_panels.h"

namespace sightline {
namespace {

// Reduces page faults and TLB misses. Advisory; the kernel may ignore it.
void advise_huge_pages(const Tensor& tensor) {
  constexpr std::uintptr_t kHugePageBytes = 2 << 20;
  const auto begin = reinterpret_cast<std::uintptr_t>(tensor.bytes().data());
  const auto bytes = static_cast<std::uintptr_t>(tensor.bytes().size());
  const std::uintptr_t first = (begin + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes,
                       last = (begin + bytes) / kHugePageBytes * kHugePageBytes;
  if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
}

// A weight matrix in panels: those of the file, or else panels made from its rows. The first product makes
// each float32 panel when it needs it, so that a program that runs once does not pay for more. The second
// product makes all panels and keeps them; the mapped pages they came from are then released, so that the
// model is never in memory twice. Panels of other types are all made by the first product.
class TiledMatrix : public PackedMatrix {
 public:
  TiledMatrix(const StoredTensor& weights, const TileKernels& kernels)
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
           "quantizes matrices of up to " + std::to_string(PanelScales::kMaxInputs) +
               " inputs, but one has " + std::to_string(layout_.in()));
    }
  }

  std::int64_t in_features() const override { return layout_.in(); }
  std::int64_t out_features() const override { return layout_.out(); }

  void linear(TensorView<const float> x, TensorView<float> y, const Epilogue& epilogue,
              Context& context) const override {
    const Product product{this, x, y, epilogue};
    multiply_all({&product, 1}, context);
  }

 protected:
  void linear_all(std::span<const Product> products, Context& context) const override {
    const bool all_tiled = std::all_of(products.begin(), products.end(), [](const Product& product) {
      return dynamic_cast<const TiledMatrix*>(product.matrix) != nullptr;
    });
    if (!all_tiled) return PackedMatrix::linear_all(products, context);
    for (; products.size() > kMaxTogether; products = products.subspan(kMaxTogether))
      multiply_all(products.first(kMaxTogether), context);
    multiply_all(products, context);
  }

 private:
  static constexpr std::size_t kMaxTogether = 4;
  // Making and keeping all panels costs as much as making them one by one in scratch memory about ten times,
  // so a run of few passes does not pay for it.
  static constexpr int kUsesInRows = 4;

  // A product under way: panels that are ready, or the rows that they are made from.
  struct Job {
    const Product* product = nullptr;
    const TiledMatrix* matrix = nullptr;
    TileRows x = {};
    const std::byte* ready = nullptr;
    std::optional<WeightPanels> rows = {};

    // What panel `index` is or is made from.
    ByteView memory(std::int64_t index) const {
      const ByteView bytes = ready != nullptr ? matrix->panel(ready, index) : rows->rows_of(index);
      if (ready == nullptr || matrix->in_place_) matrix->weights_.map_pages(bytes);
      return bytes;
    }
    const std::byte* panel(std::int64_t index, float* own) const {
      if (ready != nullptr) return matrix->panel(ready, index).data();
      rows->fill(index, own);
      return reinterpret_cast<const std::byte*>(own);
    }
  };

  ByteView panel(const std::byte* panels, std::int64_t index) const {
    const std::int64_t size = size_of(layout_.element());
    return {panels + layout_.offset(index) * size,
            static_cast<std::size_t>(layout_.width(index) * layout_.padded_in() * size)};
  }

  // Multiplies with every panel of every product. Each worker reserves its next panel before it computes the
  // current one, so that it can prefetch the memory of the next.
  static void multiply_all(std::span<const Product> products, Context& context) {
    Scratch::Frame frame(context.scratch);
    std::array<Job, kMaxTogether> jobs;
    std::int64_t total = 0, own_floats = 0;
    for (std::size_t i = 0; i < products.size(); ++i) {
      const auto& matrix = static_cast<const TiledMatrix&>(*products[i].matrix);
      Job& job = jobs[i];
      job.product = &products[i];
      job.matrix = &matrix;
      job.ready = matrix.ready_panels(context);  // sets the scales
      job.x = matrix.converted(products.first(i), jobs, products[i].x, frame, context);
      total += matrix.layout_.count();
      if (job.ready != nullptr) continue;
      job.rows.emplace(matrix.weights_.dtype, matrix.weights_.shape, matrix.weights_.bytes());
      own_floats = std::max(own_floats, matrix.layout_.panel_elements());
    }
    const TensorView<float> own = frame.take(Shape{context.pool.size(), own_floats});
    std::atomic<std::int64_t> next_index{0};
    const auto take = [&] {
      std::int64_t index = next_index.fetch_add(1, std::memory_order_relaxed);
      const Job* job = jobs.data();
      if (index >= total) return std::pair<const Job*, std::int64_t>(nullptr, 0);
      for (; index >= job->matrix->layout_.count(); ++job) index -= job->matrix->layout_.count();
      return std::pair(job, index);
    };
    context.pool.run(context.pool.size(), [&](std::int64_t, int worker) {
      for (auto current = take(); current.first != nullptr;) {
        const auto next = take();
        const auto [job, index] = current;
        const std::byte* panel = job->panel(index, own.row(worker).data());
        job->matrix->multiply(index, panel,
                              next.first == nullptr ? ByteView() : next.first->memory(next.second), *job);
        current = next;
      }
    });
  }

  // x in the form of the kernels. Products of the same rows share it, as queries, keys and values do.
  TileRows converted(std::span<const Product> earlier, std::span<const Job> jobs, TensorView<const float> x,
                     Scratch::Frame& frame, Context& context) const {
    const float* factors = scales_.inputs.empty() ? nullptr : scales_.inputs.data();
    for (std::size_t i = 0; i < earlier.size(); ++i) {
      const TiledMatrix& other = *jobs[i].matrix;
      const bool same_rows = earlier[i].x.data() == x.data() && earlier[i].x.shape() == x.shape();
      if (same_rows && other.kernels_.rows == kernels_.rows &&
          other.layout_.padded_in() == layout_.padded_in() &&
          std::ranges::equal(other.scales_.inputs, scales_.inputs))
        return jobs[i].x;
    }
    return convert_rows(kernels_.rows, x, layout_, factors, frame, context.pool);
  }

  // Splits rows into tiles as evenly as possible: 50 rows become six tiles of 8 or 9, not five of 9 and one
  // of 5.
  void multiply(std::int64_t index, const std::byte* panel, ByteView next, const Job& job) const {
    constexpr std::int64_t kMaxStep = 128;  // the kernels prefetch two cache lines for each k
    const std::int64_t column = index * PanelLayout::kColumns, max_rows = std::ssize(kernels_.by_rows);
    const Product& product = *job.product;
    std::int64_t rows = product.x.rows(), tiles = (rows + max_rows - 1) / max_rows;
    // Prefetches are spread evenly over the whole product: issued all at once, they would queue up.
    const std::int64_t groups = layout_.padded_in() / layout_.group();
    const std::int64_t step = std::ssize(next) / std::max<std::int64_t>(1, groups * tiles);
    Tile tile{job.x.data,
              product.y.data() + column,
              panel,
              product.epilogue.bias == nullptr ? nullptr : product.epilogue.bias + column,
              layout_.padded_in(),
              job.x.stride,
              layout_.out(),
              layout_.width(index),
              layout_.columns(index),
              product.epilogue.activation,
              product.epilogue.add_to_output,
              next.empty() || step > kMaxStep ? nullptr : next.data(),
              step,
              job.x.scales,
              scales_.columns.empty() ? nullptr : scales_.columns.data() + column,
              scales_.sums.empty() ? nullptr : scales_.sums.data() + column};
    while (rows > 0) {
      const std::int64_t count = (rows + tiles - 1) / tiles;
      kernels_.by_rows[static_cast<std::size_t>(count - 1)](tile);
      tile.x += count * job.x.stride;
      tile.y += count * layout_.out();
      if (tile.row_scales != nullptr) tile.row_scales += count;
      if (tile.next != nullptr) tile.next += groups * step;
      rows -= count;
      --tiles;
    }
  }

  // All panels, available at once if the file holds them, else after a few uses; null before that and while
  // another thread makes them. Panels of other types than float32 are made and kept at once, and so are
  // those of a deferred tensor, whose rows are computed only once and not kept.
  const std::byte* ready_panels(Context& context) const {
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
    ready_.store(pack(context), std::memory_order_release);
    return ready_;
  }

  const std::byte* pack(Context& context) const {
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
    weights_.drop_pages();
    return quantized_ != nullptr ? quantized_->bytes().data() : packed_.bytes().data();
  }

  // Calls use(index, panel) for every panel as float32.
  template <class Use>
  void make_panels(const WeightPanels& rows, Context& context, Use use) const {
    Scratch::Frame frame(context.scratch);
    const TensorView<float> own = frame.take(Shape{context.pool.size(), rows.layout().panel_elements()});
    context.pool.run(layout_.count(), [&](std::int64_t index, int worker) {
      rows.fill(index, own.row(worker).data());
      use(index, own.row(worker).data());
    });
  }

  StoredTensor weights_;
  PanelLayout layout_;
  const TileKernels& kernels_;
  bool in_place_ = false;  // the panels are those of the file
  mutable std::atomic<int> uses_{0};
  mutable std::mutex packing_;
  mutable Tensor packed_;
  mutable std::unique_ptr<Int8Panels> quantized_;
  mutable PanelScales scales_;  // of int8 panels; set before `ready_`
  mutable std::atomic<const std::byte*> ready_{nullptr};
};

// The kernels for a matrix as it is stored: those of its panels, or those of float32 if it has none.
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
