// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

/// Says that the running test case, or a part of it, cannot be checked here, and why; the case returns after
/// it. A program whose cases checked nothing else ends with status 77, which ctest shows as "Skipped".
void skip(const std::string& reason);

/// Whether an emulator runs this program: it ignores advice to the kernel, and is slow.
bool is_emulated();
