// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "sightline/base/bytes.h"
#include "sightline/weights/packed_plan.h"

namespace sightline {

/// What the header of a packed file says about the whole file.
struct PackedMetadata {
  const PackedPrecision* precision = nullptr;
  std::string program;             ///< the program that wrote the file: "sightline 0.2.0"
  std::string source;              ///< name of the packed model: a preset, org/name, or a file name
  std::string model_fingerprint;   ///< `model_fingerprint` of that model
  std::string values_fingerprint;  ///< `values_fingerprint` of the weights in this file
  double cosine = 1;               ///< of a quantized file: the lowest one of its self-check
};

/// The object `__metadata__` of a container with this metadata.
std::string packed_metadata_json(const PackedMetadata& metadata);
/// Checks the version of the format. Errors: unsupported for another one; header if it is missing.
void check_packed_version(const std::map<std::string, std::string>& metadata);
/// Reads the rest. Errors: unsupported for another layout or precision; header for a key that is missing or
/// malformed; range for a cosine outside [-1, 1].
PackedMetadata read_packed_metadata(const std::map<std::string, std::string>& metadata);

/// The number of bytes that suffice for `is_packed_model`.
inline constexpr std::size_t kPackedHeadBytes = 64;
/// Whether a file that starts with these bytes is a packed model, of any version.
bool is_packed_model(ByteView head);
/// Whether the file at `path` is a packed model, by its content or, if that is damaged, by its name. False
/// for a folder, and for a file that cannot be read.
bool is_packed_model(const std::string& path);

/// What a packed file that may be damaged was made from and in which precision; "" for what cannot be read.
struct PackedOrigin {
  std::string source, precision;
};
/// Throws no Error.
PackedOrigin origin_of_packed_model(const std::string& path);

}  // namespace sightline
