// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

/// Records that the running test case, or a part of it, cannot run here, and why; the case then returns. If a
/// program checked nothing else, it exits with status 77, which ctest reports as "Skipped".
void skip(const std::string& reason);

/// Whether this program runs in an emulator, which ignores advice to the kernel and is slow.
bool is_emulated();
