#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <mutex>

#include "sightline/base/bytes.h"
#include "sightline/ops/gemm_table.h"
#include "sightline/ops/vector_math.h"

// Own kernels for AVX-512 and for AVX2 with FMA: y^T is computed in panels of 32 columns. A panel's weights
// [32, K] are transposed into [K, 32] for the first product; at the second use all panels are made and kept,
// and the mapped pages they came from are dropped, so that the model never stands in memory twice. Either way
// every output element is one chain of multiply-adds over k, whatever the tile: its bits depend on its own
// row alone.
#if defined(__x86_64__)

#include <sys/mman.h>
#include <unistd.h>

namespace sightline {
namespace {

constexpr std::int64_t kPanel = 32;
constexpr std::int64_t kTransposeDepth = 256;  // floats of each weight row that are converted at once

struct Tile {
  const float* x;      // [rows, inner]
  float* y;            // first column of the panel
  const float* panel;  // [inner, 32]
  const float* bias;   // of the panel's columns, or null
  std::int64_t inner, y_stride;
  std::int64_t columns;  // of the panel, up to 32
  Activation activation;
  bool add_to_output;
};

template <int kLanes>
[[gnu::always_inline]] inline void store(const Tile& tile, int row, int column,
                                         typename Vector<kLanes>::Float sum) {
  using Float = typename Vector<kLanes>::Float;
  using Int = typename Vector<kLanes>::Int;
  const std::int64_t count = std::clamp<std::int64_t>(tile.columns - column, 0, kLanes);
  if (count == 0) return;
  const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(float);
  float* out = tile.y + row * tile.y_stride + column;
  Float bias{}, old{};
  if (tile.bias != nullptr) std::memcpy(&bias, tile.bias + column, bytes);
  if (tile.add_to_output) std::memcpy(&old, out, bytes);
  sum = sum + bias;
  if (tile.activation == Activation::quick_gelu) sum = quick_gelu_lanes<Float, Int>(sum);
  if (tile.activation == Activation::gelu) sum = gelu_lanes<Float>(sum);
  if (tile.add_to_output) sum = old + sum;
  std::memcpy(out, &sum, bytes);
}

// kRows x (2 * kLanes) outputs, their sums in registers.
template <int kLanes, int kRows>
[[gnu::always_inline]] inline void compute_tile(const Tile& tile, int column) {
  using Float = typename Vector<kLanes>::Float;
  Float low[kRows], high[kRows];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) low[r] = high[r] = Float{};
  const float* panel = tile.panel + column;
  for (std::int64_t k = 0; k < tile.inner; ++k, panel += kPanel) {
    Float b0, b1;
    std::memcpy(&b0, panel, sizeof b0);
    std::memcpy(&b1, panel + kLanes, sizeof b1);
    __builtin_prefetch(panel + 512);
    __builtin_prefetch(panel + 528);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      const Float a = tile.x[r * tile.inner + k] - Float{};  // a broadcast; 0 + x would be an addition
      low[r] += a * b0;
      high[r] += a * b1;
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    store<kLanes>(tile, r, column, low[r]);
    store<kLanes>(tile, r, column + kLanes, high[r]);
  }
}

using TileKernel = void (*)(const Tile&);

template <int kRows>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,fma")]] void tile_avx512(const Tile& tile) {
  compute_tile<16, kRows>(tile, 0);
}

template <int kRows>
[[gnu::target("avx2,fma")]] void tile_avx2(const Tile& tile) {
  compute_tile<8, kRows>(tile, 0);
  compute_tile<8, kRows>(tile, 16);
}

constexpr std::array<TileKernel, 12> kAvx512 = {
    tile_avx512<1>, tile_avx512<2>, tile_avx512<3>, tile_avx512<4>,  tile_avx512<5>,  tile_avx512<6>,
    tile_avx512<7>, tile_avx512<8>, tile_avx512<9>, tile_avx512<10>, tile_avx512<11>, tile_avx512<12>};
constexpr std::array<TileKernel, 6> kAvx2 = {tile_avx2<1>, tile_avx2<2>, tile_avx2<3>,
                                             tile_avx2<4>, tile_avx2<5>, tile_avx2<6>};

bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}
bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

// [8, 8] floats transposed: rows `in` apart, written `kPanel` apart.
[[gnu::target("avx2")]] void transpose_8x8(const float* in, std::int64_t stride, float* out) {
  using Eight = Vector<8>::Float;
  Eight r[8], t[8];
  for (int i = 0; i < 8; ++i) std::memcpy(&r[i], in + i * stride, sizeof r[i]);
  for (int i = 0; i < 8; i += 2) {
    t[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    t[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (int i = 0; i < 8; i += 4) {
    for (int j = 0; j < 2; ++j) {
      r[i + j] = __builtin_shufflevector(t[i + j], t[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      r[i + j + 2] = __builtin_shufflevector(t[i + j], t[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  }
  for (int i = 0; i < 4; ++i) {
    const Eight low = __builtin_shufflevector(r[i], r[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    const Eight high = __builtin_shufflevector(r[i], r[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    std::memcpy(out + i * kPanel, &low, sizeof low);
    std::memcpy(out + (i + 4) * kPanel, &high, sizeof high);
  }
}

class NativeMatrix : public PackedMatrix {
 public:
  explicit NativeMatrix(const StoredTensor& weights)
      : weights_(weights),
        out_(weights.shape[0]),
        in_(weights.shape.elements() / std::max<std::int64_t>(1, weights.shape[0])) {}

  std::int64_t in_features() const override { return in_; }
  std::int64_t out_features() const override { return out_; }

  void linear(TensorView<const float> x, TensorView<float> y, const Epilogue& epilogue,
              Context& context) const override {
    const bool wide = has_avx512();
    const std::span<const TileKernel> kernels = wide ? std::span<const TileKernel>(kAvx512) : kAvx2;
    const float* packed = packed_panels(context);
    Scratch::Frame frame(context.scratch);
    const std::int64_t panel_floats = packed == nullptr ? in_ * kPanel + kPanel * kTransposeDepth : 0;
    const TensorView<float> panels = frame.take(Shape{context.pool.size(), panel_floats});
    context.pool.run((out_ + kPanel - 1) / kPanel, [&](std::int64_t index, int worker) {
      const std::int64_t column = index * kPanel, columns = std::min(kPanel, out_ - column);
      const float* panel = packed == nullptr ? panels.row(worker).data() : packed + column * in_;
      if (packed == nullptr) fill_panel(column, columns, panels.row(worker).data());
      Tile tile{x.data(),
                y.data() + column,
                panel,
                epilogue.bias == nullptr ? nullptr : epilogue.bias + column,
                in_,
                out_,
                columns,
                epilogue.activation,
                epilogue.add_to_output};
      multiply(tile, x.rows(), kernels);
    });
  }

 private:
  // All panels, from the second use on; null for the first, which a program that runs once should not pay
  // for, and while another thread is making them.
  const float* packed_panels(Context& context) const {
    if (const float* panels = ready_.load(std::memory_order_acquire)) return panels;
    if (uses_.fetch_add(1, std::memory_order_relaxed) == 0) return nullptr;
    const std::unique_lock lock(packing_, std::try_to_lock);
    if (!lock.owns_lock()) return nullptr;
    if (ready_.load(std::memory_order_acquire) != nullptr) return ready_;
    const std::int64_t count = (out_ + kPanel - 1) / kPanel;
    packed_ = Tensor(Shape{count * kPanel * in_ + kPanel * kTransposeDepth});
    Scratch::Frame frame(context.scratch);
    const TensorView<float> buffers =
        frame.take(Shape{context.pool.size(), in_ * kPanel + kPanel * kTransposeDepth});
    context.pool.run(count, [&](std::int64_t index, int worker) {
      float* panel = buffers.row(worker).data();
      fill_panel(index * kPanel, std::min(kPanel, out_ - index * kPanel), panel);
      std::copy_n(panel, in_ * kPanel, packed_.data() + index * kPanel * in_);
    });
    drop_mapped_pages();
    ready_.store(packed_.data(), std::memory_order_release);
    return packed_.data();
  }

  void drop_mapped_pages() const {
    if (!weights_.mapped) return;
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto begin = reinterpret_cast<std::uintptr_t>(weights_.bytes.data());
    const std::uintptr_t first = (begin + page - 1) / page * page;
    const std::uintptr_t last = (begin + weights_.bytes.size()) / page * page;
    if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
  }

  // Rows in tiles as even as possible: 50 rows are five tiles of 10, not four of 12 and one of 2.
  static void multiply(Tile tile, std::int64_t rows, std::span<const TileKernel> kernels) {
    const auto most = static_cast<std::int64_t>(kernels.size());
    std::int64_t tiles = (rows + most - 1) / most;
    while (rows > 0) {
      const std::int64_t count = (rows + tiles - 1) / tiles;
      kernels[static_cast<std::size_t>(count - 1)](tile);
      tile.x += count * tile.inner;
      tile.y += count * tile.y_stride;
      rows -= count;
      --tiles;
    }
  }

  // Rows [column, column + columns) of the weights as [in, 32]; missing columns are zeros. Behind the panel
  // lies room for the values of other types on their way.
  void fill_panel(std::int64_t column, std::int64_t columns, float* panel) const {
    float* buffer = panel + in_ * kPanel;
    const float* mapped = weights_.as_float();
    for (std::int64_t k = 0; k < in_; k += kTransposeDepth) {
      const std::int64_t depth = std::min(kTransposeDepth, in_ - k);
      if (mapped != nullptr) {
        transpose(mapped + column * in_ + k, in_, columns, depth, panel + k * kPanel);
        continue;
      }
      const auto size = static_cast<std::size_t>(size_of(weights_.dtype));
      for (std::int64_t row = 0; row < columns; ++row) {
        const auto offset = static_cast<std::size_t>((column + row) * in_ + k) * size;
        const ByteView bytes = weights_.bytes.subspan(offset, static_cast<std::size_t>(depth) * size);
        to_float({weights_.dtype, Shape{depth}, bytes},
                 {buffer + row * kTransposeDepth, static_cast<std::size_t>(depth)});
      }
      transpose(buffer, kTransposeDepth, columns, depth, panel + k * kPanel);
    }
  }

  static void transpose(const float* in, std::int64_t stride, std::int64_t columns, std::int64_t depth,
                        float* out) {
    const std::int64_t whole = columns == kPanel ? depth / 8 * 8 : 0;
    for (std::int64_t k = 0; k < whole; k += 8) {
      for (std::int64_t n = 0; n < kPanel; n += 8)
        transpose_8x8(in + n * stride + k, stride, out + k * kPanel + n);
    }
    for (std::int64_t k = whole; k < depth; ++k) {
      for (std::int64_t n = 0; n < kPanel; ++n) out[k * kPanel + n] = n < columns ? in[n * stride + k] : 0.0F;
    }
  }

  StoredTensor weights_;
  std::int64_t out_, in_;
  mutable std::atomic<int> uses_{0};
  mutable std::mutex packing_;
  mutable Tensor packed_;
  mutable std::atomic<const float*> ready_{nullptr};
};

class NativeBackend : public GemmBackend {
 public:
  std::string_view name() const override { return "native"; }
  bool supported() const override { return has_avx512() || has_avx2(); }
  std::unique_ptr<PackedMatrix> pack(const StoredTensor& weights) const override {
    return std::make_unique<NativeMatrix>(weights);
  }
};

}  // namespace

const GemmBackend& native_backend() {
  static const NativeBackend backend;
  return backend;
}

}  // namespace sightline

#else

namespace sightline {
namespace {

class NoNativeBackend : public GemmBackend {
 public:
  std::string_view name() const override { return "native"; }
  bool supported() const override { return false; }
  std::unique_ptr<PackedMatrix> pack(const StoredTensor&) const override {
    fail(ErrorCode::unsupported, "native", "this build has no kernels of its own for this processor");
  }
};

}  // namespace

const GemmBackend& native_backend() {
  static const NoNativeBackend backend;
  return backend;
}

}  // namespace sightline

#endif
