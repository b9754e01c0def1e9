// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/model_source.h"

#include <utility>

#include "sightline/model/config_writer.h"
#include "sightline/model/expected_weights.h"
#include "sightline/model/model.h"
#include "sightline/weights/safetensors.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

ModelConfig sizes() {
  ModelConfig config;
  config.projection_dim = 16;
  config.vision.encoder = {.width = 64, .heads = 1, .mlp_width = 32, .layers = 1};
  config.vision.image_size = 8;
  config.vision.patch_size = 4;
  config.text.encoder = {.width = 64, .heads = 1, .mlp_width = 48, .layers = 2};
  config.text.vocabulary_size = 50;
  config.text.context_length = 9;
  config.text.pooling = Pooling::largest_id;
  return config;
}

std::string replaced(std::string name, const std::vector<std::pair<std::string, std::string>>& changes) {
  for (const auto& [from, to] : changes) {
    const std::size_t at = name.find(from);
    if (at != std::string::npos) name.replace(at, from.size(), to);
  }
  return name;
}

// OpenAI's name and shape of a canonical tensor; q and k are part of the tensor of v.
std::string openai_name(const std::string& name) {
  if (name == "visual_projection.weight") return "visual.proj";
  if (name == "text_projection.weight") return "text_projection";
  return replaced(name, {{"vision_model.encoder.layers", "visual.transformer.resblocks"},
                         {"text_model.encoder.layers", "transformer.resblocks"},
                         {"vision_model.embeddings.patch_embedding", "visual.conv1"},
                         {"vision_model.embeddings.position_embedding.weight", "visual.positional_embedding"},
                         {"vision_model.embeddings.class", "visual.class"},
                         {"vision_model.pre_layrnorm", "visual.ln_pre"},
                         {"vision_model.post_layernorm", "visual.ln_post"},
                         {"text_model.embeddings.position_embedding.weight", "positional_embedding"},
                         {"text_model.embeddings.", ""},
                         {"text_model.final_layer_norm", "ln_final"},
                         {"self_attn.out_proj", "attn.out_proj"},
                         {"self_attn.v_proj.", "attn.in_proj_"},
                         {"layer_norm", "ln_"},
                         {"fc1", "c_fc"},
                         {"fc2", "c_proj"}});
}

std::vector<SafetensorsEntry> openai_entries(const ModelConfig& config) {
  std::vector<SafetensorsEntry> entries;
  const auto add = [&](const std::string& name, const Shape& shape) {
    const auto zeros = [](std::span<std::byte> out) { std::fill(out.begin(), out.end(), std::byte{0}); };
    entries.push_back({name, StoredTensor::deferred(DType::f32, shape, zeros), DType::f32});
  };
  for (const auto& [name, shape, use] : expected_weights(config)) {
    if (name.find(".q_proj") != std::string::npos || name.find(".k_proj") != std::string::npos) continue;
    if (name.find("al_projection") != std::string::npos || name.starts_with("text_projection")) {
      add(openai_name(name), Shape{shape[1], shape[0]});
    } else if (name.ends_with("v_proj.weight")) {
      add(openai_name(name), Shape{3 * shape[0], shape[1]});
    } else if (name.ends_with("v_proj.bias")) {
      add(openai_name(name), Shape{3 * shape[0]});
    } else {
      add(openai_name(name), shape);
    }
  }
  return entries;
}

void write_model(const TempFolder& folder, const ModelConfig& config, bool openai) {
  std::vector<SafetensorsEntry> entries = openai_entries(config);
  if (openai) {
    const auto zero = [](std::span<std::byte> out) { std::fill(out.begin(), out.end(), std::byte{0}); };
    for (const char* name : {"input_resolution", "context_length", "vocab_size"}) {
      entries.push_back({name, StoredTensor::deferred(DType::i64, Shape{}, zero), DType::i64});
    }
  }
  OutputFile out(folder / "ViT.safetensors", true);
  write_safetensors(out, std::move(entries));
  out.commit();
}

Failure opening(const std::string& path) {
  return error_of([&] { (void)Model::open(path); });
}

constexpr const char* kOpenCLIP =
    R"({"model_cfg": {"embed_dim": 16, "quick_gelu": true, "vision_cfg": {"width": 64,
    "layers": 1, "image_size": 8, "patch_size": 4, "mlp_ratio": 0.5}, "text_cfg": {"width": 64, "layers": 2,
    "heads": 2, "mlp_ratio": 0.75, "vocab_size": 50, "context_length": 9}},
    "preprocess_cfg": {"resize_mode": "squash", "mean": [0.5, 0.5, 0.5]}})";

}  // namespace

TEST_CASE("model_source: OpenAI's weights need no config", "[model]") {
  const TempFolder folder;
  write_model(folder, sizes(), true);
  for (const std::string& path : {folder.path(), folder / "ViT.safetensors"}) {
    const auto clip = Model::open(path);
    CHECK(clip->source().dialect == Dialect::openai);
    CHECK(clip->source().files.place() == folder.path());
    CHECK(clip->source().weights == folder / "ViT.safetensors");
    CHECK(clip->source().config.empty());
    CHECK(clip->source().preprocessor.empty());
    CHECK(clip->source().assumptions.empty());
    CHECK(clip->path() == path);
    CHECK(config_json(clip->config(), "float32") == config_json(sizes(), "float32"));
    CHECK(clip->processor().image_config().pipeline.height == 8);
  }
}

TEST_CASE("model_source: the error for OpenCLIP's weights without a config names the missing file",
          "[model][error]") {
  const TempFolder folder;
  write_model(folder, sizes(), false);
  const Failure failure = opening(folder.path());
  CHECK(failure.code == "MISSING");
  CHECK_THAT(failure.message, Contains("open_clip_config.json") && Contains("quick_gelu or gelu"));
  CHECK(Model::open(folder.path(), {.dialect = Dialect::openai})->source().dialect == Dialect::openai);
  CHECK(error_of([&] { (void)Model::open(folder.path(), {.dialect = Dialect::hf}); }).code == "MISMATCH");
}

TEST_CASE("model_source: open_clip_config.json takes precedence over config.json for OpenCLIP's weights",
          "[model]") {
  const TempFolder folder;
  write_model(folder, sizes(), false);
  ModelConfig hf = sizes();
  hf.text.encoder.activation = Activation::gelu;
  folder.write("config.json", config_json(hf, "float32"));
  const auto other = Model::open(folder.path());
  CHECK(other->source().config == folder / "config.json");
  CHECK(other->config().text.encoder.activation == Activation::gelu);
  folder.write("open_clip_config.json", kOpenCLIP);
  const auto clip = Model::open(folder.path());
  CHECK(clip->source().config == folder / "open_clip_config.json");
  CHECK(clip->source().preprocessor == folder / "open_clip_config.json");
  CHECK(clip->config().text.encoder.heads == 2);
  CHECK(clip->config().text.encoder.activation == Activation::quick_gelu);
  CHECK(clip->processor().image_config().pipeline.resize == ResizeMode::exact);
  CHECK(clip->processor().image_config().mean[2] == 0.5F);
}

TEST_CASE("model_source: an unknown number of heads and a config of other sizes are errors",
          "[model][error]") {
  const TempFolder folder;
  ModelConfig narrow = sizes();
  narrow.vision.encoder.width = 40;
  write_model(folder, narrow, true);
  const Failure heads = opening(folder.path());
  CHECK(heads.code == "MISSING");
  CHECK_THAT(heads.message, Contains("image tower") && Contains("width 40"));
  folder.write("config.json", config_json(sizes(), "float32"));
  CHECK(opening(folder.path()).code == "MISMATCH");
  folder.write("config.json", "{\"class_name\": \"Sequential\", \"config\": {\"a\": 1}}");
  CHECK(opening(folder.path()).code == "UNSUP");
}

TEST_CASE("model_source: a model is built from parts in memory", "[model]") {
  const TempFolder folder;
  write_model(folder, sizes(), true);
  LoadedModel model = open_model(folder.path());
  CHECK(model.weights.size() == expected_weights(sizes()).size());
  model.config.text.encoder.heads = 4;
  const auto clip = std::make_unique<Model>(std::move(model), ModelSettings{.backend = "reference"});
  CHECK(clip->config().text.encoder.heads == 4);
  CHECK(clip->embedding_size() == 16);
}
