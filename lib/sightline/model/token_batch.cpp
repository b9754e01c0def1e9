// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/token_batch.h"

#include <string>

#include "sightline/base/error.h"

namespace sightline {

void TokenBatch::fail_index(std::int64_t index) const {
  fail(ErrorCode::range, "texts",
       "have no number " + std::to_string(index) + ", there are " + std::to_string(size()));
}

}  // namespace sightline
