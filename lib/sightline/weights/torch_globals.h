#pragma once

#include <optional>
#include <string_view>

#include "sightline/io/pickle.h"
#include "sightline/tensor/dtype.h"

namespace sightline {

/// What a PyTorch checkpoint may do with a global. `is_script`: also the classes of a TorchScript archive,
/// which hold attributes and nothing else.
PickleUse torch_use(std::string_view module, std::string_view name, bool is_script);

/// Element type of a storage class ("torch", "HalfStorage"); nothing for other globals. An untyped storage
/// holds bytes.
std::optional<DType> storage_dtype(std::string_view module, std::string_view name);

}  // namespace sightline
