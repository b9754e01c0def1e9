// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <utility>

#include "sightline/ops/tiled_matrix.h"
#include "sightline/ops/weight_panels.h"

namespace sightline {
namespace {

constexpr std::size_t kMaxTogether = 4;  // products that the threads share as one task

// A chain of float32 sums loses accuracy with its length. So a product of more than kMaxChain inputs is
// computed by blocks of kBlockInputs, which is a multiple of every group.
constexpr std::int64_t kMaxChain = 8192, kBlockInputs = 1024;

// The inputs of a chain. Sums of int8 are exact.
std::int64_t inputs_of_block(const TileKernels& kernels, const PanelLayout& layout) {
  const bool whole = kernels.rows == RowForm::quantized || layout.in() <= kMaxChain;
  return whole ? layout.padded_in() : kBlockInputs;
}

// A product under way: panels that are ready, or the rows that they are made from.
struct Job {
  const Product* product = nullptr;
  const TiledMatrix* matrix = nullptr;
  TileRows x = {};
  const std::byte* ready = nullptr;
  std::optional<WeightPanels> rows = {};
};

// A panel of a product; none if `job` is null.
struct Task {
  const Job* job = nullptr;
  std::int64_t index = 0;

  const PanelLayout& layout() const { return job->matrix->layout(); }
  // What the panel is or is made from.
  ByteView memory() const {
    if (job == nullptr) return {};
    const ByteView bytes =
        job->ready != nullptr ? job->matrix->panel(job->ready, index) : job->rows->rows_of(index);
    if (job->ready == nullptr || job->matrix->in_place()) job->matrix->weights().map_pages(bytes);
    return bytes;
  }
};

// x in the form of the kernels. Products of the same rows share it, as queries, keys and values do.
TileRows converted(const TiledMatrix& matrix, std::span<const Product> earlier, std::span<const Job> jobs,
                   TensorView<const float> x, Scratch::Frame& frame, Context& context) {
  const std::span<const float> inputs = matrix.scales().inputs;
  const float* factors = inputs.empty() ? nullptr : inputs.data();
  for (std::size_t i = 0; i < earlier.size(); ++i) {
    const TiledMatrix& other = *jobs[i].matrix;
    const bool same_rows = earlier[i].x.data() == x.data() && earlier[i].x.shape() == x.shape();
    if (same_rows && other.kernels().rows == matrix.kernels().rows &&
        other.layout().padded_in() == matrix.layout().padded_in() &&
        std::ranges::equal(other.scales().inputs, inputs))
      return jobs[i].x;
  }
  return convert_rows(matrix.kernels().rows, x, matrix.layout(), factors, frame, context.pool);
}

// The number of tiles of a product with one panel.
std::int64_t count_tiles(const Task& task) {
  const std::int64_t max_rows = std::ssize(task.job->matrix->kernels().by_rows);
  return (task.job->product->x.rows() + max_rows - 1) / max_rows;
}

// What a worker does for the next panel while it multiplies with the current one: it transposes the panel, or
// else it prefetches the memory.
struct Beside {
  ByteView memory;
  std::optional<Transposition> transposition = {};
  std::span<const TileKernel> kernels = {};  // those that transpose
  std::int64_t tiles = 0;                    // tiles of the current panel until the transposition is complete
};

Beside beside(const Task& current, const Task& next, float* panel) {
  Beside result{next.memory()};
  if (next.job == nullptr || next.job->ready != nullptr) return result;
  const TransposingKernels& kernels = current.job->matrix->kernels().transposing;
  const bool same_size = next.layout().in() == current.layout().in();
  if (!same_size || current.layout().width(current.index) != PanelLayout::kColumns) return result;
  // A tile of the product moves 8 or 16 elements for each input, of which a panel has 48.
  const bool many = count_tiles(current) >= PanelLayout::kColumns / 8;
  const std::int64_t tiles = PanelLayout::kColumns / (many ? 8 : 16);
  if (kernels.eight.empty() || count_tiles(current) < tiles) return result;
  result.transposition = next.job->rows->transposition(next.index, panel);
  if (!result.transposition) return result;
  result.kernels = many ? kernels.eight : kernels.sixteen;
  result.tiles = tiles;
  return result;
}

// Computes `tile` for all rows: splits them into tiles as evenly as possible, 50 rows into six tiles of 8 or
// 9, not five of 9 and one of 5. `prefetched`: bytes that a tile prefetches.
void multiply_rows(Tile tile, std::int64_t rows, std::int64_t tiles, std::int64_t prefetched,
                   const TileKernels& kernels, const Beside& work) {
  for (std::int64_t transposing = work.tiles; rows > 0; --tiles) {
    const std::int64_t count = (rows + tiles - 1) / tiles;
    const std::span<const TileKernel> by_rows = transposing-- > 0 ? work.kernels : kernels.by_rows;
    by_rows[static_cast<std::size_t>(count - 1)](tile);
    tile.x += count * tile.x_stride;
    tile.y += count * tile.y_stride;
    if (tile.row_scales != nullptr) tile.row_scales += count;
    if (tile.next != nullptr) tile.next += prefetched;
    rows -= count;
  }
}

void multiply(const Task& task, const std::byte* panel, Beside work) {
  constexpr std::int64_t kMaxStep = 128;  // the kernels prefetch two cache lines for each k
  const PanelLayout& layout = task.layout();
  const TileKernels& kernels = task.job->matrix->kernels();
  const PanelScales& scales = task.job->matrix->scales();
  const Product& product = *task.job->product;
  const std::int64_t column = task.index * PanelLayout::kColumns, inputs = layout.padded_in();
  const std::int64_t tiles = count_tiles(task);
  // Prefetches are spread evenly over the whole product: issued all at once, they would queue up.
  const std::int64_t groups = inputs / layout.group();
  const std::int64_t step = std::ssize(work.memory) / std::max<std::int64_t>(1, groups * tiles);
  const bool prefetch = !work.transposition && !work.memory.empty() && step <= kMaxStep;
  const Tile whole{task.job->x.data,
                   product.y.data() + column,
                   panel,
                   product.epilogue.bias == nullptr ? nullptr : product.epilogue.bias + column,
                   inputs,
                   task.job->x.stride,
                   layout.out(),
                   layout.width(task.index),
                   layout.columns(task.index),
                   product.epilogue.activation,
                   product.epilogue.add_to_output,
                   prefetch ? work.memory.data() : nullptr,
                   step,
                   task.job->x.scales,
                   scales.columns.empty() ? nullptr : scales.columns.data() + column,
                   scales.sums.empty() ? nullptr : scales.sums.data() + column,
                   work.transposition ? &*work.transposition : nullptr};
  // The bias is added with the first block, and the activation applied with the last.
  const std::int64_t block = inputs_of_block(kernels, layout);
  for (std::int64_t k = 0; k < inputs; k += block) {
    Tile tile = whole;
    tile.inner = std::min(block, inputs - k);
    tile.x += k * (whole.x_stride / inputs);
    tile.panel += k * whole.panel_columns * size_of(layout.element());
    if (tile.next != nullptr) tile.next += k / layout.group() * tiles * step;
    if (k > 0) {
      tile.bias = nullptr;
      tile.add_to_output = true;
    }
    if (k + block < inputs) tile.activation = Activation::none;
    multiply_rows(tile, product.x.rows(), tiles, tile.inner / layout.group() * step, kernels, work);
  }
}

// The panels of all products, which the workers take one after another.
class Queue {
 public:
  explicit Queue(std::span<const Job> jobs) : jobs_(jobs) {}
  Task take() {
    std::int64_t index = next_.fetch_add(1, std::memory_order_relaxed);
    for (const Job& job : jobs_) {
      if (index < job.matrix->layout().count()) return {&job, index};
      index -= job.matrix->layout().count();
    }
    return {};
  }

 private:
  std::span<const Job> jobs_;
  std::atomic<std::int64_t> next_{0};
};

// Each worker takes its next panel before it multiplies with the current one, so that it can prepare the next
// meanwhile. `panels` has room for both; it is not used for panels that are ready.
void work(Queue& queue, std::array<float*, 2> panels) {
  bool transposed = false;
  for (Task current = queue.take(); current.job != nullptr;) {
    const Task next = queue.take();
    const Job& job = *current.job;
    const std::byte* panel = reinterpret_cast<const std::byte*>(panels[0]);
    if (job.ready != nullptr) {
      panel = job.matrix->panel(job.ready, current.index).data();
    } else if (!transposed) {
      job.rows->fill(current.index, panels[0]);
    }
    const Beside other = beside(current, next, panels[1]);
    multiply(current, panel, other);
    transposed = other.transposition.has_value();
    std::swap(panels[0], panels[1]);
    current = next;
  }
}

void multiply_together(std::span<const Product> products, Context& context) {
  Scratch::Frame frame(context.scratch);
  std::array<Job, kMaxTogether> all;
  const std::span<Job> jobs = std::span(all).first(products.size());
  std::int64_t own_floats = 0;
  for (std::size_t i = 0; i < products.size(); ++i) {
    const auto& matrix = static_cast<const TiledMatrix&>(*products[i].matrix);
    Job& job = jobs[i];
    job.product = &products[i];
    job.matrix = &matrix;
    job.ready = matrix.ready_panels(context);  // sets the scales
    job.x = converted(matrix, products.first(i), jobs, products[i].x, frame, context);
    if (job.ready != nullptr) continue;
    const StoredTensor& weights = matrix.weights();
    job.rows.emplace(weights.dtype, weights.shape, weights.bytes());
    own_floats = std::max(own_floats, matrix.layout().panel_elements());
  }
  const TensorView<float> own = frame.take(Shape{2 * context.pool.size(), own_floats});
  Queue queue(jobs);
  context.pool.run(context.pool.size(), [&](std::int64_t, int worker) {
    work(queue, {own.row(2 * worker).data(), own.row(2 * worker + 1).data()});
  });
  for (const Job& job : jobs) {
    if (job.ready == nullptr) job.matrix->release_rows();
  }
}

}  // namespace

void multiply_tiled(std::span<const Product> products, Context& context) {
  for (; products.size() > kMaxTogether; products = products.subspan(kMaxTogether))
    multiply_together(products.first(kMaxTogether), context);
  multiply_together(products, context);
}

}  // namespace sightline
