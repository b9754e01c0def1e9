// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/ops/context.h"
#include "sightline/tensor/stored_tensor.h"

namespace sightline {

/// What follows the product inside a linear layer.
enum class Activation { none, quick_gelu, gelu };

/// Where a product goes: y = f(x W^T + b), or y += x W^T + b.
struct Epilogue {
  const float* bias = nullptr;  ///< [out] or null
  Activation activation = Activation::none;
  bool add_to_output = false;  ///< adds to what y holds (a residual) instead of overwriting it
};

/// One weight matrix [out, in] as its back end wants it. It multiplies itself. const = safe to share.
class PackedMatrix {
 public:
  virtual ~PackedMatrix() = default;
  virtual std::int64_t in_features() const = 0;
  virtual std::int64_t out_features() const = 0;
  /// x [rows, in] -> y [rows, out]. A row's bits depend on that row alone: not on the other rows, on their
  /// number, nor on the number of threads.
  virtual void linear(TensorView<const float> x, TensorView<float> y, const Epilogue& epilogue,
                      Context& context) const = 0;
};

/// A way to multiply. A new one is a new file and a line in gemm_backends.cpp.
class GemmBackend {
 public:
  virtual ~GemmBackend() = default;
  virtual std::string_view name() const = 0;
  /// The name, and what it found on this processor, for people.
  virtual std::string description() const { return std::string(name()); }
  /// Whether this processor can run it.
  virtual bool supported() const = 0;
  /// `weights` [out, in] must outlive the result: a back end may keep using its bytes.
  virtual std::unique_ptr<PackedMatrix> pack(const StoredTensor& weights) const = 0;
};

/// All back ends of this build, best first.
const std::vector<const GemmBackend*>& gemm_backends();
/// By name; "auto" is the first supported one. Errors: usage (unknown name), unsupported (not on this
/// processor).
const GemmBackend& gemm_backend(std::string_view name);

}  // namespace sightline
