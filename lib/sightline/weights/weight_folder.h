// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sightline {

/// Finds the weight file of a model folder, or the index of its shards: the file that `transformers_weights`
/// of config.json names, else the first existing one of the usual names in transformers' order, else the only
/// file with a weight file's extension, in any case. Errors: missing, with a hint (an unfinished download, a
/// subfolder with weights); mismatch (several candidates); unsupported (an adapter; only unsupported
/// formats); unsafe (a file outside the folder).
std::string weight_file_of(const std::string& folder);

/// Alternative files of a folder, to be used if `path` does not contain a CLIP (OpenCLIP's names, for timm's
/// repositories, which store an image tower under the usual name).
std::vector<std::string> alternative_weight_files(const std::string& folder, std::string_view path);

}  // namespace sightline
