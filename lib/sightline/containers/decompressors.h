// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "sightline/containers/byte_stream.h"

namespace sightline {

/// Decompress the members or frames of `source`; see `decompress`. Errors: as there.
std::unique_ptr<ByteStream> make_gzip_stream(std::unique_ptr<BufferedStream> source,
                                             std::string_view subject);
std::unique_ptr<ByteStream> make_zstd_stream(std::unique_ptr<BufferedStream> source,
                                             std::string_view subject);

}  // namespace sightline
