// SPDX-License-Identifier: Apache-2.0
#include "sightline/ops/gemm.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "sightline/ops/gemm_precision.h"
#include "sightline/ops/gemm_tile.h"
#include "sightline/ops/int8_panels.h"
#include "sightline/ops/weight_panels.h"
#include "sightline/tensor/dtype_conversion.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/random_values.h"

using namespace sightline;
using sightline::testing::error_of;

namespace {

struct Sizes {
  std::int64_t rows, columns, inner;
};

// A backend, or the kernels of one instruction set of the native backend, if this processor supports it.
struct Multiplier {
  std::string name;
  std::function<std::unique_ptr<PackedMatrix>(const StoredTensor&)> pack;
  DType element = DType::f32;
};

bool usable(const TileKernels& kernels) { return !kernels.needed || usable_features().has(*kernels.needed); }

std::vector<Multiplier> kernel_multipliers() {
  std::vector<Multiplier> all;
  for (const TileKernels& kernels : tile_kernels()) {
    if (!usable(kernels)) continue;
    all.push_back({kernels.name + std::string(" ") + std::string(dtype_name(kernels.element)),
                   [&](const StoredTensor& weights) { return make_tiled_matrix(weights, kernels); },
                   kernels.element});
  }
  return all;
}

std::vector<Multiplier> multipliers() {
  std::vector<Multiplier> all;
  for (const GemmBackend* backend : gemm_backends()) {
    if (!backend->supported()) continue;
    all.push_back({std::string(backend->name()),
                   [=](const StoredTensor& weights) { return backend->pack(weights); }, DType::f32});
  }
  for (const Multiplier& kernels : kernel_multipliers()) {
    if (kernels.element == DType::f32) all.push_back(kernels);
  }
  return all;
}

StoredTensor stored(const std::vector<float>& values, Shape shape) {
  return {DType::f32, shape, std::as_bytes(std::span(values))};
}

double activate(double x, Activation activation) {
  if (activation == Activation::quick_gelu) return x / (1 + std::exp(-1.702 * x));
  if (activation == Activation::gelu) return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
  if (activation == Activation::gelu_tanh)
    return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
  return x;
}

std::vector<float> run(const PackedMatrix& matrix, const std::vector<float>& x, std::int64_t rows,
                       int threads, const Epilogue& epilogue, const std::vector<float>& start) {
  std::vector<float> y = start;
  ThreadPool pool(threads);
  Scratch scratch;
  Context context{pool, scratch};
  matrix.linear({x.data(), Shape{rows, matrix.in_features()}}, {y.data(), Shape{rows, matrix.out_features()}},
                epilogue, context);
  return y;
}

}  // namespace

TEST_CASE("gemm: every backend matches a double-precision product within its rounding bound",
          "[ops][property]") {
  const Multiplier backend = GENERATE(from_range(multipliers()));
  const Sizes shape = GENERATE(Sizes{1, 1, 1}, Sizes{1, 32, 64}, Sizes{2, 33, 17}, Sizes{3, 31, 8},
                               Sizes{7, 5, 129}, Sizes{12, 64, 32}, Sizes{13, 40, 300}, Sizes{25, 100, 257},
                               Sizes{50, 130, 512}, Sizes{9, 256, 1024}, Sizes{6, 24, 2048},
                               Sizes{27, 144, 96}, Sizes{10, 15, 33}, Sizes{19, 49, 70});
  const Activation activation =
      GENERATE(Activation::none, Activation::quick_gelu, Activation::gelu, Activation::gelu_tanh);
  const bool add = GENERATE(false, true);
  if (add && activation != Activation::none) return;
  const auto [rows, columns, inner] = shape;
  const std::vector<float> x = random_values(rows * inner, 1), w = random_values(columns * inner, 2);
  const std::vector<float> bias = random_values(columns, 3), start = random_values(rows * columns, 4);
  const auto matrix = backend.pack(stored(w, Shape{columns, inner}));
  const std::vector<float> y =
      run(*matrix, x, rows, 2, {.bias = bias.data(), .activation = activation, .add_to_output = add}, start);
  double worst = 0;
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) {
      double sum = 0, size = 0;
      for (std::int64_t k = 0; k < inner; ++k) {
        const double term = static_cast<double>(x[static_cast<std::size_t>(i * inner + k)]) *
                            static_cast<double>(w[static_cast<std::size_t>(j * inner + k)]);
        sum += term;
        size += std::abs(term);
      }
      const auto at = static_cast<std::size_t>(i * columns + j);
      const double b = static_cast<double>(bias[static_cast<std::size_t>(j)]);
      const double expected = activate(sum + b, activation) + (add ? static_cast<double>(start[at]) : 0.0);
      // Higham 2002, 3.5: |error| <= n u sum |x w|; the epilogue adds a few roundings, activations have slope
      // <= 1.13.
      const double bound = (static_cast<double>(inner) + 8) * 0x1p-24 * (size + std::abs(b) + 1) * 1.2;
      worst = std::max(worst, std::abs(static_cast<double>(y[at]) - expected) / bound);
    }
  }
  INFO(backend.name << " " << rows << "x" << columns << "x" << inner);
  CHECK(worst <= 1);
}

TEST_CASE("gemm: a row's bits depend on that row alone", "[ops][property]") {
  std::vector<Multiplier> all = multipliers();
  for (const Multiplier& kernels : kernel_multipliers()) all.push_back(kernels);
  const Multiplier backend = GENERATE_REF(from_range(all));
  const Sizes shape = GENERATE(Sizes{61, 32, 32}, Sizes{61, 100, 64}, Sizes{61, 700, 192},
                               Sizes{61, 256, 768}, Sizes{61, 48, 12});
  const auto [rows, columns, inner] = shape;
  const std::vector<float> x = random_values(rows * inner, 5), w = random_values(columns * inner, 6);
  const auto matrix = backend.pack(stored(w, Shape{columns, inner}));
  const std::vector<float> zero(static_cast<std::size_t>(rows * columns));
  const Epilogue epilogue{.activation = Activation::quick_gelu};
  const std::vector<float> whole = run(*matrix, x, rows, 2, epilogue, zero);
  for (const std::int64_t count : {1, 2, 3, 5, 8, 13, 50}) {
    for (const std::int64_t first : {0, 1, 7, 11}) {
      const std::vector<float> part(x.begin() + first * inner, x.begin() + (first + count) * inner);
      const std::vector<float> start(static_cast<std::size_t>(count * columns));
      const std::vector<float> y = run(*matrix, part, count, count % 2 == 0 ? 2 : 1, epilogue, start);
      INFO(backend.name << " " << columns << "x" << inner << " rows " << first << "+" << count);
      CHECK(std::memcmp(y.data(), whole.data() + first * columns, y.size() * sizeof(float)) == 0);
    }
  }
}

TEST_CASE("gemm: half-precision weights give the same bits as their float values", "[ops]") {
  const Multiplier backend = GENERATE(from_range(multipliers()));
  const DType dtype = GENERATE(DType::f16, DType::bf16);
  const std::int64_t rows = 5, columns = 70, inner = 300;
  const std::vector<float> x = random_values(rows * inner, 7), exact = random_values(columns * inner, 8);
  std::vector<std::uint16_t> half(exact.size());
  std::vector<float> rounded(exact.size());
  for (std::size_t i = 0; i < exact.size(); ++i) {
    half[i] = dtype == DType::f16 ? float_to_f16(exact[i]) : float_to_bf16(exact[i]);
    rounded[i] = dtype == DType::f16 ? f16_to_float(half[i]) : bf16_to_float(half[i]);
  }
  const std::vector<float> start(static_cast<std::size_t>(rows * columns));
  const auto from_half = backend.pack({dtype, Shape{columns, inner}, std::as_bytes(std::span(half))});
  const auto from_float = backend.pack(stored(rounded, Shape{columns, inner}));
  CHECK(run(*from_half, x, rows, 2, {}, start) == run(*from_float, x, rows, 1, {}, start));
}

TEST_CASE("gemm: the first product, later ones and deferred weights give the same bits", "[ops]") {
  const Multiplier backend = GENERATE(from_range(multipliers()));
  const std::int64_t rows = 20, columns = GENERATE(16, 48, 70, 112), inner = 270;
  const std::vector<float> x = random_values(rows * inner, 9), w = random_values(columns * inner, 10);
  const std::vector<float> start(static_cast<std::size_t>(rows * columns));
  const Shape shape{columns, inner};
  const auto matrix = backend.pack(stored(w, shape));
  const auto deferred = backend.pack(StoredTensor::deferred(
      DType::f32, shape, [&](std::span<std::byte> out) { std::memcpy(out.data(), w.data(), out.size()); }));
  const std::vector<float> first = run(*matrix, x, rows, 1, {}, start);
  INFO(backend.name << " " << columns);
  // Weights are kept as panels from some use on.
  for (int use = 2; use <= 7; ++use) CHECK(run(*matrix, x, rows, 1 + use % 2, {}, start) == first);
  CHECK(run(*deferred, x, rows, 2, {}, start) == first);
  CHECK(run(*deferred, x, rows, 1, {}, start) == first);
}

TEST_CASE("gemm: a product with warm scratch memory allocates nothing", "[ops]") {
  const Multiplier backend = GENERATE(from_range(multipliers()));
  const std::vector<float> x = random_values(40 * 64, 1), w = random_values(96 * 64, 2);
  std::vector<float> y(40 * 96);
  const auto matrix = backend.pack(stored(w, Shape{96, 64}));
  ThreadPool pool(2);
  Scratch scratch;
  Context context{pool, scratch};
  const auto once = [&] {
    matrix->linear({x.data(), Shape{40, 64}}, {y.data(), Shape{40, 96}}, {}, context);
  };
  once();
  const std::int64_t capacity = scratch.capacity();
  once();
  CHECK(scratch.capacity() == capacity);
}

TEST_CASE("gemm: backends are selected by name", "[ops][error]") {
  CHECK(gemm_backend("reference").name() == "reference");
  CHECK(gemm_backend("auto").supported());
  CHECK_THROWS_WITH(gemm_backend("mkl"), Contains("native") && Contains("reference"));
}

TEST_CASE("gemm: auto is the native backend wherever that has float32 kernels", "[ops]") {
  const bool has_kernels = best_tile_kernels(DType::f32) != nullptr;
  CHECK((gemm_backend("auto").name() == "native") == has_kernels);
#if defined(__aarch64__)
  CHECK(has_kernels);  // the baseline has NEON
#endif
}

TEST_CASE("gemm: panels of every element type and all kernels give the same bits", "[ops][property]") {
  const DType type = GENERATE(DType::f32, DType::f16, DType::bf16);
  const Sizes shape = GENERATE(Sizes{1, 1, 1}, Sizes{3, 33, 17}, Sizes{50, 100, 257}, Sizes{13, 48, 96},
                               Sizes{20, 144, 7}, Sizes{9, 16, 770});
  const Activation activation =
      GENERATE(Activation::none, Activation::quick_gelu, Activation::gelu, Activation::gelu_tanh);
  const auto [rows, columns, inner] = shape;
  std::vector<float> x = random_values(rows * inner, 1);
  const std::vector<float> w = random_values(columns * inner, 2);
  // Kernels of bfloat16 round x.
  for (float& value : x) value = type == DType::bf16 ? bf16_to_float(float_to_bf16(value)) : value;
  const std::vector<float> bias = random_values(columns, 3), zero(static_cast<std::size_t>(rows * columns));
  const Epilogue epilogue{.bias = bias.data(), .activation = activation};
  const PanelLayout layout(type, columns, inner);
  std::vector<std::byte> panels(static_cast<std::size_t>(layout.byte_size()));
  rows_to_panels(stored(w, Shape{columns, inner}), layout, panels);
  const StoredTensor weights = StoredTensor::from_panels(type, Shape{columns, inner}, panels);
  const Tensor rounded = to_float(weights);
  std::vector<float> expected;
  for (const TileKernels& kernels : tile_kernels()) {
    if (!usable(kernels) || (kernels.element != type && kernels.element != DType::f32)) continue;
    if (kernels.rows == RowForm::bfloats) continue;  // not float32 arithmetic
    const bool in_place = kernels.element == type;
    const auto matrix = make_tiled_matrix(
        in_place ? weights : StoredTensor(DType::f32, rounded.shape(), rounded.bytes()), kernels);
    const std::vector<float> y = run(*matrix, x, rows, 2, epilogue, zero);
    if (expected.empty()) expected = y;
    INFO(kernels.name << " " << dtype_name(kernels.element));
    CHECK(std::memcmp(y.data(), expected.data(), y.size() * sizeof(float)) == 0);
  }
  // The other backends turn the panels back into rows.
  for (const GemmBackend* backend : gemm_backends()) {
    if (!backend->supported()) continue;
    const std::vector<float> y = run(*backend->pack(weights), x, rows, 2, epilogue, zero);
    for (std::size_t i = 0; i < y.size() && !expected.empty(); ++i)
      REQUIRE(std::abs(y[i] - expected[i]) <= 1e-4F * (1 + std::abs(expected[i])));
  }
}

TEST_CASE("gemm: kernels give the same bits from rows and from panels", "[ops]") {
  const std::int64_t rows = 11, columns = 70, inner = 203;
  const std::vector<float> x = random_values(rows * inner, 1), w = random_values(columns * inner, 2);
  const std::vector<float> zero(static_cast<std::size_t>(rows * columns));
  for (const TileKernels& kernels : tile_kernels()) {
    if (!usable(kernels) || kernels.element == DType::i8) continue;
    const PanelLayout layout(kernels.element, columns, inner);
    std::vector<std::byte> panels(static_cast<std::size_t>(layout.byte_size()));
    rows_to_panels(stored(w, Shape{columns, inner}), layout, panels);
    const auto from_panels =
        make_tiled_matrix(StoredTensor::from_panels(kernels.element, Shape{columns, inner}, panels), kernels);
    const auto from_rows = make_tiled_matrix(stored(w, Shape{columns, inner}), kernels);
    INFO(kernels.name << " " << dtype_name(kernels.element));
    CHECK(run(*from_rows, x, rows, 2, {}, zero) == run(*from_panels, x, rows, 1, {}, zero));
  }
}

TEST_CASE("gemm: bfloat16 multiplies rounded operands", "[ops][property]") {
  const Sizes shape =
      GENERATE(Sizes{1, 1, 1}, Sizes{3, 33, 17}, Sizes{50, 100, 257}, Sizes{20, 144, 7}, Sizes{9, 48, 770});
  const auto [rows, columns, inner] = shape;
  const std::vector<float> x = random_values(rows * inner, 1), w = random_values(columns * inner, 2);
  const std::vector<float> zero(static_cast<std::size_t>(rows * columns));
  const auto half = [](float value) { return double{bf16_to_float(float_to_bf16(value))}; };
  std::vector<Multiplier> all = {{"reference", [](const StoredTensor& weights) {
                                    return gemm_backend("reference", DType::bf16).pack(weights);
                                  }}};
  for (const Multiplier& kernels : kernel_multipliers()) {
    if (kernels.element == DType::bf16) all.push_back(kernels);
  }
  for (const Multiplier& kernels : all) {
    const std::vector<float> y = run(*kernels.pack(stored(w, Shape{columns, inner})), x, rows, 2, {}, zero);
    double worst = 0;
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t j = 0; j < columns; ++j) {
        double sum = 0, size = 0;
        for (std::int64_t k = 0; k < inner; ++k) {
          const double term = half(x[static_cast<std::size_t>(i * inner + k)]) *
                              half(w[static_cast<std::size_t>(j * inner + k)]);
          sum += term;
          size += std::abs(term);
        }
        const double bound = (static_cast<double>(inner) + 2) * 0x1p-23 * (size + 0x1p-100);
        const double error = std::abs(double{y[static_cast<std::size_t>(i * columns + j)]} - sum);
        worst = std::max(worst, error / bound);
      }
    }
    INFO(kernels.name << " " << rows << "x" << columns << "x" << inner);
    CHECK(worst <= 1);
  }
}

TEST_CASE("gemm: many inputs are summed in blocks, with the same bits from rows, panels and all kernels",
          "[ops][property]") {
  const DType type = GENERATE(DType::f32, DType::f16, DType::bf16);
  const Activation activation = GENERATE(Activation::none, Activation::gelu);
  const std::int64_t rows = 50, columns = 96, inner = 9232;  // 9 blocks and a part of one
  std::vector<float> x = random_values(rows * inner, 1), w = random_values(columns * inner, 2);
  // Values that every type represents.
  for (float& value : x) value = bf16_to_float(float_to_bf16(value));
  for (float& value : w) value = bf16_to_float(float_to_bf16(value));
  const std::vector<float> bias = random_values(columns, 3), start = random_values(rows * columns, 4);
  const Epilogue epilogue{
      .bias = bias.data(), .activation = activation, .add_to_output = activation == Activation::none};
  const std::vector<float> exact =
      run(*gemm_backend("reference").pack(stored(w, Shape{columns, inner})), x, rows, 2, epilogue, start);
  std::vector<float> expected;
  for (const TileKernels& kernels : tile_kernels()) {
    if (!usable(kernels) || kernels.element != type) continue;
    const auto matrix = make_tiled_matrix(stored(w, Shape{columns, inner}), kernels);
    const std::vector<float> first = run(*matrix, x, rows, 1, epilogue, start);
    if (kernels.rows != RowForm::bfloats) {  // float32 arithmetic
      if (expected.empty()) expected = first;
      INFO(kernels.name << " " << dtype_name(type));
      CHECK(std::memcmp(first.data(), expected.data(), first.size() * sizeof(float)) == 0);
    }
    for (int use = 2; use <= 6; ++use) CHECK(run(*matrix, x, rows, 2, epilogue, start) == first);
    const std::vector<float> last(x.end() - inner, x.end());
    const std::vector<float> start_of_last(start.end() - columns, start.end());
    const std::vector<float> row = run(*matrix, last, 1, 1, epilogue, start_of_last);
    CHECK(std::memcmp(row.data(), first.data() + (rows - 1) * columns, row.size() * sizeof(float)) == 0);
    double squares = 0;
    for (std::size_t i = 0; i < first.size(); ++i)
      squares += std::pow(double{first[i]} - double{exact[i]}, 2);
    // In units of the typical size of a sum: a single chain is off by at least 8e-7.
    CHECK(std::sqrt(squares / static_cast<double>(std::ssize(first) * inner)) <= 4e-7);
  }
}

TEST_CASE("gemm: a precision is that of the option, else that of the panels", "[ops]") {
  const std::int64_t rows = 7, columns = 50, inner = 90;
  const std::vector<float> x = random_values(rows * inner, 1), w = random_values(columns * inner, 2);
  const std::vector<float> zero(static_cast<std::size_t>(rows * columns));
  const StoredTensor weights = stored(w, Shape{columns, inner});
  const auto product = [&](std::string_view backend, std::optional<DType> precision, const StoredTensor& of) {
    return run(*gemm_backend(backend, precision).pack(of), x, rows, 2, {}, zero);
  };
  for (const GemmBackend* backend : gemm_backends()) {
    if (!backend->supported()) continue;
    const std::string_view name = backend->name();
    INFO(name);
    CHECK(product(name, {}, weights) == run(*backend->pack(weights), x, rows, 2, {}, zero));
    CHECK(product(name, DType::f32, weights) == product(name, {}, weights));
    for (const DType type : {DType::f16, DType::bf16}) {
      const PanelLayout layout(type, columns, inner);
      std::vector<std::byte> panels(static_cast<std::size_t>(layout.byte_size()));
      rows_to_panels(weights, layout, panels);
      const StoredTensor packed = StoredTensor::from_panels(type, Shape{columns, inner}, panels);
      INFO(dtype_name(type));
      CHECK(product(name, type, weights) == product(name, {}, packed));
      CHECK(product(name, type, weights) != product(name, {}, weights));
    }
    const Int8Panels quantized = quantize_panels(weights);
    CHECK(product(name, DType::i8, weights) == product("reference", {}, quantized.stored(weights.shape)));
  }
  CHECK(error_of([&] { gemm_backend("auto", DType::f64); }).code == "TYPE");
}

TEST_CASE("gemm: products computed together have the bits of single products", "[ops]") {
  const Multiplier backend = GENERATE(from_range(multipliers()));
  const std::int64_t inner = 96;
  const std::vector<float> x = random_values(20 * inner, 1), few = random_values(3 * inner, 2);
  const std::vector<float> w = random_values(130 * inner, 3), bias = random_values(130, 4);
  struct Case {
    std::int64_t columns;
    const std::vector<float>* x;
    std::int64_t rows;
    Epilogue epilogue;
  };
  // Six products: more than the native backend computes at a time.
  const std::vector<Case> cases = {{130, &x, 20, {.bias = bias.data()}},
                                   {48, &few, 3, {}},
                                   {16, &x, 20, {.activation = Activation::gelu}},
                                   {100, &x, 20, {}},
                                   {1, &few, 3, {.bias = bias.data()}},
                                   {97, &x, 20, {}}};
  ThreadPool pool(3);
  Scratch scratch;
  Context context{pool, scratch};
  for (int pass = 0; pass < 3; ++pass) {  // panels made on demand, panels kept, panels ready
    std::vector<std::unique_ptr<PackedMatrix>> matrices;
    std::vector<std::vector<float>> outputs, expected;
    std::vector<Product> products;
    for (const Case& c : cases) {
      matrices.push_back(backend.pack(stored(w, Shape{c.columns, inner})));
      for (int use = 0; use < pass; ++use)
        run(*matrices.back(), *c.x, c.rows, 1, {},
            std::vector<float>(static_cast<std::size_t>(c.rows * c.columns)));
      const std::vector<float> zero(static_cast<std::size_t>(c.rows * c.columns));
      expected.push_back(
          run(*backend.pack(stored(w, Shape{c.columns, inner})), *c.x, c.rows, 1, c.epilogue, zero));
      outputs.push_back(zero);
    }
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const Case& c = cases[i];
      products.push_back({matrices[i].get(),
                          {c.x->data(), Shape{c.rows, inner}},
                          {outputs[i].data(), Shape{c.rows, c.columns}},
                          c.epilogue});
    }
    linear(products, context);
    CHECK(outputs == expected);
  }
  linear({}, context);
}
