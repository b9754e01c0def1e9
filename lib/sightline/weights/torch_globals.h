// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sightline/containers/pickle.h"
#include "sightline/tensor/dtype.h"

namespace sightline {

/// The globals that a PyTorch checkpoint may use: those that `torch.load(weights_only=True)` allows.
/// `is_script`: also the classes of a TorchScript archive, which only store attributes.
PickleUse torch_use(std::string_view module, std::string_view name, bool is_script);

/// What a function builds from its arguments.
enum class TorchRebuild {
  none,             ///< nothing: not a function that rebuilds tensors
  dense,            ///< a tensor from (storage, offset, sizes, strides, ...)
  dense_with_type,  ///< the same with an untyped storage; the seventh argument is the element type
  parameter,        ///< a parameter from a tensor
  wrapped,          ///< an object from (function, class, arguments, state)
  other,            ///< a quantized, sparse, nested or empty tensor, which is not supported
};
TorchRebuild torch_rebuild(std::string_view module, std::string_view name);

/// An element type. 0 bytes: elements of less than a byte, or of a quantized tensor.
struct TorchElement {
  DType dtype = DType::other;
  std::int64_t bytes = 0;
};

/// The element type of a storage class ("torch", "HalfStorage"); nothing for other globals. An untyped
/// storage holds bytes.
std::optional<TorchElement> storage_element(std::string_view module, std::string_view name);
/// The name of the storage class of these elements in the module `torch`; "" if there is none.
std::string_view storage_name(DType dtype);
/// Whether it is ("torch", "QInt8Storage") or one of its relatives.
bool is_quantized_storage(std::string_view module, std::string_view name);
/// The element type named by ("torch", "float8_e4m3fn"); nothing for other globals.
std::optional<TorchElement> torch_element(std::string_view module, std::string_view name);

}  // namespace sightline
