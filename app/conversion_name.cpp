// SPDX-License-Identifier: Apache-2.0
#include "conversion_name.h"

#include <algorithm>
#include <iterator>

#include "failure.h"
#include "image_endings.h"
#include "options.h"

namespace sightline::app {
namespace {

constexpr std::string_view kPackedExtension = ".sightline";

/// Extensions of files that hold models, which would only mislead as names of folders.
constexpr std::string_view kOtherExtensions[] = {
    ".gguf",   ".ggml",    ".bin",       ".pt",    ".pth", ".ckpt",    ".pkl", ".safetensors",
    ".onnx",   ".h5",      ".hdf5",      ".keras", ".npz", ".msgpack", ".npy", ".pb",
    ".tflite", ".mlmodel", ".mlpackage", ".zip",   ".tar", ".json"};

bool has_other_extension(const std::string& path) {
  const std::string extension = ending_of(path);
  return std::find(std::begin(kOtherExtensions), std::end(kOtherExtensions), extension) !=
         std::end(kOtherExtensions);
}

}  // namespace

const ConversionFormat& check_target_name(const std::string& path, const std::string& to) {
  if (is_stdout(path)) fail_usage("a model cannot be written to stdout");
  if (path.ends_with(kPackedExtension)) {
    fail_usage("targets in .sightline files are not built yet: " + path,
               "a name in .weights.h5 is written for KerasHub, any other as a Hugging Face folder");
  }
  const ConversionFormat& format = conversion_format_of(path);
  const bool keras = !format.extension.empty();
  if (!keras && has_other_extension(path)) {
    fail_usage(
        "a target is a folder or a file in .weights.h5, and " + path + " is named as another kind of file",
        "name a folder, for Hugging Face: -o NAME; or a file for KerasHub: -o NAME.weights.h5");
  }
  if (keras && to == "hf") fail_usage("--to hf writes a folder, and " + path + " is named as a Keras file");
  if (!keras && to == "keras-h5") {
    fail_usage("--to keras-h5 writes a file in .weights.h5, and " + path + " is not named so",
               "Keras tells its files by that ending");
  }
  return format;
}

}  // namespace sightline::app
