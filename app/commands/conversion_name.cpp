// SPDX-License-Identifier: Apache-2.0
#include "commands/conversion_name.h"

#include <algorithm>
#include <iterator>

#include "batch/image_extensions.h"
#include "batch/output_names.h"
#include "cli/failure.h"
#include "cli/options.h"

namespace sightline::app {
namespace {

/// Extensions of model files, which would be misleading in the name of a folder.
constexpr std::string_view kOtherExtensions[] = {
    ".gguf", ".ggml",   ".bin",     ".pth",       ".ckpt", ".pkl",     ".safetensors",
    ".onnx", ".h5",     ".hdf5",    ".keras",     ".npz",  ".msgpack", ".npy",
    ".pb",   ".tflite", ".mlmodel", ".mlpackage", ".zip",  ".tar",     ".json"};

bool has_other_extension(const std::string& path) {
  const std::string extension = extension_of(path);
  return std::find(std::begin(kOtherExtensions), std::end(kOtherExtensions), extension) !=
         std::end(kOtherExtensions);
}

}  // namespace

const ConversionFormat& check_target_name(const std::string& path, const ConversionFormat* to) {
  if (is_stdout(path)) fail_usage("a model cannot be written to stdout");
  check_not_working_name(path);
  const ConversionFormat& format = conversion_format_of(path);
  if (format.extension.empty() && has_other_extension(path)) {
    fail_usage("unsupported target extension " + extension_of(path) + ": " + path,
               "-o NAME writes a Hugging Face folder, -o NAME.sightline a packed model, -o NAME.weights.h5 a "
               "KerasHub file, -o NAME.pt a file for OpenAI's CLIP");
  }
  if (to != nullptr && to->extension != format.extension) {
    const std::string name(to->name), extension(to->extension);
    fail_usage("--to " + name + " writes a " + (extension.empty() ? "folder" : extension + " file") +
                   ", but the target is " + path,
               "name it -o NAME" + extension);
  }
  return to != nullptr ? *to : format;
}

}  // namespace sightline::app
