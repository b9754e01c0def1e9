// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include "conversion_target.h"
#include "failure.h"
#include "image_endings.h"
#include "options.h"
#include "sightline/weights/keras_h5_writer.h"
#include "sightline/weights/weight_format.h"
#include "target_folder.h"

namespace sightline::app {
namespace {

constexpr std::string_view kKerasEnding = ".weights.h5";
constexpr std::string_view kPackedEnding = ".sightline";

/// Endings of files that hold models, in which a folder's name would only mislead.
constexpr std::string_view kOtherForms[] = {
    ".gguf",   ".ggml",    ".bin",       ".pt",    ".pth", ".ckpt",    ".pkl", ".safetensors",
    ".onnx",   ".h5",      ".hdf5",      ".keras", ".npz", ".msgpack", ".npy", ".pb",
    ".tflite", ".mlmodel", ".mlpackage", ".zip",   ".tar", ".json"};

bool is_name_of_another_form(const std::string& path) {
  const std::string ending = ending_of(path);
  return std::find(std::begin(kOtherForms), std::end(kOtherForms), ending) != std::end(kOtherForms);
}

/// One `.weights.h5` file, as KerasHub's CLIPBackbone saves and loads it.
class KerasTarget : public ConversionTarget {
 public:
  KerasTarget(const std::string& path, bool force)
      : out_(in_stage(Stage::output, [&] { return std::make_unique<OutputFile>(path, force); })) {}

  void write(const Conversion& c) override {
    const CLIPConfig& config = c.model.config();
    ThreadPool pool(available_cores());
    try {
      write_keras_h5(*out_, c.model.checkpoint(),
                     {config.vision.encoder.heads, config.text.encoder.heads, c.dtype}, &pool);
      out_->flush();
    } catch (const Error& error) {
      const bool of_file = error.code() == ErrorCode::io || error.code() == ErrorCode::no_space;
      throw Failure(of_file ? Stage::output : Stage::model, error);
    }
  }
  std::unique_ptr<CLIP> reopen(const Conversion& c) const override {
    Checkpoint checkpoint = load_checkpoint(out_->written_path(), "kerashub");
    return CLIP::from_model({c.model.source(), std::move(checkpoint.weights), c.model.config(),
                             c.model.processor().image_config()});
  }
  void commit() override {
    in_stage(Stage::output, [&] { out_->commit(); });
  }
  std::string summary() const override { return "1 file, " + std::to_string(out_->size()) + " bytes"; }

 private:
  std::unique_ptr<OutputFile> out_;
};

}  // namespace

void check_target_name(const std::string& path, const std::string& form) {
  if (is_stdout(path)) fail_usage("a model cannot be written to stdout");
  if (path.ends_with(kPackedEnding)) {
    fail_usage("targets in .sightline files are not built yet: " + path,
               "a name in .weights.h5 is written for KerasHub, any other as a Hugging Face folder");
  }
  const bool keras = path.ends_with(kKerasEnding);
  if (!keras && is_name_of_another_form(path)) {
    fail_usage(
        "a target is a folder or a file in .weights.h5, and " + path + " is named as another kind of file",
        "name a folder, for Hugging Face: -o NAME; or a file for KerasHub: -o NAME.weights.h5");
  }
  if (keras && form == "hf") fail_usage("--to hf writes a folder, and " + path + " is named as a Keras file");
  if (!keras && form == "keras-h5") {
    fail_usage("--to keras-h5 writes a file in .weights.h5, and " + path + " is not named so",
               "Keras tells its files by that ending");
  }
}

std::unique_ptr<ConversionTarget> make_target(const std::string& path, const std::string& form, bool force) {
  check_target_name(path, form);
  if (path.ends_with(kKerasEnding)) return std::make_unique<KerasTarget>(path, force);
  return std::make_unique<TargetFolder>(path, force);
}

}  // namespace sightline::app
