// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sightline {

/// The folder of the Hugging Face cache, as huggingface_hub finds it: $HF_HUB_CACHE, else
/// $HUGGINGFACE_HUB_CACHE, else `hub` in $HF_HOME, else in `huggingface` of $XDG_CACHE_HOME or ~/.cache. A
/// variable that is set and empty counts as set: "" is the current folder.
std::string hub_cache_folder();

/// `~` and `~user` at the start, then $NAME and ${NAME}, as Python's expanduser and expandvars replace them:
/// what is not known stays as it is.
std::string expand_path(std::string path);

}  // namespace sightline
