// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sightline/containers/pickle.h"
#include "sightline/tensor/dtype.h"

namespace sightline {

/// What a PyTorch checkpoint may do with a global: what `torch.load(weights_only=True)` lets it do.
/// `is_script`: also the classes of a TorchScript archive, which hold attributes and nothing else.
PickleUse torch_use(std::string_view module, std::string_view name, bool is_script);

/// What a global makes of its arguments.
enum class TorchRebuild {
  none,             ///< it makes no tensor
  dense,            ///< a tensor of (storage, offset, sizes, strides, ...)
  dense_with_type,  ///< the same of an untyped storage; its seventh argument is the element type
  parameter,        ///< a parameter of a tensor
  wrapped,          ///< what (function, class, arguments, state) make
  other,            ///< a quantised, sparse, nested or empty tensor, which is not read
};
TorchRebuild torch_rebuild(std::string_view module, std::string_view name);

/// An element of a tensor. 0 bytes: less than one, or of a quantised tensor.
struct TorchElement {
  DType dtype = DType::other;
  std::int64_t bytes = 0;
};

/// Of a storage class ("torch", "HalfStorage"); nothing for other globals. An untyped storage holds bytes.
std::optional<TorchElement> storage_element(std::string_view module, std::string_view name);
/// ("torch", "QInt8Storage") and its relatives.
bool is_quantised_storage(std::string_view module, std::string_view name);
/// Of an element type ("torch", "float8_e4m3fn"); nothing for other globals.
std::optional<TorchElement> torch_element(std::string_view module, std::string_view name);

}  // namespace sightline
