// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/config_openclip.h"

#include "sightline/model/family.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

constexpr std::string_view kOpenCLIP = "open_clip_config.json";

ModelConfig openclip(const std::string& model) {
  return openclip_config(R"({"model_cfg": )" + model + "}", kOpenCLIP);
}

Failure openclip_failure(const std::string& vision, const std::string& text = "",
                         const std::string& more = "") {
  return error_of([&] {
    (void)openclip(R"({"embed_dim": 512, "vision_cfg": {)" + vision + R"(}, "text_cfg": {)" + text + "}" +
                   more + "}");
  });
}

PreprocessorConfig preprocessing(const std::string& fields) {
  return openclip_preprocessor(R"({"model_cfg": {}, "preprocess_cfg": {)" + fields + "}}", kOpenCLIP, 30);
}

}  // namespace

TEST_CASE("config: OpenCLIP's sizes, with its defaults for absent keys", "[model]") {
  const ModelConfig b32 = openclip(R"({"embed_dim": 512, "vision_cfg": {"image_size": 224, "layers": 12,
      "width": 768, "patch_size": 32}, "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 512,
      "heads": 8, "layers": 12}})");
  CHECK(b32.projection_dim == 512);
  CHECK(b32.vision.encoder.heads == 12);
  CHECK(b32.vision.encoder.mlp_width == 3072);
  CHECK(b32.vision.encoder.activation == Activation::gelu);
  CHECK(b32.text.encoder.activation == Activation::gelu);
  CHECK(b32.text.encoder.mlp_width == 2048);
  CHECK(b32.text.pooling == Pooling::largest_id);
  CHECK(b32.vision.encoder.epsilon == 1e-5F);
  const ModelConfig big =
      openclip(R"({"embed_dim": 1280, "quick_gelu": true, "vision_cfg": {"image_size": 224,
      "layers": 48, "width": 1664, "head_width": 104, "mlp_ratio": 4.9231, "patch_size": 14,
      "patch_dropout": 0.5, "pool_type": "tok", "timm_model_name": null, "norm_kwargs": {"eps": 1e-6}},
      "text_cfg": {"width": 1280,
      "heads": 20, "layers": 32, "proj_type": "linear", "proj_bias": false, "pad_id": 0},
      "custom_text": true})");
  CHECK(big.vision.encoder.heads == 16);
  CHECK(big.vision.encoder.mlp_width == 8192);
  CHECK(big.vision.encoder.activation == Activation::quick_gelu);
  CHECK(big.vision.encoder.epsilon == 1e-6F);
  CHECK(big.text.encoder.epsilon == 1e-5F);
  CHECK(openclip(R"({"embed_dim": 8, "vision_cfg": {}, "text_cfg": {}})").vision.patch_size == 16);
}

TEST_CASE("config: unsupported features of OpenCLIP are errors that name the key", "[model][error]") {
  const auto check = [](const Failure& failure, const char* code, const char* words) {
    CHECK(failure.code == code);
    CHECK_THAT(failure.message, Contains(words));
  };
  check(openclip_failure(R"("layers": [3, 4, 6, 3])"), "UNSUP",
        "vision_cfg.layers: is a list, which describes a ResNet");
  check(openclip_failure(R"("attentional_pool": "parallel")"), "UNSUP", "attentional_pool: is \"parallel\"");
  check(openclip_failure(R"("attentional_pool": true, "pool_type": "avg")"), "UNSUP",
        "is \"avg\" with attentional_pool");
  check(openclip_failure(R"("attentional_pool": true, "attn_pooler_heads": 7)"), "RANGE",
        "does not divide the width 512");
  check(openclip_failure("", R"("embed_cls": true)"), "UNSUP", "embed_cls: is true without custom_text");
  check(openclip_failure(R"("pool_type": "max")"), "UNSUP", "is \"max\", expected \"tok\"");
  check(openclip_failure(R"("pos_embed_type": "sin_cos_2d")"), "UNSUP", "pos_embed_type");
  check(openclip_failure(R"("ls_init_value": 0.1)"), "UNSUP", "ls_init_value");
  check(openclip_failure(R"("act_kwargs": {"approximate": "sin"})"), "UNSUP", "act_kwargs.approximate");
  check(openclip_failure(R"("act_kwargs": {"approximate": "tanh"})", "", R"(, "quick_gelu": true)"), "UNSUP",
        "quick_gelu has no such setting");
  check(openclip_failure(R"("something_new": 1)"), "UNSUP", "vision_cfg.something_new");
  check(openclip_failure(R"("norm_kwargs": {"elementwise_affine": true})"), "UNSUP", "elementwise_affine");
  check(openclip_failure("", R"("hf_model_name": "google/mt5-base")"), "UNSUP", "text_cfg.hf_model_name");
  check(openclip_failure("", R"("tokenizer_kwargs": {"clean": "none"})"), "UNSUP", "clean: is \"none\"");
  check(openclip_failure("", R"("tokenizer_kwargs": {"language": "en"})"), "UNSUP", "language");
  check(openclip_failure("", R"("tokenizer_kwargs": {"strip_sep_token": true})"), "UNSUP",
        "CLIP's tokenizer");
  check(openclip_failure("", R"("tokenizer_mode": "clips")"), "UNSUP", "tokenizer_mode");
  check(openclip_failure("", R"("pool_type": "first")"), "UNSUP", "is \"first\", expected \"argmax\"");
  check(openclip_failure("", R"("pool_type": "eos")"), "MISSING", "eos_id");
  check(openclip_failure("", R"("pool_type": "last", "no_causal_mask": true)"), "UNSUP",
        "\"last\" with CLIP's tokenizer");
  check(openclip_failure("", R"("pool_type": "last")"), "UNSUP", "is \"last\" with a causal mask");
  check(openclip_failure("", R"("proj_type": "none")"), "UNSUP", "proj_type");
  check(openclip_failure(R"("head_width": 100)"), "RANGE", "does not divide the width 768");
  check(openclip_failure(R"("head_width": 1000)"), "RANGE", "is 0");
  check(openclip_failure(R"("mlp_ratio": 1e9)"), "RANGE", "mlp_ratio");
  check(openclip_failure(R"("mlp_ratio": 0)"), "RANGE", "mlp_ratio");
  check(openclip_failure(R"("norm_kwargs": {"eps": 1e-60})"), "RANGE", "norm_kwargs.eps");
  check(openclip_failure(R"("patch_size": 225)"), "RANGE", "patch_size");
  check(openclip_failure(R"("image_size": [224, 196])"), "UNSUP", "not square");
  check(openclip_failure("", R"("heads": 7)"), "RANGE", "text_cfg.heads");
  CHECK(error_of([] { (void)openclip_config("[]", kOpenCLIP); }).code == "HEADER");
  CHECK(error_of([] { (void)openclip_config("{}", kOpenCLIP); }).code == "MISSING");
  CHECK(error_of([] { (void)openclip("{}"); }).code == "MISSING");
  CHECK(error_of([] { (void)openclip(R"({"embed_dim": "x"})"); }).code == "RANGE");
}

TEST_CASE("config: OpenCLIP's preprocess_cfg", "[model]") {
  const PreprocessorConfig plain = preprocessing("");
  CHECK(plain.pipeline.resize == ResizeMode::shortest);
  CHECK(plain.pipeline.height == 30);
  CHECK(plain.pipeline.crop_width == 30);
  CHECK(plain.pipeline.resample == Resample::bicubic);
  CHECK(plain.mean[0] == 0.48145466F);
  const PreprocessorConfig longest =
      preprocessing(R"("size": [28, 28], "mean": [0.5, 0.25, 0.125], "std": 0.5,
      "interpolation": "bilinear", "resize_mode": "longest", "fill_color": 114, "mode": "RGB")");
  CHECK(longest.pipeline.resize == ResizeMode::longest);
  CHECK(longest.pipeline.fill == 114);
  CHECK(longest.pipeline.resample == Resample::bilinear);
  CHECK(longest.pipeline.height == 28);
  CHECK(longest.mean[2] == 0.125F);
  CHECK(longest.std[1] == 0.5F);
  const PreprocessorConfig squash = preprocessing(R"("resize_mode": "squash")");
  CHECK(squash.pipeline.resize == ResizeMode::exact);
  CHECK_FALSE(squash.pipeline.crop);
  CHECK(error_of([] { (void)preprocessing(R"("resize_mode": "stretch")"); }).code == "UNSUP");
  CHECK(error_of([] { (void)preprocessing(R"("interpolation": "lanczos")"); }).code == "UNSUP");
  CHECK(error_of([] { (void)preprocessing(R"("mode": "L")"); }).code == "UNSUP");
  CHECK(error_of([] { (void)preprocessing(R"("fill_color": 256)"); }).code == "RANGE");
  CHECK(error_of([] { (void)preprocessing(R"("std": [1, 0, 1])"); }).code == "RANGE");
  CHECK(error_of([] { (void)preprocessing(R"("std": [1, 1e-60, 1])"); }).code == "RANGE");
  CHECK(error_of([] { (void)preprocessing(R"("mean": [1e60, 0, 0])"); }).code == "RANGE");
  CHECK(openclip_preprocessor(R"({"model_cfg": {}})", kOpenCLIP, 20).pipeline.height == 20);
}

TEST_CASE("config: text towers of the hub in OpenCLIP's config", "[model][bert]") {
  const auto tower = [](const std::string& fields) {
    return openclip(R"({"embed_dim": 512, "vision_cfg": {}, "text_cfg": {)" + fields + "}}");
  };
  const ModelConfig base = tower(R"("hf_model_name": "xlm-roberta-base", "hf_tokenizer_name": "x")");
  CHECK(base.family->name == "openclip");
  CHECK(base.tokenizer.class_name == "XLMRobertaTokenizer");
  CHECK(base.text.encoder.layers == 12);
  CHECK(base.text.vocabulary_size == 250002);
  CHECK(base.text.context_length == 77);
  CHECK(base.text.positions() == 514);
  CHECK(base.text.pooling == Pooling::mean);
  CHECK(base.text.projection.hidden.value().units == 640);
  const TextTowerConfig large =
      tower(R"("hf_model_name": "xlm-roberta-large", "hf_proj_type": "linear")").text;
  CHECK(large.encoder.width == 1024);
  CHECK(large.encoder.heads == 16);
  CHECK(large.encoder.layers == 24);
  CHECK_FALSE(large.projection.hidden.has_value());
  const TextTowerConfig bert =
      tower(R"("hf_model_name": "microsoft/BiomedNLP-BiomedBERT-base-uncased-abstract",
      "context_length": 256, "hf_pooler_type": null, "hf_model_config": {"hidden_size": 512,
      "num_attention_heads": 8, "hidden_dropout_prob": 0.0}, "hf_proj_type": null)")
          .text;
  CHECK(bert.pooling == Pooling::first);
  CHECK(bert.position_offset == 0);
  CHECK(bert.context_length == 256);
  CHECK(bert.positions() == 512);
  CHECK(bert.projection == ProjectionConfig{});
  const auto code = [&](const std::string& fields) {
    return error_of([&] { (void)tower(R"("hf_model_name": "xlm-roberta-base", )" + fields); }).code;
  };
  CHECK(code(R"("hf_pooler_type": "cls_pooler")") == "UNSUP");
  CHECK(code(R"("hf_proj_type": "clap_mlp")") == "UNSUP");
  CHECK(code(R"("hf_proj_type": null)") == "UNSUP");
  CHECK(code(R"("context_length": 513)") == "RANGE");
  CHECK(code(R"("hf_model_config": {"hidden_act": "relu"})") == "UNSUP");
  CHECK(code(R"("hf_model_config": {"is_decoder": true})") == "UNSUP");
  CHECK(code(R"("embed_cls": true)") == "UNSUP");
}

TEST_CASE("config: image towers of timm in OpenCLIP's config", "[model]") {
  const auto tower = [](const std::string& fields) {
    return openclip(R"({"embed_dim": 512, "vision_cfg": {)" + fields + R"(}, "text_cfg": {}})").vision;
  };
  const ImageTowerConfig so400m = tower(R"("timm_model_name": "vit_so400m_patch14_siglip_378",
      "timm_pool": "map", "timm_proj": "none", "image_size": 378)");
  CHECK(so400m.encoder == EncoderConfig{1152, 16, 4304, 27, 1e-6F, Activation::gelu});
  CHECK(so400m.tokens() == 27 * 27);
  CHECK(so400m.pooling == Pooling::attention_map);
  CHECK(so400m.patch_bias);
  CHECK_FALSE(so400m.pre_norm);
  CHECK(so400m.projection == ProjectionConfig{});
  CHECK(
      tower(R"("timm_model_name": "vit_so400m_patch16_siglip_384", "timm_pool": "map")").encoder.activation ==
      Activation::gelu_tanh);
  CHECK(
      tower(R"("timm_model_name": "vit_large_patch16_siglip_512", "timm_pool": "map")").encoder.activation ==
      Activation::gelu_tanh);
  const ImageTowerConfig clip =
      tower(R"("timm_model_name": "vit_large_patch14_clip_224", "timm_pool": "token",
      "timm_proj": null,
      "timm_model_kwargs": {"embed_dim": 64, "depth": 2, "num_heads": 4, "img_size": 28})");
  CHECK(clip.encoder == EncoderConfig{64, 4, 256, 2, 1e-5F, Activation::gelu});
  CHECK(clip.tokens() == 5);
  CHECK(clip.pooling == Pooling::class_token);
  CHECK(clip.projection == ProjectionConfig{"visual_projection", true});
  const auto check = [&](const std::string& fields, const char* words) {
    const Failure failure = error_of([&] { (void)tower(fields); });
    CHECK(failure.code == "UNSUP");
    CHECK_THAT(failure.message, Contains(words));
  };
  check(R"("timm_model_name": "convnext_base")", "\"convnext_base\", a convolutional tower");
  check(R"("timm_model_name": "vit_base_mci_224")", "a convolutional tower; only transformers");
  check(R"("timm_model_name": "vit_base_patch16_siglip_225")", "of timm that is not supported");
  check(R"("timm_model_name": "vit_base_patch16_224")", "timm_pool: is \"avg\", which is not supported");
  check(R"("timm_model_name": "vit_base_patch16_224", "timm_pool": "abs_attn")", "is \"abs_attn\"");
  check(R"("timm_model_name": "vit_base_patch16_224", "timm_pool": "", "timm_proj": "mlp")", "is \"mlp\"");
  check(R"("timm_model_name": "vit_base_patch16_224", "timm_model_kwargs": {"reg_tokens": 4})", "reg_tokens");
}

TEST_CASE("config: PE-Core and EVA towers of timm have the sizes and parts of their names", "[model]") {
  const auto tower = [](const std::string& name, const std::string& pool) {
    return openclip(R"({"embed_dim": 512, "vision_cfg": {"timm_model_name": ")" + name +
                    R"(", "timm_pool": ")" + pool + R"(", "timm_proj": null}, "text_cfg": {}})")
        .vision;
  };
  const ImageTowerConfig large = tower("vit_pe_core_large_patch14_336", "map");
  CHECK(large.encoder == EncoderConfig{1024, 16, 4096, 24, 1e-5F, Activation::gelu});
  CHECK(large.tokens() == 24 * 24 + 1);
  CHECK(large.pre_norm);
  CHECK_FALSE(large.patch_bias);
  CHECK(large.rotary == Rotary{24, 1, true});
  CHECK(large.projection == ProjectionConfig{"visual_projection", true});
  const ImageTowerConfig gigantic = tower("vit_pe_core_gigantic_patch14_448", "map");
  CHECK(gigantic.encoder.mlp_width == 8960);
  CHECK(gigantic.tokens() == 32 * 32);
  CHECK(gigantic.rotary == Rotary{32, 0, true});
  CHECK(gigantic.attention_pooling().block == EncoderConfig{1536, 8, 6144, 0, 1e-5F, Activation::gelu});

  const ImageTowerConfig eva02 = tower("eva02_large_patch14_clip_336", "token");
  EncoderConfig expected{1024, 16, 2730, 24, 1e-6F, Activation::gelu};
  expected.key_bias = false;
  expected.mlp = MlpKind::swiglu;
  expected.attention_norm = expected.mlp_norm = true;
  CHECK(eva02.encoder == expected);
  CHECK(eva02.rotary == Rotary{16, 0, false});
  CHECK(eva02.patch_bias);
  const ImageTowerConfig enormous = tower("eva02_enormous_patch14_clip_224", "token");
  expected = {1792, 16, 15360, 64, 1e-6F, Activation::gelu};
  expected.norm_order = NormOrder::on_branch;
  expected.key_bias = false;
  CHECK(enormous.encoder == expected);
  CHECK_FALSE(enormous.rotary);
  CHECK(tower("eva_giant_patch14_224", "token").pooling == Pooling::class_token);
  CHECK(error_of([&] { (void)tower("eva_giant_patch14_224", "avg"); }).code == "UNSUP");
  CHECK(error_of([&] { (void)tower("eva02_base_patch16_clip_224", "map"); }).code == "UNSUP");
  CHECK(error_of([&] { (void)tower("vit_pe_lang_large_patch14_448", "avg"); }).code == "UNSUP");
}

TEST_CASE("config: OpenCLIP's SigLIP, CLIPA and MobileCLIP2-L-14", "[model]") {
  const std::string text =
      R"("context_length": 64, "vocab_size": 32000, "hf_tokenizer_name": "timm/ViT-B-16-SigLIP",
      "tokenizer_kwargs": {"clean": "canonicalize"}, "width": 768, "heads": 12, "layers": 12,
      "no_causal_mask": true, "proj_bias": true, "pool_type": "last", "norm_kwargs": {"eps": 1e-6})";
  const std::string vision = R"("image_size": 224, "timm_model_name": "vit_base_patch16_siglip_224",
      "timm_model_pretrained": false, "timm_pool": "map", "timm_proj": "none")";
  const auto siglip = [&](const std::string& more, const std::string& end) {
    return openclip(R"({"embed_dim": 768, "custom_text": true, "vision_cfg": {)" + vision +
                    R"(}, "text_cfg": {)" + text + more + "}" + end + "}");
  };
  const ModelConfig first = siglip("", R"(, "init_logit_bias": -10)");
  CHECK(first.family == &siglip_family());
  CHECK(first.head.logit_bias);
  CHECK(first.text.encoder.activation == Activation::gelu);
  CHECK(first.text.projection == ProjectionConfig{"text_model.head", true});
  CHECK(first.tokenizer.source == TokenizerSource::openclip);
  CHECK(first.tokenizer.cleaning == TextCleaning::siglip);
  CHECK_FALSE(first.tokenizer.drops_end);
  const ModelConfig second =
      siglip(R"(, "act_kwargs": {"approximate": "tanh"})", R"(, "init_logit_bias": null)");
  CHECK(second.text.encoder.activation == Activation::gelu_tanh);
  CHECK_FALSE(second.head.logit_bias);
  CHECK(second.family == &openclip_family());  // transformers' class has a bias

  const ModelConfig clipa = openclip(R"({"embed_dim": 768, "vision_cfg": {"layers": 24, "width": 1024,
      "patch_size": 14, "no_ln_pre": true, "pool_type": "avg", "final_ln_after_pool": true},
      "text_cfg": {"context_length": 32, "vocab_size": 32000, "hf_tokenizer_name": "bert-base-uncased",
      "tokenizer_kwargs": {"strip_sep_token": true}, "width": 768, "heads": 12, "pool_type": "last",
      "no_causal_mask": true}})");
  CHECK(clipa.family == &openclip_family());
  CHECK(clipa.vision.pooling == Pooling::mean);
  CHECK(clipa.vision.final_norm_after_pool);
  CHECK(clipa.vision.class_token);
  CHECK_FALSE(clipa.vision.pre_norm);
  CHECK(clipa.text.pooling == Pooling::last);
  CHECK(clipa.text.pad_id == 0);
  CHECK(clipa.tokenizer.cleaning == TextCleaning::whitespace);
  CHECK(clipa.tokenizer.drops_end);

  const ModelConfig mobile = openclip(R"({"embed_dim": 768, "custom_text": true, "vision_cfg": {
      "timm_model_name": "vit_large_patch14_clip_224", "timm_pool": "token", "timm_proj": null},
      "text_cfg": {"width": 768, "heads": 12, "no_causal_mask": true}})");
  CHECK(mobile.family == &openclip_family());
  CHECK(mobile.text.mask == Mask::none);
  CHECK(mobile.text.pooling == Pooling::largest_id);
  CHECK(mobile.tokenizer.source == TokenizerSource::clip);
  CHECK(mobile.tokenizer.cleaning == TextCleaning::hf);
}

TEST_CASE("config: OpenCLIP gives images of one size to NaFlex towers", "[model]") {
  const ModelConfig so400m = openclip(R"({"embed_dim": 1152, "init_logit_bias": -10, "custom_text": true,
      "vision_cfg": {"image_size": 384, "image_seq_len": 576, "timm_pool": "map", "timm_proj": "none",
      "timm_model_name": "naflexvit_so400m_patch16_siglip"}, "text_cfg": {}})");
  CHECK(so400m.family == &openclip_family());
  CHECK_FALSE(so400m.vision.is_naflex());
  CHECK(so400m.vision.tokens() == 576);
  CHECK(so400m.vision.positions() == 256);
  CHECK(so400m.vision.patch_kernel() == Shape{1152, 768});
  CHECK(so400m.vision.encoder.mlp_width == 4304);
  CHECK(so400m.vision.encoder.activation == Activation::gelu_tanh);
  CHECK(so400m.vision.encoder.epsilon == 1e-6F);
  const Failure other = openclip_failure(R"("timm_model_name": "naflexvit_base_patch16_gap")");
  CHECK(other.code == "UNSUP");
  CHECK_THAT(other.message, Catch::Matchers::Contains("an image tower of timm that is not supported"));
}

TEST_CASE("config: CoCa's pooling by attention and its class embedding", "[model]") {
  const ModelConfig coca = openclip(R"({"embed_dim": 768, "vision_cfg": {"image_size": 224, "layers": 24,
      "width": 1024, "patch_size": 14, "attentional_pool": true, "attn_pooler_heads": 8,
      "output_tokens": true}, "text_cfg": {"context_length": 76, "vocab_size": 49408, "width": 768,
      "heads": 12, "layers": 12, "embed_cls": true,
      "output_tokens": true}, "multimodal_cfg": {"context_length": 76, "vocab_size": 49408,
      "width": 768, "heads": 12, "layers": 12, "attn_pooler_heads": 12}, "custom_text": true})");
  CHECK(coca.family == &openclip_family());
  CHECK(coca.vision.pooling == Pooling::attention);
  CHECK(coca.vision.final_norm_after_pool);
  const AttentionPoolingConfig pooling = coca.vision.attention_pooling();
  CHECK(pooling.block.width == 768);
  CHECK(pooling.block.heads == 8);
  CHECK(pooling.row_width == 1024);
  CHECK(pooling.input_norms);
  CHECK_FALSE(pooling.mlp);
  CHECK(coca.text.has_class_token());
  CHECK(coca.text.mask == Mask::causal);
  CHECK(coca.text.context_length == 76);
  CHECK(coca.text.positions() == 77);
  CHECK(coca.text.pad_id == 0);
  CHECK_FALSE(coca.text.shares_prefixes());
  CHECK(coca.text.fixed_rows() == 0);

  // coca_roberta: its pooling is CLIP's, and its text tower one of the hub.
  const ModelConfig roberta = openclip(R"({"embed_dim": 512, "vision_cfg": {"layers": 12, "width": 768,
      "patch_size": 32, "output_tokens": true}, "text_cfg": {"hf_model_name": "roberta-base",
      "hf_tokenizer_name": "roberta-base", "hf_proj_type": "linear", "width": 768, "output_tokens": true},
      "multimodal_cfg": {"context_length": 76, "width": 768, "heads": 8, "layers": 12},
      "custom_text": true})");
  CHECK(roberta.vision.pooling == Pooling::class_token);
  CHECK(roberta.text.pooling == Pooling::mean);
}
