// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config_openclip.h"

#include <algorithm>
#include <array>
#include <string>

#include "sightline/base/error.h"
#include "sightline/model/config_openclip_towers.h"
#include "sightline/model/family.h"

namespace sightline {
namespace {

// `multimodal_cfg` describes CoCa's decoder, which is not part of the embeddings.
constexpr std::array<std::string_view, 11> kModelKeys = {
    "embed_dim",       "vision_cfg",  "text_cfg",         "quick_gelu",
    "custom_text",     "cast_dtype",  "init_logit_scale", "nonscalar_logit_scale",
    "init_logit_bias", "output_dict", "multimodal_cfg"};

bool is_empty(const Json& value) {
  if (value.is_null()) return true;
  if (value.is_bool()) return !value.as_bool();
  if (value.is_number()) return value.as_double() == 0;
  if (value.is_string()) return value.as_string().empty();
  return value.size() == 0;
}

// torch.nn.GELU takes `approximate`; QuickGELU takes nothing.
Activation read_activation(const Section& section, bool quick_gelu) {
  const Section kwargs = section.section("act_kwargs");
  constexpr std::array<std::string_view, 1> kKeys = {"approximate"};
  check_keys(kwargs, {kKeys});
  const std::string approximate = kwargs.text("approximate", "none");
  if (quick_gelu ? kwargs.find("approximate").has_value() : approximate != "none" && approximate != "tanh") {
    fail(ErrorCode::unsupported, kwargs.subject("approximate"),
         "is \"" + approximate + "\"" + (quick_gelu ? ", but quick_gelu has no such setting" : ""));
  }
  if (quick_gelu) return Activation::quick_gelu;
  return approximate == "tanh" ? Activation::gelu_tanh : Activation::gelu;
}

// The first family of transformers that has such towers, else OpenCLIP's own.
const Family& family_of_towers(const ModelConfig& config) {
  const auto found =
      std::ranges::find_if(families(), [&](const Family* family) { return family->builds(config); });
  return found == families().end() ? openclip_family() : **found;
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

void check_keys(const Section& section, const KnownKeys& known) {
  if (!section.object()) return;
  section.object()->for_each_member([&](std::string_view key, const Json& value) {
    if (std::find(known.free.begin(), known.free.end(), key) != known.free.end() || is_empty(value)) return;
    const auto fixed =
        std::find_if(known.fixed.begin(), known.fixed.end(), [&](const FixedKey& f) { return f.key == key; });
    if (fixed == known.fixed.end())
      fail(ErrorCode::unsupported, value.path(), "is set, but is not supported");
    if (value.as_string() != fixed->value) {
      fail(ErrorCode::unsupported, value.path(),
           "is \"" + std::string(value.as_string()) + "\", expected \"" + std::string(fixed->value) + "\"");
    }
  });
}

EncoderConfig openclip_encoder(const Section& section, std::int64_t width, bool quick_gelu) {
  EncoderConfig config;
  config.width = width;
  config.layers = section.integer("layers", 12, 1, kMaxLayers);
  config.mlp_width = scaled_width(width, section.positive("mlp_ratio", 4.0), section.subject("mlp_ratio"));
  const Section norm = section.section("norm_kwargs");
  constexpr std::array<std::string_view, 1> kNormKeys = {"eps"};
  check_keys(norm, {kNormKeys});
  config.epsilon = static_cast<float>(norm.fraction("eps", 1e-5));
  config.activation = read_activation(section, quick_gelu);
  return config;
}

ModelConfig openclip_config(std::string_view json, std::string_view subject) {
  const JsonDocument document(json, subject);
  if (!document.root().is_object()) fail(ErrorCode::header, subject, "is not a JSON object");
  const Section model(document.root().at("model_cfg"));
  check_keys(model, {kModelKeys});
  const bool quick_gelu = model.boolean("quick_gelu", false);
  ModelConfig config;
  config.projection_dim = whole_number(model.object()->at("embed_dim"), 1, kMaxWidth);
  config.vision = openclip_image_tower(model.section("vision_cfg"), config.projection_dim, quick_gelu);
  config.head.logit_bias = model.find("init_logit_bias").has_value();
  const Section text = model.section("text_cfg");
  const bool hub = text.find("hf_model_name").has_value();
  config.text =
      hub ? openclip_hub_text_tower(text, config.projection_dim) : openclip_text_tower(text, quick_gelu);
  // OpenCLIP's CLIP builds the text tower, but then computes it without its class embedding.
  if (config.text.has_class_token() && !model.boolean("custom_text", false))
    fail(ErrorCode::unsupported, text.subject("embed_cls"), "is true without custom_text");
  config.tokenizer = openclip_tokenizer(text);
  if (hub) config.tokenizer.class_name = openclip_hub_tokenizer(text);
  if (config.tokenizer.source == TokenizerSource::clip && config.text.pooling == Pooling::last)
    fail(ErrorCode::unsupported, text.subject("pool_type"), "is \"last\" with CLIP's tokenizer");
  config.family = &family_of_towers(config);
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
