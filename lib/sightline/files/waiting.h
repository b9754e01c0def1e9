// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sightline {

/// Returns when a read (`to_write` false) or a write on `descriptor` would not have to wait, or would fail.
/// What the check of `set_wait_check` throws goes through.
void wait_until_ready(int descriptor, bool to_write);

}  // namespace sightline
