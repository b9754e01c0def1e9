// SPDX-License-Identifier: Apache-2.0
#include "sightline/image/row_stream.h"

#include <algorithm>
#include <string>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/image/resampler.h"

namespace sightline {

void stream_rows(RowReader& reader, RowSink sink) {
  const ImageInfo& info = reader.info();
  const std::size_t stride =
      static_cast<std::size_t>(info.width) * static_cast<std::size_t>(channels_of(info.format)) + kRowPadding;
  std::vector<std::uint8_t> decoded(stride * Resampler::kBatch);
  for (std::int32_t y = 0; y < info.height; y += Resampler::kBatch) {
    const int count = std::min<std::int32_t>(Resampler::kBatch, info.height - y);
    reader.read(decoded.data(), stride, count);
    sink(decoded.data(), stride, count);
  }
  reader.finish();
}

void check_file_size(ByteView file, const ImageLimits& limits) {
  if (static_cast<std::int64_t>(file.size()) > limits.max_bytes) {
    fail(ErrorCode::limit, "image",
         "has " + std::to_string(file.size()) + " bytes, expected at most " +
             std::to_string(limits.max_bytes));
  }
}

}  // namespace sightline
