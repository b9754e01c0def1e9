// SPDX-License-Identifier: Apache-2.0
// The same nano model through every source: tensors bit for bit, embeddings as transformers has them.

#include <cstring>

#include "end_to_end/nano.h"
#include "sightline/base/format.h"
#include "sightline/containers/json.h"
#include "sightline/model/config_openclip.h"
#include "sightline/model/config_writer.h"
#include "sightline/tensor/dtype_conversion.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/temp_folder.h"

using namespace sightline;           // NOLINT
using namespace sightline::testing;  // NOLINT

namespace {

namespace fs = std::filesystem;

constexpr double kEmbeddingTolerance = 2e-6;

std::string golden_weights(std::string_view name) { return golden_path("weights/").append(name); }

void copy_into(const TempFolder& folder, const std::string& source, std::string_view name) {
  fs::copy(source, folder / name, fs::copy_options::recursive);
}

/// A weight file with the configs and the tokenizer of nano model `name` beside it.
std::string beside_configs(const TempFolder& folder, const std::string& weights, std::string_view nano) {
  for (const char* part : {"config.json", "preprocessor_config.json", "vocab.json", "merges.txt"}) {
    copy_into(folder, nano_folder(nano) + "/" + part, part);
  }
  const std::string name = fs::path(weights).filename().string();
  copy_into(folder, weights, name);
  return folder / name;
}

/// float32 as it comes back from a file that stores it as `dtype`.
std::vector<float> stored_as(DType dtype, std::span<const float> values) {
  std::vector<float> result(values.begin(), values.end());
  for (float& value : result) {
    if (dtype == DType::f16) value = f16_to_float(float_to_f16(value));
    if (dtype == DType::bf16) value = bf16_to_float(float_to_bf16(value));
  }
  return result;
}

/// The tensors of `clip` are those of the nano model, as float32 of the same bits, or as the float16 or
/// bfloat16 next to them where they are stored as that. Some goldens hold only the first rows of the token
/// embedding.
void check_tensors(const Model& clip, const Model& nano) {
  REQUIRE(clip.checkpoint().names() == nano.checkpoint().names());
  for (const std::string& name : nano.checkpoint().names()) {
    CAPTURE(name);
    const StoredTensor &seen = *clip.checkpoint().find(name), &expected = *nano.checkpoint().find(name);
    if (name.find("token_embedding") == std::string::npos) {
      REQUIRE(to_string(seen.shape) == to_string(expected.shape));
    }
    const Tensor values = to_float(expected);
    check_same_bits(
        flat(to_float(seen)),
        stored_as(seen.dtype, flat(values).first(static_cast<std::size_t>(seen.shape.elements()))), name);
  }
}

/// The embeddings of the nano model's own pixels and ids.
void check_embeddings(const Model& clip, const Model& nano, const std::string& name) {
  Workspace workspace;
  const Tensor images = image_features(clip, pixels_of(nano, nano_images()).view(), workspace);
  check_near(normalized(images), nano_expected(name, "image_embeds").floats, kEmbeddingTolerance,
             "image_embeds");
  const Tensor texts = text_features(clip, tokens_of(nano, nano_captions()), workspace);
  check_near(normalized(texts), nano_expected(name, "text_embeds").floats, kEmbeddingTolerance,
             "text_embeds");
}

void check_source(const std::string& path, const std::string& nano_name, const char* form, Dialect dialect) {
  const auto clip = Model::open(path);
  const auto nano = Model::open(nano_folder(nano_name));
  CHECK(clip->source().form == form);
  CHECK(clip->source().dialect == dialect);
  check_tensors(*clip, *nano);
  check_embeddings(*clip, *nano, nano_name);
}

/// One of the PyTorch goldens, with a config of its few tokens beside it.
std::unique_ptr<Model> open_torch(const TempFolder& folder, std::string_view file, const Model& nano) {
  ModelConfig config = nano.config();
  config.text.vocabulary_size = 24;
  folder.write("config.json", config_json(config, "float32"));
  copy_into(folder, nano_folder("nano_layers1") + "/preprocessor_config.json", "preprocessor_config.json");
  copy_into(folder, golden_weights(file), file);
  return Model::open(folder / file);
}

/// Texts of the first 24 ids.
TokenBatch few_tokens() {
  TokenBatch texts;
  texts.add(std::vector<std::int32_t>{0, 5, 23});
  texts.add(std::vector<std::int32_t>{7});
  texts.add(std::vector<std::int32_t>{22, 21, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14});
  return texts;
}

/// Rows of an integer array as texts.
TokenBatch rows_of(const NpyArray& ids) {
  const auto length = static_cast<std::ptrdiff_t>(ids.shape[1]);
  TokenBatch texts;
  for (auto row = ids.integers.begin(); row != ids.integers.end(); row += length) {
    texts.add(std::vector<std::int32_t>(row, row + length));
  }
  return texts;
}

/// One of the variants of openclip/preprocess.json, through the text that OpenCLIP would write of it.
PreprocessorConfig preprocess_variant(const Json& fields) {
  std::string text = R"({"preprocess_cfg": {)";
  fields.for_each_member([&](std::string_view key, const Json& value) {
    text += (text.ends_with('{') ? "" : ", ") + ("\"" + std::string(key) + "\": ");
    if (value.is_string()) {
      text += "\"" + std::string(value.as_string()) + "\"";
    } else if (value.is_integer()) {
      text += std::to_string(value.as_integer());
    } else {
      std::string list;
      value.for_each_element([&](const Json& number) {
        list += list.empty() ? "" : ", ";
        append_double(list, number.as_double());
      });
      text += "[" + list + "]";
    }
  });
  return openclip_preprocessor(text + "}}", "preprocess.json", 12);
}

}  // namespace

TEST_CASE("sources: a file of weights, with its configs beside it", "[end_to_end][golden]") {
  const TempFolder folder;
  check_source(
      beside_configs(folder, nano_folder("nano_quick_gelu") + "/model.safetensors", "nano_quick_gelu"),
      "nano_quick_gelu", "safetensors", Dialect::hf);
}

TEST_CASE("sources: KerasCV's .keras", "[end_to_end][golden]") {
  const TempFolder folder;
  const std::string path = beside_configs(folder, golden_weights("keras_cv.keras"), "nano_layers1");
  check_source(path, "nano_layers1", "keras", Dialect::kerascv);
}

TEST_CASE("sources: KerasHub's preset directory, with its tokenizer and image converter",
          "[end_to_end][golden]") {
  const std::string path = golden_weights("keras_hub");
  check_source(path, "nano_layers1", "keras-h5", Dialect::kerashub);
  const auto clip = Model::open(path);
  const auto nano = Model::open(nano_folder("nano_layers1"));
  CHECK(clip->source().config == path + "/config.json");
  CHECK(clip->source().preprocessor == path + "/image_converter.json");
  CHECK(clip->processor().image_config().mean[0] == 0.48145466F);
  for (const std::string& caption : nano_captions()) {
    CHECK(clip->processor().process_text(caption).ids == nano->processor().process_text(caption).ids);
  }
}

TEST_CASE("sources: GGUF as clip.cpp's converter writes it, whole and quantized", "[end_to_end][golden]") {
  for (const char* type : {"f32", "f16", "q8_0", "q4_0", "q4_1", "q5_0", "q5_1"}) {
    CAPTURE(type);
    const std::string stem = golden_weights("gguf/nano-") + type;
    const auto clip = Model::open(stem + ".gguf");
    CHECK(clip->source().form == "gguf");
    CHECK(clip->source().dialect == Dialect::gguf);
    CHECK(clip->source().config.empty());
    REQUIRE(clip->source().assumptions.size() == 1);
    CHECK_THAT(clip->source().assumptions[0], Contains("ln 100"));
    CHECK(std::abs(clip->head().logit_scale() - 100.0F) < 1e-4F);

    Workspace workspace;
    const NpyArray pixels = read_npy(golden_weights("gguf/pixels.npy"));
    const TensorView<const float> rows(pixels.floats.data(), Shape{2, 3 * 8 * 8});
    const Tensor images = image_features(*clip, rows, workspace);
    check_near(normalized(images), read_npy(stem + ".image_embeds.npy").floats, kEmbeddingTolerance,
               "image_embeds");
    const TokenBatch texts = rows_of(read_npy(golden_weights("gguf/ids.npy")));
    const Tensor features = text_features(*clip, texts, workspace);
    check_near(normalized(features), read_npy(stem + ".text_embeds.npy").floats, kEmbeddingTolerance,
               "text_embeds");
  }
}

TEST_CASE("sources: OpenCLIP's folders, flat, with the text tower apart, with a Linear projection",
          "[end_to_end][golden]") {
  for (const std::string& name : {std::string("flat"), std::string("custom_text"), std::string("linear")}) {
    DYNAMIC_SECTION(name) {
      const std::string stem = golden_weights("openclip/") + name;
      const auto clip = Model::open(stem);
      CHECK(clip->source().form == (name == "flat" ? "pytorch" : "safetensors"));
      CHECK(clip->source().dialect == Dialect::openclip);
      CHECK(clip->source().config == stem + "/open_clip_config.json");
      CHECK(clip->source().assumptions.empty());
      Workspace workspace;
      const NpyArray pixels = read_npy(golden_weights("openclip/pixels.npy"));
      const TensorView<const float> rows(pixels.floats.data(), Shape{2, 3 * 8 * 8});
      check_near(normalized(image_features(*clip, rows, workspace)),
                 read_npy(stem + ".image_embeds.npy").floats, kEmbeddingTolerance, "image_embeds");
      const Tensor texts =
          text_features(*clip, rows_of(read_npy(golden_weights("openclip/ids.npy"))), workspace);
      check_near(normalized(texts), read_npy(stem + ".text_embeds.npy").floats, kEmbeddingTolerance,
                 "text_embeds");
    }
  }
}

TEST_CASE("sources: OpenCLIP's preprocess_cfg gives OpenCLIP's pixels", "[end_to_end][golden]") {
  const std::vector<std::uint8_t> file = read_bytes(golden_weights("openclip/preprocess.json"));
  const JsonDocument document(as_text(std::as_bytes(std::span(file))), "preprocess.json");
  int variant = 0;
  document.root().at("variants").for_each_element([&](const Json& fields) {
    const std::string mode(fields.at("resize_mode").as_string());
    CAPTURE(variant, mode);
    PreprocessorConfig config = preprocess_variant(fields);
    config.pipeline.rule = mode == "shortest" ? PixelRule::openai : PixelRule::hf;
    const Processor processor(config, 12, nullptr, 8);
    const NpyArray expected =
        read_npy(golden_weights("openclip/preprocess-") + std::to_string(variant) + ".npy");
    std::vector<float> pixels(expected.floats.size());
    std::size_t at = 0;
    for (const char* image : {"wide.png", "small.png"}) {
      const std::vector<std::uint8_t> bytes = read_bytes(golden_weights("openclip/") + image);
      const auto count = static_cast<std::size_t>(processor.pixel_count());
      processor.process_image(std::as_bytes(std::span(bytes)), std::span(pixels).subspan(at, count), nullptr);
      at += count;
    }
    REQUIRE(at == pixels.size());
    // torchvision divides levels by 255 in float32, transformers multiplies them by 1/255 in float64: one
    // unit in the last place before the division by the deviation.
    check_near(pixels, expected.floats, 1e-6, mode);
    ++variant;
  });
  CHECK(variant == 6);
}

TEST_CASE("sources: PyTorch's state_dicts and OpenAI's TorchScript", "[end_to_end][golden]") {
  struct Case {
    const char* file;
    Dialect dialect;
    bool exact;  ///< float32: embeddings of the same bits
  };
  const auto nano = Model::open(nano_folder("nano_layers1"));
  for (const Case& c :
       {Case{"pytorch_f32.bin", Dialect::hf, true}, Case{"pytorch_f16.bin", Dialect::hf, false},
        Case{"pytorch_bf16.bin", Dialect::hf, false}, Case{"pytorch_openai_jit.pt", Dialect::openai, false},
        Case{"pytorch_openai.pt", Dialect::openai, false},
        Case{"pytorch_openclip.pt", Dialect::openclip, false}}) {
    DYNAMIC_SECTION(c.file) {
      const TempFolder folder;
      const auto clip = open_torch(folder, c.file, *nano);
      CHECK(clip->source().form == "pytorch");
      CHECK(clip->source().dialect == c.dialect);
      check_tensors(*clip, *nano);
      if (!c.exact) continue;
      Workspace workspace;
      const Tensor pixels = pixels_of(*nano, nano_images());
      check_same_bits(flat(image_features(*clip, pixels.view(), workspace)),
                      flat(image_features(*nano, pixels.view(), workspace)), "images");
      check_same_bits(flat(text_features(*clip, few_tokens(), workspace)),
                      flat(text_features(*nano, few_tokens(), workspace)), "texts");
    }
  }
}

TEST_CASE("sources: a sharded PyTorch checkpoint", "[end_to_end][golden]") {
  const TempFolder folder;
  const auto nano = Model::open(nano_folder("nano_layers1"));
  ModelConfig config = nano->config();
  config.text.vocabulary_size = 24;
  folder.write("config.json", config_json(config, "float16"));
  for (const auto& entry : fs::directory_iterator(golden_weights("pytorch_sharded"))) {
    copy_into(folder, entry.path().string(), entry.path().filename().string());
  }
  const auto clip = Model::open(folder.path());
  CHECK(clip->source().form == "pytorch");
  CHECK(clip->source().weights == folder / "pytorch_model.bin.index.json");
  check_tensors(*clip, *nano);
}
