// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sightline/containers/npy.h"
#include "sightline/files/file.h"

namespace sightline {

/// "photos.info.json" for "photos.npy": how the embeddings of an .npy file were made.
std::string info_path_of(std::string_view npy_path);

/// What embeddings are of.
enum class Modality { image, text };
std::string_view modality_name(Modality modality);

/// The model that made them.
struct ModelIdentity {
  std::string name;         ///< for people
  std::string fingerprint;  ///< 32 hexadecimal digits; equal for every copy of one model
  std::string family;       ///< "clip"
};

/// What an info file says.
struct EmbeddingsInfo {
  std::string program;  ///< "sightline 0.1.0"
  ModelIdentity model;
  Modality modality = Modality::image;
  std::string preprocess;            ///< a JSON object: all that decides the pixels or ids. Not read back
  bool normalized = true;            ///< each row was divided by its L2 norm
  std::string dtype;                 ///< "float32" or "float16"
  std::int64_t rows = 0, width = 0;  ///< of the array
};

/// Writes an info file; the caller commits it.
void write_info(OutputFile& out, const EmbeddingsInfo& info);

/// Errors: those of `read_file`; header for whatever is wrong in it: no JSON, another format or version, a
/// key that is missing, of another type or with a value that cannot be. Keys that it does not know are passed
/// over.
EmbeddingsInfo read_info(const std::string& path);

/// Whether the rows of `array` can be used as they are, because the info file at `path` says that they are
/// normalised. float16 rows cannot: rounding moved their norms, and a cosine would be above 1. Errors:
/// mismatch when the info does not describe the array: its rows, width or dtype, or one of three rows that
/// are looked at and have another norm than 1; those of `NpyFile::read_row`.
bool check_info(const EmbeddingsInfo& info, const std::string& path, const NpyFile& array);

}  // namespace sightline
