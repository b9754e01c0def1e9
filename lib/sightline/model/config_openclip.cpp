// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config_openclip.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "sightline/base/error.h"
#include "sightline/model/config_section.h"

namespace sightline {
namespace {

using Keys = std::span<const std::string_view>;

// A key with its only supported value.
struct Fixed {
  std::string_view key, value;
};

// The known keys of a section. `free` keys are read or have no effect on the results; `fixed` keys must have
// one value; all other keys must be empty.
struct KnownKeys {
  Keys free;
  std::span<const Fixed> fixed;
};

constexpr std::array<std::string_view, 9> kModelKeys = {
    "embed_dim",   "vision_cfg", "text_cfg",         "quick_gelu",
    "custom_text", "cast_dtype", "init_logit_scale", "nonscalar_logit_scale",
    "output_dict"};
constexpr std::array<std::string_view, 19> kVisionKeys = {"layers",
                                                          "width",
                                                          "head_width",
                                                          "mlp_ratio",
                                                          "patch_size",
                                                          "image_size",
                                                          "norm_kwargs",
                                                          "patch_dropout",
                                                          "output_tokens",
                                                          "attn_pooler_queries",
                                                          "attn_pooler_heads",
                                                          "n_queries",
                                                          "final_ln_after_pool",
                                                          "timm_model_pretrained",
                                                          "timm_pool",
                                                          "timm_proj",
                                                          "timm_proj_bias",
                                                          "timm_drop",
                                                          "timm_drop_path"};
constexpr std::array<std::string_view, 13> kTextKeys = {
    "context_length",      "vocab_size",   "width",         "heads",  "layers",
    "mlp_ratio",           "norm_kwargs",  "pad_id",        "eos_id", "output_tokens",
    "hf_model_pretrained", "hf_proj_type", "hf_pooler_type"};
constexpr std::array kVisionFixed = {Fixed{"pool_type", "tok"}, Fixed{"pos_embed_type", "learnable"}};
constexpr std::array kTextFixed = {Fixed{"pool_type", "argmax"}, Fixed{"proj_type", "linear"}};

bool is_empty(const Json& value) {
  if (value.is_null()) return true;
  if (value.is_bool()) return !value.as_bool();
  if (value.is_number()) return value.as_double() == 0;
  if (value.is_string()) return value.as_string().empty();
  return value.size() == 0;
}

void check_keys(const Section& section, const KnownKeys& known) {
  if (!section.object()) return;
  section.object()->for_each_member([&](std::string_view key, const Json& value) {
    if (std::find(known.free.begin(), known.free.end(), key) != known.free.end() || is_empty(value)) return;
    const auto fixed =
        std::find_if(known.fixed.begin(), known.fixed.end(), [&](const Fixed& f) { return f.key == key; });
    if (fixed == known.fixed.end())
      fail(ErrorCode::unsupported, value.path(), "is set, but is not supported");
    if (value.as_string() != fixed->value) {
      fail(ErrorCode::unsupported, value.path(),
           "is \"" + std::string(value.as_string()) + "\", expected \"" + std::string(fixed->value) + "\"");
    }
  });
}

EncoderConfig read_encoder(const Section& section, std::int64_t width, bool quick_gelu) {
  EncoderConfig config;
  config.width = section.integer("width", width, 1, kMaxWidth);
  config.layers = section.integer("layers", 12, 1, kMaxLayers);
  const double mlp = static_cast<double>(config.width) * section.positive("mlp_ratio", 4.0);
  if (mlp < 1 || mlp > static_cast<double>(kMaxMlpWidth))
    fail(ErrorCode::range, section.subject("mlp_ratio"),
         "gives an MLP width that is not between 1 and " + std::to_string(kMaxMlpWidth));
  config.mlp_width = static_cast<std::int64_t>(mlp);  // int(width * mlp_ratio)
  const Section norm = section.section("norm_kwargs");
  constexpr std::array<std::string_view, 1> kNormKeys = {"eps"};
  check_keys(norm, {kNormKeys, {}});
  config.epsilon = static_cast<float>(norm.fraction("eps", 1e-5));
  config.activation = quick_gelu ? Activation::quick_gelu : Activation::gelu;
  return config;
}

ImageTowerConfig read_vision(const Section& section, bool quick_gelu) {
  if (const auto layers = section.find("layers"); layers && layers->is_array())
    fail(ErrorCode::unsupported, layers->path(),
         "is a list, which describes a ResNet; only vision transformers are supported");
  check_keys(section, {kVisionKeys, kVisionFixed});
  ImageTowerConfig config;
  config.encoder = read_encoder(section, 768, quick_gelu);
  config.encoder.heads = config.encoder.width / section.integer("head_width", 64, 1, kMaxWidth);
  check_heads(config.encoder, section.subject("head_width") + " (heads)");
  config.image_size = section.side("image_size", 224);
  config.patch_size = section.side("patch_size", 16);
  check_patch(config, section.subject("patch_size"));
  return config;
}

TextTowerConfig read_text(const Section& section, bool quick_gelu) {
  check_keys(section, {kTextKeys, kTextFixed});
  TextTowerConfig config;
  config.encoder = read_encoder(section, 512, quick_gelu);
  config.encoder.heads = section.integer("heads", 8, 1, kMaxWidth);
  check_heads(config.encoder, section.subject("heads"));
  config.vocabulary_size = section.integer("vocab_size", 49408, 1, kMaxVocabulary);
  config.context_length = section.integer("context_length", 77, 2, kMaxContext);
  config.pooling = Pooling::largest_id;
  return config;
}

Resample read_interpolation(const Section& section) {
  const std::string name = section.text("interpolation", "bicubic");
  if (name == "bilinear") return Resample::bilinear;
  if (name == "bicubic" || name == "random") return Resample::bicubic;  // random is used in training only
  fail(ErrorCode::unsupported, section.subject("interpolation"),
       "is \"" + name + "\", expected \"bicubic\" or \"bilinear\"");
}

void read_resize(const Section& section, PixelPipeline& pipeline) {
  const std::string mode = section.text("resize_mode", "shortest");
  if (mode == "shortest") {
    pipeline.resize = ResizeMode::shortest;
  } else if (mode == "longest") {
    pipeline.resize = ResizeMode::longest;
  } else if (mode == "squash") {
    pipeline.resize = ResizeMode::exact;
    pipeline.crop = false;
  } else {
    fail(ErrorCode::unsupported, section.subject("resize_mode"),
         "is \"" + mode + "\", expected \"shortest\", \"longest\" or \"squash\"");
  }
}

}  // namespace

ModelConfig openclip_config(std::string_view text, std::string_view subject) {
  const JsonDocument document(text, subject);
  if (!document.root().is_object()) fail(ErrorCode::header, subject, "is not a JSON object");
  const Section model(document.root().at("model_cfg"));
  check_keys(model, {kModelKeys, {}});
  const bool quick_gelu = model.boolean("quick_gelu", false);
  ModelConfig config;
  config.projection_dim = whole_number(model.object()->at("embed_dim"), 1, kMaxWidth);
  config.vision = read_vision(model.section("vision_cfg"), quick_gelu);
  config.text = read_text(model.section("text_cfg"), quick_gelu);
  return config;
}

PreprocessorConfig openclip_preprocessor(std::string_view text, std::string_view subject,
                                         std::int64_t image_size) {
  const JsonDocument document(text, subject);
  if (!document.root().is_object()) fail(ErrorCode::header, subject, "is not a JSON object");
  const Section section = Section(document.root()).section("preprocess_cfg");
  if (const std::string mode = section.text("mode", "RGB"); mode != "RGB")
    fail(ErrorCode::unsupported, section.subject("mode"), "is \"" + mode + "\", expected \"RGB\"");
  PreprocessorConfig config = PreprocessorConfig::defaults(section.side("size", image_size));
  config.pipeline.resample = read_interpolation(section);
  read_resize(section, config.pipeline);
  config.pipeline.fill = static_cast<std::int32_t>(section.integer("fill_color", 0, 0, 255));
  section.channels("mean", ChannelValues::any, config.mean);
  section.channels("std", ChannelValues::positive, config.std);
  return config;
}

}  // namespace sightline
