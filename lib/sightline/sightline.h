// SPDX-License-Identifier: Apache-2.0
#pragma once

#if __cplusplus < 202002L
#error "sightline needs C++20; compile with -std=c++20"
#endif

/// The engine of the library: models, images and texts to embeddings. docs/library.md shows its use.

#include "sightline/base/error.h"
#include "sightline/base/library_version.h"
#include "sightline/model/clip_inputs.h"
#include "sightline/model/clip_model.h"
#include "sightline/model/data_folder.h"
#include "sightline/model/token_batch.h"
#include "sightline/tensor/dtype.h"
#include "sightline/tensor/shape.h"
#include "sightline/tensor/tensor.h"

/// Where this header is, for a compiler whose __FILE__ is not absolute (ccache with a base folder). The CMake
/// package defines it.
#ifndef SIGHTLINE_HEADER
#define SIGHTLINE_HEADER __FILE__
#endif

namespace sightline::detail {

/// The data of the installation that a program is compiled against are found from its headers, wherever the
/// program itself is.
inline const bool installation_registered = register_installation(SIGHTLINE_HEADER);

}  // namespace sightline::detail
