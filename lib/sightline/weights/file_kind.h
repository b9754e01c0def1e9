// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "sightline/base/bytes.h"

namespace sightline {

/// The number of bytes that suffice to identify a file.
inline constexpr std::size_t kKindBytes = 512;

/// Reports what a file is that no weight format recognises. Always throws, with `path`. `head`: its first
/// `kKindBytes` bytes; `size`: size of the whole file. Errors: unsupported for a format of other programs (an
/// ONNX graph, a Flax checkpoint, an archive, ...), identified by its bytes, or else by its file name; magic
/// for everything else, with a description if possible (a Git LFS pointer, a web page, a text, an image, an
/// empty file).
[[noreturn]] void fail_unknown_kind(ByteView head, std::size_t size, const std::string& path);

/// Whether the bytes are another known format, or a short text.
bool is_another_format(ByteView head, std::size_t size);

/// Whether `name` ends in an extension of another program's known format.
bool is_foreign_name(std::string_view name);

/// Whether a name belongs to an unfinished download (`model.safetensors.part`).
bool is_partial_name(std::string_view name);

}  // namespace sightline
