// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace sightline {

/// Waits until a read (`to_write` false) or a write on `descriptor` can proceed or would fail. Exceptions
/// from the function of `set_wait_check` propagate.
void wait_until_ready(int descriptor, bool to_write);
/// Waits for up to `patience` until a read on `descriptor` can proceed or would fail, and returns whether
/// that is so. Exceptions as above.
bool wait_until_readable(int descriptor, std::chrono::milliseconds patience);

/// Calls the function of `set_wait_check`, if any. Code that reads large inputs without waiting for them
/// calls it, so that it can be interrupted. Exceptions from the function propagate.
void call_wait_check();

}  // namespace sightline
