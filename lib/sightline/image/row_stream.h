// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "sightline/base/bytes.h"
#include "sightline/base/function_ref.h"
#include "sightline/image/codec.h"

namespace sightline {

/// Receives `count` decoded rows, row i at `rows + i * stride`, as `Resampler::push` expects them.
using RowSink = FunctionRef<void(const std::uint8_t* rows, std::size_t stride, int count)>;

/// Decodes all rows, from top to bottom. Also those that are not needed, so that a file that is truncated or
/// damaged below a crop is rejected like any other. Errors: those of `RowReader`.
void stream_rows(RowReader& reader, RowSink sink);

/// Errors: limit if the file of an image exceeds `limits`.
void check_file_size(ByteView file, const ImageLimits& limits);

}  // namespace sightline
