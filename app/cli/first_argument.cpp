// SPDX-License-Identifier: Apache-2.0
#include "cli/first_argument.h"

#include <algorithm>
#include <string_view>

#include "batch/image_extensions.h"
#include "cli/remedies.h"
#include "sightline/base/format.h"
#include "sightline/files/file.h"

namespace sightline::app {
namespace {

constexpr std::string_view kModelExtensions[] = {".sightline", ".safetensors", ".gguf", ".pt",
                                                 ".bin",       ".keras",       ".h5"};
constexpr const char* kCaption = " -c 'a photo of a dog'";

bool is_named_as_image(const std::string& path) {
  return ImageExtensions(image_formats()).kind(extension_of(path)) != ExtensionKind::other;
}

bool is_model(const std::string& path) {
  if (is_directory(path)) {
    return file_exists(join_path(path, "config.json")) ||
           file_exists(join_path(path, "open_clip_config.json"));
  }
  return std::ranges::find(kModelExtensions, extension_of(path)) != std::end(kModelExtensions);
}

bool is_url(const std::string& text) { return text.starts_with("http://") || text.starts_with("https://"); }

/// A pattern is not quoted, so that the shell expands it.
std::string shown(const std::string& path) {
  return path.find_first_of("*?[") == std::string::npos || file_exists(path) ? shell_word(path)
                                                                             : printable(path);
}

}  // namespace

std::string remark_on_first_argument(const std::string& argument) {
  if (is_url(argument)) {
    return "images are not downloaded; try: curl -s " + shell_word(argument) + " | sightline score -" +
           kCaption;
  }
  if (extension_of(argument) == ".npy")
    return "to search stored embeddings: sightline score --image-embeddings " + shell_word(argument) +
           kCaption;
  if (is_model(argument)) return "to show a model: sightline info " + shell_word(argument);
  if (argument == "-" || file_exists(argument) || is_named_as_image(argument))
    return "the command comes first: sightline score " + shown(argument) + kCaption;
  if (argument.find(' ') == std::string::npos) return "";
  return "to compare images with a caption: sightline score IMAGE... -c " + shell_word(argument);
}

}  // namespace sightline::app
