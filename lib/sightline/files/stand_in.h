// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/bytes.h"

namespace sightline {

/// What a file is that stands in another's place, and what to do, as the end of a sentence: a git-lfs
/// pointer, a web page, the answer of a server that has not the file. "" for everything else. `bytes`: the
/// file, or its first 512 bytes.
std::string stand_in(ByteView bytes);

/// Errors: magic, with `subject`, when the bytes are a stand-in.
void check_no_stand_in(ByteView bytes, std::string_view subject);

/// A small file of a model folder (configs, vocabularies, indexes), whole. Errors: those of `read_file`;
/// magic for a stand-in.
std::vector<std::byte> read_model_file(const std::string& path, std::int64_t max_bytes);

}  // namespace sightline
