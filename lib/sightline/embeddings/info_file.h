// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sightline/containers/npy.h"
#include "sightline/embeddings/shard.h"
#include "sightline/files/file.h"

namespace sightline {

/// "photos.info.json" for "photos.npy": how the embeddings of an .npy file were computed.
std::string info_path_of(std::string_view npy_path);

/// The kind of input that was embedded.
enum class Modality { image, text };
std::string_view modality_name(Modality modality);

/// The model that computed the embeddings.
struct ModelIdentity {
  std::string name;         ///< for display
  std::string fingerprint;  ///< 32 hexadecimal digits, equal for all copies of a model
  std::string family;       ///< "clip"
};

/// The contents of an info file.
struct EmbeddingsInfo {
  std::string program;  ///< "sightline 0.1.0"
  ModelIdentity model;
  Modality modality = Modality::image;
  std::string preprocess;            ///< a JSON object with every setting that affects the pixels or tokens
  bool normalized = true;            ///< each row was divided by its L2 norm
  std::string dtype;                 ///< "float32" or "float16"
  std::int64_t rows = 0, width = 0;  ///< width of the array
  std::string precision = {};  ///< of the products, and their backend: "float32, auto"; empty in older files
  std::optional<std::int64_t> computation = {};  ///< version of the computation; empty in older files
  // The following are empty in files of older versions.
  std::optional<bool> drop_bad = {};    ///< failed inputs have no row, instead of one of zeros
  std::optional<bool> strict = {};      ///< images with warnings failed; also empty for texts
  std::optional<bool> full_index = {};  ///< the lines of the index are full
  std::string xxh3 = {};                ///< `Hash128` of the bytes of all rows
  std::string index_xxh3 = {};          ///< that of the bytes of the index file
  std::optional<ShardInfo> shard = {};  ///< empty if the array has the rows of all inputs
};

/// Writes an info file; the caller commits it.
void write_info(OutputFile& out, const EmbeddingsInfo& info);

/// Errors: those of `read_file`; header for any malformed content: invalid JSON, another format or version,
/// or a key that is missing or has an invalid type or value. Unknown keys are ignored.
EmbeddingsInfo read_info(const std::string& path);

/// Whether the rows of `array` can be used without normalising them again, because the info file at `path`
/// states that they are normalised. float16 rows cannot: rounding changes their norms, and a cosine could
/// exceed 1. `xxh3` and `index_xxh3` are not compared, because that would read the whole files.
/// Errors: mismatch if the info does not describe the array: another number of rows, width or dtype, more
/// rows than the shard has inputs, or one of three sampled rows has a norm other than 1; those of
/// `NpyFile::read_row`.
bool check_info(const EmbeddingsInfo& info, const std::string& path, const NpyFile& array);

/// Compares the hash of a whole index file with the `index_xxh3` of the info file, which may be empty.
/// Errors: corrupt, with the path of the index.
void check_index_hash(const std::string& index, const std::string& hash, const std::string& stated);

}  // namespace sightline
