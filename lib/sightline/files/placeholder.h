// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"

namespace sightline {

/// Detects placeholders that are downloaded instead of the real file: Git LFS pointers, HTML pages and short
/// server responses. Returns a description and a remedy, or "" for any other content. `bytes` is the file or
/// its first 512 bytes.
std::string placeholder_problem(ByteView bytes);

/// Errors: magic, with `subject`, if the bytes are a placeholder.
void check_not_placeholder(ByteView bytes, std::string_view subject);

/// Reads a small file of a model folder (configuration, vocabulary, index) completely. Errors: those of
/// `read_file`; magic for a placeholder.
std::vector<std::byte> read_model_file(const std::string& path, std::int64_t max_bytes);

}  // namespace sightline
