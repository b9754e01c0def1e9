// SPDX-License-Identifier: Apache-2.0
#include "end_to_end/nano.h"
#include "sightline/nn/multi_head_attention.h"
#include "sightline/ops/gemm.h"
#include "support/catch.h"

using namespace sightline;           // NOLINT
using namespace sightline::testing;  // NOLINT

// The towers, stage by stage: when an embedding is wrong, the first failure here says where it went wrong.
// The stages were seen by forward hooks in transformers: images 3 and 4 together, captions 0 and 7 one by
// one.
namespace {

const std::vector<std::string>& staged_models() {
  static const std::vector<std::string> names = {"nano_quick_gelu", "nano_gelu",    "nano_ratio",
                                                 "nano_f16",        "nano_sharded", "nano_mixed"};
  return names;
}

/// Within 2e-6 of the largest value of the stage: some sixteen roundings of float32.
void check_stage(const Tensor& actual, const std::string& name, const std::string& stage) {
  const NpyArray expected = nano_expected(name, "stage_" + stage);
  double largest = 0;
  for (const float value : expected.floats) largest = std::max(largest, std::abs(static_cast<double>(value)));
  check_near(flat(actual), expected.floats, 2e-6 * largest, name + " " + stage);
}

std::vector<AttentionSpan> whole(std::int64_t sequences, std::int64_t length) {
  const std::vector<Sequence> list(static_cast<std::size_t>(sequences), Sequence{length, 0});
  std::vector<AttentionSpan> spans(list.size());
  fill_spans(list, false, spans);
  return spans;
}

/// One tower of one model and its residual stream.
struct Stages {
  const Model& clip;
  std::string name, prefix;  ///< of the model; of the stages: "vision", "text0", ...
  EncoderConfig config;
  WeightScope scope;
  Mask mask;
  std::vector<AttentionSpan> spans;
  Workspace workspace;
  Tensor x;

  /// Attention of block `index` alone: self_attn(layer_norm1(x)).
  void check_attention(std::int64_t index) {
    const WeightScope block = scope / "encoder" / "layers" / index;
    const LayerNorm norm(block / "layer_norm1", config.width, config.epsilon);
    const MultiHeadAttention attention(block / "self_attn", config.width, config.heads, mask,
                                       gemm_backend("auto"));
    Tensor normed(x.shape());
    Tensor out(x.shape());
    norm(x.view(), normed.view(), workspace.context);
    for (float& value : out.view().flat()) value = 0;
    attention.add_to(out.view(), normed.view(), normed.view(), spans, workspace.context);
    check_stage(out, name, prefix + "_attention_" + std::to_string(index));
  }

  void check_blocks(const TransformerEncoder& encoder) {
    REQUIRE(std::ssize(encoder.blocks()) == config.layers);
    for (std::int64_t i = 0; i < config.layers; ++i) {
      check_attention(i);
      encoder.blocks()[static_cast<std::size_t>(i)](x.view(), spans, workspace.context);
      check_stage(x, name, prefix + "_layer_" + std::to_string(i));
    }
  }
};

}  // namespace

TEST_CASE("nano: every stage of the image tower is that of transformers", "[end_to_end][golden]") {
  for (const std::string& name : staged_models()) {
    DYNAMIC_SECTION(name) {
      const auto clip = Model::open(nano_folder(name));
      const ImageTower& tower = clip->image_tower();
      const EncoderConfig config = clip->config().vision.encoder;
      const WeightScope scope = WeightScope(clip->checkpoint()) / "vision_model";
      Stages stages{*clip,       name,    "vision", config, scope, Mask::none, whole(2, tower.tokens()),
                    Workspace(), Tensor()};

      const std::vector<std::string> images = nano_images();
      const Tensor pixels = pixels_of(*clip, {images.at(3), images.at(4)});
      stages.x = Tensor(Shape{2 * tower.tokens(), config.width});
      tower.patch_embedding()(pixels.view(), stages.x.view(), stages.workspace.context);
      check_stage(stages.x, name, "vision_embeddings");
      (*tower.pre_norm())(stages.x.view(), stages.x.view(), stages.workspace.context);
      check_stage(stages.x, name, "vision_pre_norm");
      stages.check_blocks(tower.encoder());

      Tensor pooled(Shape{2, config.width});
      for (const std::int64_t i : {0, 1}) {
        const auto row = stages.x.view().row(i * tower.tokens());
        std::copy(row.begin(), row.end(), pooled.view().row(i).begin());
      }
      const LayerNorm post_norm(scope / "post_layernorm", config.width, config.epsilon);
      post_norm(pooled.view(), pooled.view(), stages.workspace.context);
      check_stage(pooled, name, "vision_pooled");
    }
  }
}

TEST_CASE("nano: every stage of the text tower is that of transformers", "[end_to_end][golden]") {
  for (const std::string& name : staged_models()) {
    for (const std::size_t n : {0U, 1U}) {
      DYNAMIC_SECTION(name << " caption " << n) {
        const auto clip = Model::open(nano_folder(name));
        const TextTower& tower = clip->text_tower();
        const EncoderConfig config = clip->config().text.encoder;
        const WeightScope scope = WeightScope(clip->checkpoint()) / "text_model";
        const std::string caption = nano_captions().at(n == 0 ? 0 : 7);
        const std::vector<std::int32_t> ids = clip->processor().process_text(caption).ids;
        const auto length = static_cast<std::int64_t>(ids.size());
        const std::string prefix = "text" + std::to_string(n);
        Stages stages{*clip,       name,    prefix, config, scope, Mask::causal, whole(1, length),
                      Workspace(), Tensor()};

        stages.x = Tensor(Shape{length, config.width});
        tower.embed(ids, 0, stages.x.view());
        check_stage(stages.x, name, prefix + "_embeddings");
        stages.check_blocks(tower.encoder());
        (*tower.final_norm())(stages.x.view(), stages.x.view(), stages.workspace.context);
        check_stage(stages.x, name, prefix + "_final_norm");
      }
    }
  }
}

TEST_CASE("nano: the pooled position follows eos_token_id, literally", "[end_to_end]") {
  const auto real = Model::open(nano_folder("nano_gelu"));  // eos_token_id 599
  CHECK(real->text_tower().pooled_position(std::vector<std::int32_t>{598, 7, 599, 9, 599}) == 2);
  CHECK(real->text_tower().pooled_position(std::vector<std::int32_t>{598, 7}) == 0);
  const auto largest = Model::open(nano_folder("nano_tokenizer_json"));  // eos_token_id 2; the end is id 1
  const std::vector<std::int32_t> ids = largest->processor().process_text("a photo of a cat").ids;
  CHECK(ids.back() == 1);
  CHECK(largest->text_tower().pooled_position(ids) == 6);
  CHECK(largest->text_tower().pooled_position(std::vector<std::int32_t>{3, 9, 9, 1}) == 1);
}
