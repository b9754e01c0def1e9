// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sightline::keras {

/// Which positions of a sequence a position sees: all, or itself and those before it.
enum class Mask { none, causal };

}  // namespace sightline::keras
