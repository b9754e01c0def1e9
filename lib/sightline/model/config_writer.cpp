// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config_writer.h"

#include "sightline/base/error.h"
#include "sightline/model/json_object.h"

namespace sightline {
namespace {

constexpr std::int64_t kArgmaxEos =
    2;  // "the largest id" in OpenAI's files, whose start and padding are 0 and 1

std::string_view name_of(Activation activation) {
  return activation == Activation::quick_gelu ? "quick_gelu" : "gelu";
}

void write_text(JsonObjectWriter& out, const ModelConfig& config) {
  const TextTowerConfig& text = config.text;
  const bool argmax = text.pooling == Pooling::largest_id;
  out.begin("text_config");
  out.add_number("attention_dropout", 0.0);
  out.add("bos_token_id", argmax ? 0 : text.eos_token_id - 1);
  out.add("eos_token_id", argmax ? kArgmaxEos : text.eos_token_id);
  out.add("hidden_act", name_of(text.encoder.activation));
  out.add("hidden_size", text.encoder.width);
  out.add_number("initializer_factor", 1.0);
  out.add_number("initializer_range", 0.02);
  out.add("intermediate_size", text.encoder.mlp_width);
  out.add_number("layer_norm_eps", text.encoder.epsilon);
  out.add("max_position_embeddings", text.context_length);
  out.add("model_type", "clip_text_model");
  out.add("num_attention_heads", text.encoder.heads);
  out.add("num_hidden_layers", text.encoder.layers);
  out.add("pad_token_id", argmax ? 1 : text.eos_token_id);
  out.add("projection_dim", config.projection_dim);
  out.add("vocab_size", text.vocabulary_size);
  out.end();
}

void write_vision(JsonObjectWriter& out, const ModelConfig& config) {
  const ImageTowerConfig& vision = config.vision;
  out.begin("vision_config");
  out.add_number("attention_dropout", 0.0);
  out.add("hidden_act", name_of(vision.encoder.activation));
  out.add("hidden_size", vision.encoder.width);
  out.add("image_size", vision.image_size);
  out.add_number("initializer_factor", 1.0);
  out.add_number("initializer_range", 0.02);
  out.add("intermediate_size", vision.encoder.mlp_width);
  out.add_number("layer_norm_eps", vision.encoder.epsilon);
  out.add("model_type", "clip_vision_model");
  out.add("num_attention_heads", vision.encoder.heads);
  out.add("num_channels", vision.channels);
  out.add("num_hidden_layers", vision.encoder.layers);
  out.add("patch_size", vision.patch_size);
  out.add("projection_dim", config.projection_dim);
  out.end();
}

void write_sides(JsonObjectWriter& out, std::string_view key, std::int32_t height, std::int32_t width) {
  out.begin(key);
  out.add("height", height);
  out.add("width", width);
  out.end();
}

void write_size(JsonObjectWriter& out, const PixelPipeline& pipeline) {
  if (pipeline.resize == ResizeMode::exact) return write_sides(out, "size", pipeline.height, pipeline.width);
  out.begin("size");
  out.add("shortest_edge", pipeline.height);
  out.end();
}

}  // namespace

std::string config_json(const ModelConfig& config, std::string_view dtype) {
  JsonObjectWriter out;
  out.begin();
  out.add_list("architectures", "CLIPModel");
  out.add_number("initializer_factor", 1.0);
  out.add_number("logit_scale_init_value", 2.6592);
  out.add("model_type", "clip");
  out.add("projection_dim", config.projection_dim);
  write_text(out, config);
  out.add("torch_dtype", dtype);
  write_vision(out, config);
  out.end();
  return std::move(out).text();
}

std::string preprocessor_config_json(const PreprocessorConfig& config) {
  const PixelPipeline& pipeline = config.pipeline;
  if (pipeline.resize == ResizeMode::longest) {
    fail(ErrorCode::unsupported, "preprocessor_config.json",
         "cannot express the resize_mode \"longest\", which resizes the longer side and fills the rest");
  }
  JsonObjectWriter out;
  out.begin();
  write_sides(out, "crop_size", pipeline.crop_height, pipeline.crop_width);
  out.add_boolean("do_center_crop", pipeline.crop);
  out.add_boolean("do_convert_rgb", pipeline.alpha == Alpha::white);
  out.add_boolean("do_normalize", config.do_normalize);
  out.add_boolean("do_rescale", config.do_rescale);
  out.add_boolean("do_resize", pipeline.resize != ResizeMode::none);
  out.add_list("image_mean", std::span<const float>(config.mean));
  out.add("image_processor_type", "CLIPImageProcessor");
  out.add_list("image_std", std::span<const float>(config.std));
  out.add("resample", static_cast<std::int64_t>(pipeline.resample));
  out.add_number("rescale_factor", config.rescale_factor);
  write_size(out, pipeline);
  out.end();
  return std::move(out).text();
}

}  // namespace sightline
