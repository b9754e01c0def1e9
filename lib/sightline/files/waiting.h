// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sightline {

/// Waits until a read (`to_write` false) or a write on `descriptor` can proceed or would fail. Exceptions
/// from the function of `set_wait_check` propagate.
void wait_until_ready(int descriptor, bool to_write);

}  // namespace sightline
