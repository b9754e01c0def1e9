// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "keras/quantize_support.h"
#include "keras/small_clip.h"
#include "support/error_of.h"
#include "support/golden.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;
using Catch::Matchers::Contains;

TEST_CASE("quantize: the demo model's embeddings stay what they were", "[keras]") {
  const auto clip = keras::CLIP::from_preset("");
  const auto tokens = clip->processor()({"a photo of a cat", "a dog", "two red squares", "a blue circle"});
  const Tensor images =
      clip->processor().process_images({data_path("images/dog.jpg"), data_path("images/cat.png")});
  const auto embeddings = [&](keras::CLIP& model) {
    std::vector<Tensor> both;
    both.push_back(model.image_encoder()(images));
    both.push_back(model.text_encoder()(tokens.token_ids, tokens.padding_mask));
    return both;
  };
  const std::vector<Tensor> before = embeddings(*clip);
  const auto bytes_of = [&] {
    std::int64_t bytes = 0;
    for (const keras::Variable* weight : clip->weights())
      bytes += weight->shape().elements() * size_of(weight->dtype());
    return bytes;
  };
  const std::int64_t bytes = bytes_of();
  clip->quantize("int8");
  CHECK(bytes_of() < bytes * 6 / 10);  // they were float16
  const std::vector<Tensor> after = embeddings(*clip);
  for (std::size_t i = 0; i < before.size(); ++i) {
    for (std::int64_t row = 0; row < before[i].shape()[0]; ++row) {
      CHECK(cosine(after[i].view().row(row), before[i].view().row(row)) >= 0.999);
      CHECK(cosine(after[i].view().row(row), before[i].view().row(row)) < 1);
    }
  }
  CHECK(clip->dtype_policy().name() == "int8_from_float32");
  CHECK(clip->image_encoder().encoder().layer(0).dtype_policy().name() == "int8_from_float32");
  CHECK(clip->image_encoder().patching_and_embedding().dtype_policy().name() == "float32");
  CHECK(clip->head().dtype_policy().name() == "float32");
  for (const keras::Layer* part : clip->image_encoder().patching_and_embedding().sublayers())
    CHECK(part->weights()[0]->dtype() == DType::f16);  // the kernel of the patches stays
  const auto again = keras::CLIP::from_config(keras::config_from_json(keras::to_json(clip->get_config())));
  CHECK(again->get_config() == clip->get_config());
  again->set_weights(clip->get_weights());
  const std::vector<Tensor> same = embeddings(*again);
  for (std::size_t i = 0; i < same.size(); ++i) check_same_bits(values_of(same[i]), values_of(after[i]));
}

TEST_CASE("quantize: every layer of CLIP can be quantized alone, and made again", "[keras]") {
  keras::CLIP clip(kSmall);
  const Tensor ids = ids_of(Shape{2, 4}, {48, 7, 49, 3, 48, 30, 2, 49});
  const std::vector<float> texts = values_of(clip.text_encoder()(ids));
  clip.image_encoder().quantize("int8");
  CHECK(values_of(clip.text_encoder()(ids)) == texts);
  CHECK(clip.dtype_policy().name() == "float32");
  const auto image = keras::CLIPImageEncoder::from_config(clip.image_encoder().get_config());
  image->set_weights(clip.image_encoder().get_weights());
  check_same_bits(values_of((*image)(some_images(2))), values_of(clip.image_encoder()(some_images(2))));
  clip.text_encoder().quantize("int8");
  CHECK(cosine(values_of(clip.text_encoder()(ids)), texts) >= 0.999);
  const auto text = keras::CLIPTextEncoder::from_config(clip.text_encoder().get_config());
  text->set_weights(clip.text_encoder().get_weights());
  check_same_bits(values_of((*text)(ids)), values_of(clip.text_encoder()(ids)));
  const Tensor x = waves(Shape{1, 3, 128}, 0.2F);
  keras::CLIPEncoder& encoder = clip.image_encoder().encoder();
  const auto blocks = keras::CLIPEncoder::from_config(encoder.get_config());
  blocks->set_weights(encoder.get_weights());
  check_same_bits(values_of((*blocks)(x)), values_of(encoder(x)));
  const auto block = keras::ResidualAttention::from_config(encoder.layer(1).get_config());
  block->set_weights(encoder.layer(1).get_weights());
  check_same_bits(values_of((*block)(x)), values_of(encoder.layer(1)(x)));
  keras::CLIPAttention attention({.proj_dim = 128, .num_heads = 2, .num_hidden_layers = 2});
  const Tensor before = attention(x);
  attention.quantize("int8");
  CHECK(cosine(values_of(attention(x)), values_of(before)) >= 0.999);
  const auto again = keras::CLIPAttention::from_config(attention.get_config());
  again->set_weights(attention.get_weights());
  check_same_bits(values_of((*again)(x)), values_of(attention(x)));
}

TEST_CASE("quantize: a model goes through a file, and one of half precision is quantized", "[keras]") {
  const TempFolder folder;
  const std::string path = folder / "clip.safetensors";
  const auto clip = keras::CLIP::from_preset(data_path("golden/model/nano_f16"));
  const Tensor ids = ids_of(Shape{1, 3}, {1, 2, 599});
  const std::vector<float> before = values_of(clip->text_encoder()(ids));
  clip->quantize("int8");
  const std::vector<float> after = values_of(clip->text_encoder()(ids));
  CHECK(cosine(after, before) >= 0.999);
  clip->save_weights(path);
  const auto again = keras::CLIP::from_config(clip->get_config());
  again->load_weights(path);
  check_same_bits(values_of(again->text_encoder()(ids)), after);
}

TEST_CASE("quantize: a model that is refused is as it was", "[keras][error]") {
  keras::CLIP clip(kSmall, {.name = "clip"});
  const Tensor ids = ids_of(Shape{1, 3}, {48, 3, 49});
  const auto answer = [&] {
    std::vector<float> both = values_of(clip.image_encoder()(some_images(1)));
    const std::vector<float> texts = values_of(clip.text_encoder()(ids));
    both.insert(both.end(), texts.begin(), texts.end());
    return both;
  };
  clip.text_encoder().encoder().layer(1).quantize("int8");  // after the image tower and the embeddings
  const std::vector<float> expected = answer();
  const Before state(clip), part(clip.image_encoder());
  CHECK(error_of([&] { clip.quantize("int8"); }) ==
        Failure{"UNSUP",
                "residual_attention_1: cannot be quantized to 'int8': it is quantized to int8 already"});
  state.check(clip);
  part.check(clip.image_encoder());
  check_same_bits(answer(), expected);
  CHECK_THAT(error_of([&] { clip.quantize("float8"); }).message, Contains("'float8'"));
  state.check(clip);
  clip.image_encoder().quantize("int8");  // still possible
  CHECK(answer() != expected);
}
