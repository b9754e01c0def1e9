// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sightline {

/// The folder of the Hugging Face cache, found as in huggingface_hub: $HF_HUB_CACHE, else
/// $HUGGINGFACE_HUB_CACHE, else `hub` in $HF_HOME, else `huggingface/hub` in $XDG_CACHE_HOME or ~/.cache. A
/// variable that is set but empty counts as set; "" is the current folder.
std::string hub_cache_folder();

/// Replaces `~` and `~user` at the start, then $NAME and ${NAME}, like Python's expanduser and expandvars.
/// Unknown users and variables are left unchanged.
std::string expand_path(const std::string& path);

}  // namespace sightline
