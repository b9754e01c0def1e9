// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sightline {

/// The weight file of a model folder, or the index of its shards: what `transformers_weights` of config.json
/// names, else the first that is there of the names under which publishers keep them, as transformers does,
/// else the only file that ends like a weight file, in whatever case. Errors: missing, with what is there
/// instead (a download that has not finished, a folder inside that holds weights); mismatch (several files
/// that could be meant); unsupported (an adapter; only forms of other programs); unsafe (a file outside the
/// folder).
std::string weight_file_of(const std::string& folder);

/// The files of a folder that stand in the place of `path` where that holds no CLIP (OpenCLIP's names, for
/// timm's repositories, which hold an image tower under the usual name).
std::vector<std::string> other_weight_files(const std::string& folder, std::string_view path);

}  // namespace sightline
