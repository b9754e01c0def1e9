// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sightline::app {

/// Advice on a first argument that is not a command but what a command takes: an image, a folder, a model,
/// stored embeddings, a caption; "" for anything else.
std::string remark_on_first_argument(const std::string& argument);

}  // namespace sightline::app
