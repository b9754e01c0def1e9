// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config_writer_openclip.h"

#include <cmath>
#include <limits>
#include <string_view>

#include "sightline/base/error.h"
#include "sightline/model/json_object.h"

namespace sightline {
namespace {

constexpr std::string_view kSubject = "open_clip_config.json";

[[noreturn]] void fail_inexpressible(const std::string& what) {
  fail(ErrorCode::unsupported, kSubject, "cannot express " + what);
}

void check(const ModelConfig& config) {
  check_clip_family(config, kSubject);
  const EncoderConfig &vision = config.vision.encoder, &text = config.text.encoder;
  if (vision.activation != text.activation)
    fail_inexpressible("towers with different activations (quick_gelu and gelu)");
  if (vision.activation == Activation::gelu_tanh) fail_inexpressible("gelu_pytorch_tanh");
  check_clip_inputs(config, kSubject);
}

// The factor whose product with the width OpenCLIP truncates to the width of the MLP.
double mlp_ratio(const EncoderConfig& encoder) {
  const auto width = static_cast<double>(encoder.width), mlp = static_cast<double>(encoder.mlp_width);
  const double ratio = mlp / width;
  return width * ratio < mlp ? std::nextafter(ratio, std::numeric_limits<double>::infinity()) : ratio;
}

// Keys with OpenCLIP's default are left out, because older versions lack some of them.
void write_encoder(JsonObjectWriter& out, const EncoderConfig& encoder) {
  out.add("layers", encoder.layers);
  if (const double ratio = mlp_ratio(encoder); ratio != 4) out.add_number("mlp_ratio", ratio);
  if (encoder.epsilon != 1e-5F) {
    out.begin("norm_kwargs");
    out.add_number("eps", encoder.epsilon);
    out.end();
  }
  out.add("width", encoder.width);
}

void write_model(JsonObjectWriter& out, const ModelConfig& config) {
  out.begin("model_cfg");
  out.add("embed_dim", config.projection_dim);
  out.add_boolean("quick_gelu", config.vision.encoder.activation == Activation::quick_gelu);
  out.begin("text_cfg");
  out.add("context_length", config.text.context_length);
  out.add("heads", config.text.encoder.heads);
  write_encoder(out, config.text.encoder);
  out.add("vocab_size", config.text.vocabulary_size);
  out.end();
  out.begin("vision_cfg");
  out.add("head_width", config.vision.encoder.width / config.vision.encoder.heads);
  out.add("image_size", config.vision.image_size);
  write_encoder(out, config.vision.encoder);
  out.add("patch_size", config.vision.patch_size);
  out.end();
  out.end();
}

std::string_view interpolation_of(Resample resample) {
  if (resample == Resample::bicubic) return "bicubic";
  if (resample == Resample::bilinear) return "bilinear";
  fail_inexpressible("Pillow's filter " + std::to_string(static_cast<int>(resample)) +
                     ", only bicubic and bilinear");
}

std::string_view resize_mode_of(const PixelPipeline& pipeline, std::int64_t image_size) {
  const bool square = pipeline.height == image_size && pipeline.width == image_size;
  const bool cropped =
      pipeline.crop && pipeline.crop_height == image_size && pipeline.crop_width == image_size;
  switch (pipeline.resize) {
    case ResizeMode::shortest:
      if (pipeline.height == image_size && cropped) return "shortest";
      break;
    case ResizeMode::longest:
      if (pipeline.height == image_size) return "longest";
      break;
    case ResizeMode::exact:
      if (square && !pipeline.crop) return "squash";
      break;
    case ResizeMode::none:
    case ResizeMode::patches:
      break;
  }
  fail_inexpressible("this resizing and cropping, only those to " + std::to_string(image_size) + "x" +
                     std::to_string(image_size) + " pixels");
}

void write_preprocessing(JsonObjectWriter& out, const PreprocessorConfig& config, std::int64_t image_size) {
  if (!config.do_rescale || static_cast<float>(config.rescale_factor) != static_cast<float>(1.0 / 255.0))
    fail_inexpressible("pixels that are not divided by 255");
  if (!config.do_normalize) fail_inexpressible("pixels that are not normalised");
  if (config.pipeline.alpha != Alpha::white) fail_inexpressible("do_convert_rgb: false");
  const std::string_view interpolation = interpolation_of(config.pipeline.resample);
  const std::string_view resize_mode = resize_mode_of(config.pipeline, image_size);
  out.begin("preprocess_cfg");
  if (resize_mode == "longest") out.add("fill_color", static_cast<std::int64_t>(config.pipeline.fill));
  if (interpolation != "bicubic") out.add("interpolation", interpolation);
  out.add_list("mean", std::span<const float>(config.mean));
  if (resize_mode != "shortest") out.add("resize_mode", resize_mode);
  out.add_list("std", std::span<const float>(config.std));
  out.end();
}

}  // namespace

std::string openclip_config_json(const ModelConfig& config, const PreprocessorConfig& preprocessor) {
  check(config);
  JsonObjectWriter out;
  out.begin();
  write_model(out, config);
  write_preprocessing(out, preprocessor, config.vision.image_size);
  out.end();
  return std::move(out).text();
}

}  // namespace sightline
