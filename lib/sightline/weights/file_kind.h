// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "sightline/base/bytes.h"

namespace sightline {

/// The bytes by which a file is told.
inline constexpr std::size_t kKindBytes = 512;

/// What a file is that no weight format recognizes. Always throws, with `path`. `head`: its first
/// `kKindBytes` bytes; `size`: of the whole file. Errors: unsupported for a form of other programs (an ONNX
/// graph, a Flax checkpoint, an archive, ...), by its bytes, else by the end of its name; magic for
/// everything else, with what it looks like where that can be seen (a git-lfs pointer, a web page, a text, an
/// image, nothing).
[[noreturn]] void fail_unknown_kind(ByteView head, std::size_t size, const std::string& path);

/// Whether the bytes are another form's that is known by them, or a short text.
bool looks_like_another(ByteView head, std::size_t size);

/// Whether `name` ends in one of the forms of other programs that are known by their names.
bool is_foreign_name(std::string_view name);

/// Whether a name is that of a file that a download has not finished (`model.safetensors.part`).
bool is_partial_name(std::string_view name);

}  // namespace sightline
