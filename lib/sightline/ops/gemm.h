// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/ops/context.h"
#include "sightline/tensor/stored_tensor.h"

namespace sightline {

/// The activation applied to the product inside a linear layer.
enum class Activation { none, quick_gelu, gelu, gelu_tanh };

/// The output of a product: y = f(x W^T + b), or y += x W^T + b.
struct Epilogue {
  const float* bias = nullptr;  ///< [out] or null
  Activation activation = Activation::none;
  bool add_to_output = false;  ///< adds to y (a residual) instead of overwriting it
};

struct Product;

/// A weight matrix [out, in] in the layout of its backend. const = safe to share.
class PackedMatrix {
 public:
  virtual ~PackedMatrix() = default;
  virtual std::int64_t in_features() const = 0;
  virtual std::int64_t out_features() const = 0;
  /// x [rows, in] -> y [rows, out]. The bits of a row depend on that row alone: not on the other rows, their
  /// number, or the number of threads.
  virtual void linear(TensorView<const float> x, TensorView<float> y, const Epilogue& epilogue,
                      Context& context) const = 0;

 protected:
  friend void linear(std::span<const Product> products, Context& context);
  /// Computes products of this matrix and others of the same backend, one after another unless the backend
  /// can compute them together.
  virtual void linear_all(std::span<const Product> products, Context& context) const;
};

/// One of several products: y = f(x W^T + b). Shapes: as PackedMatrix::linear.
struct Product {
  const PackedMatrix* matrix;
  TensorView<const float> x;
  TensorView<float> y;
  Epilogue epilogue;
};

/// Computes products that do not depend on each other, all by matrices of one backend. The threads share them
/// as one task, so none waits between them. The bits are those of single products.
void linear(std::span<const Product> products, Context& context);

/// A matrix-multiplication backend. To add one, write a new file and list it in gemm_backends.cpp.
class GemmBackend {
 public:
  virtual ~GemmBackend() = default;
  virtual std::string_view name() const = 0;
  /// A description for people: the name and the kernels chosen for this processor.
  virtual std::string description() const { return std::string(name()); }
  /// Whether this processor supports the backend.
  virtual bool supported() const = 0;
  /// `weights` [out, in] must outlive the result, because a backend may keep using them.
  virtual std::unique_ptr<PackedMatrix> pack(const StoredTensor& weights) const = 0;
};

/// All backends of this build, in order of preference.
const std::vector<const GemmBackend*>& gemm_backends();
/// Finds a backend by name; "auto" is the first supported one. Errors: range for an unknown name, unsupported
/// if it cannot run on this processor.
const GemmBackend& gemm_backend(std::string_view name);

}  // namespace sightline
