// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sightline::keras {

/// Keras's rule: "MLPBlock" -> "mlp_block", "QuickGELU" -> "quick_gelu"; what is neither a letter, a digit
/// nor
/// '_' is dropped. Source: keras/src/utils/naming.py, `to_snake_case`.
std::string snake_case(std::string_view class_name);

/// `given`, when there is one; else the class's name in snake case, with a number from the second of the
/// process on. Errors: range, for a name (or, of the class, a rest) that is empty or has a '/'; `kind` says
/// in the message what it names. Thread-safety: may be called from any thread.
std::string checked_or_numbered_name(const std::optional<std::string>& given, std::string_view class_name,
                                     std::string_view kind);
/// Errors: range, as above.
void check_name(std::string_view name, std::string_view kind);

}  // namespace sightline::keras
