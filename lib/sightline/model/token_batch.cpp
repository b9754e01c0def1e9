// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/token_batch.h"

#include <string>

#include "sightline/base/error.h"

namespace sightline {

void TokenBatch::fail_index(std::int64_t index) const {
  fail(ErrorCode::range, "token batch",
       "has no text " + std::to_string(index) + ", its size is " + std::to_string(size()));
}

}  // namespace sightline
