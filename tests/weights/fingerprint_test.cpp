// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/fingerprint.h"

#include <algorithm>
#include <cstring>

#include "sightline/base/hash.h"
#include "sightline/tensor/dtype_conversion.h"
#include "sightline/weights/keras_h5.h"
#include "sightline/weights/keras_h5_writer.h"
#include "sightline/weights/layouts.h"
#include "sightline/weights/safetensors.h"
#include "sightline/weights/weight_format.h"
#include "support/catch.h"
#include "support/golden.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::string golden_weights(std::string_view name) { return golden_path("weights/" + std::string(name)); }
std::string nano_weights() { return golden_path("model/nano_layers1/model.safetensors"); }

/// The tensors of nano_layers1 as in the PyTorch goldens: 24 rows of the token embedding.
Weights few_tokens() {
  constexpr std::string_view kTokens = "text_model.embeddings.token_embedding.weight";
  Weights weights = load_weights(nano_weights());
  const StoredTensor all = weights.extract(kTokens);
  const std::int64_t width = all.shape[1];
  weights.add(std::string(kTokens),
              {all.dtype, Shape{24, width}, all.bytes().first(static_cast<std::size_t>(24 * width * 4))});
  return weights;
}

/// A model of two tensors and a logit_scale with adjustable values.
struct Small {
  std::vector<float> matrix = std::vector<float>(40, 0.5F), bias = {1, 2, 3}, scale = {4.6F};
  std::string name = "visual_projection.weight";
  Shape shape{4, 10};

  Weights weights() const {
    Weights result;
    result.add(name, {DType::f32, shape, std::as_bytes(std::span(matrix))});
    result.add("vision_model.pre_layrnorm.bias", {DType::f32, Shape{3}, std::as_bytes(std::span(bias))});
    result.add("logit_scale", {DType::f32, Shape{}, std::as_bytes(std::span(scale))});
    return result;
  }
  std::string print() const { return values_fingerprint(weights()); }
};

std::string written_as(const TempFolder& folder, const Weights& weights, DType dtype) {
  std::vector<SafetensorsEntry> entries;
  for (const std::string& name : weights.names()) entries.push_back({name, *weights.find(name), dtype});
  OutputFile out(folder / "copy.safetensors", true);
  write_safetensors(out, std::move(entries), nullptr, fingerprint_metadata(weights, dtype));
  out.commit();
  return folder / "copy.safetensors";
}

}  // namespace

TEST_CASE("fingerprint: is the same for a model in every container and naming scheme", "[weights][golden]") {
  const std::string nano = model_fingerprint(load_weights(nano_weights()));
  CHECK(is_hash128(nano));
  CHECK(nano == "a2e83b9313f6524d051d65db0d3a0ce0");  // must not change from version to version
  CHECK(model_fingerprint(load_weights(golden_weights("keras_cv.keras"))) == nano);
  CHECK(model_fingerprint(load_weights(golden_weights("keras_hub"))) == nano);

  const Weights few = few_tokens();
  CHECK(values_fingerprint(few) != nano);
  CHECK(model_fingerprint(load_weights(golden_weights("pytorch_f32.bin"))) == values_fingerprint(few));
  CHECK(model_fingerprint(load_weights(golden_weights("pytorch_f16.bin"))) ==
        values_fingerprint(few, DType::f16));
  CHECK(model_fingerprint(load_weights(golden_weights("pytorch_bf16.bin"))) == values_fingerprint(few));
}

TEST_CASE("fingerprint: is the same under OpenAI's and OpenCLIP's names", "[weights][golden]") {
  const Weights few = few_tokens();
  const std::string file = GENERATE("pytorch_openai_jit.pt", "pytorch_openai.pt", "pytorch_openclip.pt");
  CAPTURE(file);
  const Weights weights = load_weights(golden_weights(file));
  Weights expected;  // of the types in the file
  for (const std::string& name : few.names()) {
    const StoredTensor& tensor = *few.find(name);
    const DType dtype = weights.find(name)->dtype;
    expected.add(name, StoredTensor::deferred(dtype, tensor.shape, [tensor, dtype](std::span<std::byte> out) {
                   if (dtype == DType::f32) return tensor.copy_bytes(out);
                   const Tensor floats = to_float(tensor);
                   std::vector<std::uint16_t> halves(floats.view().flat().size());
                   if (dtype == DType::f16) float_to_f16(floats.view().flat(), halves);
                   if (dtype == DType::bf16) float_to_bf16(floats.view().flat(), halves);
                   std::memcpy(out.data(), halves.data(), out.size());
                 }));
  }
  CHECK(model_fingerprint(weights) == values_fingerprint(expected));
}

TEST_CASE("fingerprint: is the same for a GGUF file without logit_scale", "[weights][golden]") {
  const std::string f32 = model_fingerprint(load_weights(golden_weights("gguf/nano-f32.gguf")));
  CHECK(model_fingerprint(load_weights(golden_weights("gguf/nano-q8_0.gguf"))) != f32);
  const TempFolder folder;
  const Weights weights = load_weights(golden_weights("gguf/nano-f32.gguf"));
  CHECK(model_fingerprint(load_weights(written_as(folder, weights, DType::f32))) == f32);
}

TEST_CASE("fingerprint: a single element has the same bytes as in its tensor",
          "[weights][golden][property]") {
  const std::string file =
      GENERATE("keras_cv.keras", "keras_hub", "pytorch_openai_jit.pt", "pytorch_openclip.pt",
               "gguf/nano-f16.gguf", "gguf/nano-q8_0.gguf", "gguf/nano-q4_0.gguf", "gguf/nano-q4_1.gguf",
               "gguf/nano-q5_0.gguf", "gguf/nano-q5_1.gguf");
  CAPTURE(file);
  const Weights weights = load_weights(golden_weights(file));
  for (const std::string& name : weights.names()) {
    const StoredTensor& tensor = *weights.find(name);
    const TransientBytes bytes(tensor);
    const auto width = static_cast<std::size_t>(size_of(tensor.dtype));
    std::vector<std::byte> scratch(width);
    bool same = true;
    for (std::int64_t i = 0; i < tensor.shape.elements(); ++i) {
      const ByteView expected = bytes.view().subspan(static_cast<std::size_t>(i) * width, width);
      same = same && std::ranges::equal(tensor.element(i, scratch), expected);
    }
    CAPTURE(name);
    CHECK(same);
  }
}

TEST_CASE("fingerprint: depends on names, shapes and values, but not on logit_scale", "[weights]") {
  const Small small;
  const std::string print = small.print();
  CHECK(Small().print() == print);
  Small changed = small;
  changed.scale[0] = 3;
  CHECK(changed.print() == print);
  for (const std::size_t sampled : {std::size_t{0}, std::size_t{7}}) {
    changed = small;
    changed.matrix[sampled] *= 1.01F;
    CHECK(changed.print() != print);
  }
  changed = small;
  changed.matrix[0] *= 1.0001F;  // below the resolution of bfloat16
  CHECK(changed.print() == print);
  changed = small;
  changed.bias[2] = 3.1F;
  CHECK(changed.print() != print);
  changed = small;
  changed.shape = Shape{10, 4};
  CHECK(changed.print() != print);
  changed = small;
  changed.name = "text_projection.weight";
  CHECK(changed.print() != print);
}

TEST_CASE("fingerprint: deferred tensors are not materialised", "[weights]") {
  const std::vector<float> values(6, 1.0F);
  Weights weights;
  const StoredTensor whole(DType::f32, Shape{2, 3}, std::as_bytes(std::span(values)));
  weights.add("a",
              StoredTensor::deferred(
                  DType::f32, Shape{3, 2}, [](std::span<std::byte>) { FAIL("was made"); },
                  [&](std::int64_t, std::span<std::byte> scratch) { return whole.element(0, scratch); }));
  const StoredTensor turned = to_layout(*weights.find("a"), TensorLayout::transpose, {}, "a");
  weights.add("b", to_layout(turned, TensorLayout::part, {1, 2}, "b"));
  CHECK(is_hash128(model_fingerprint(weights)));
}

TEST_CASE("fingerprint: a copy in another type is the same model until it is edited", "[weights]") {
  const Weights source = load_weights(nano_weights());
  const std::string print = model_fingerprint(source);
  CHECK(fingerprint_metadata(source, {}).empty());
  CHECK(fingerprint_metadata(source, DType::f32).empty());
  const TempFolder folder;
  for (const DType dtype : {DType::f16, DType::bf16}) {
    const std::string path = written_as(folder, source, dtype);
    const Weights copy = load_weights(path);
    CHECK(model_fingerprint(copy) == print);
    // and so is a copy of the copy, in any type
    const std::string again = written_as(folder, copy, DType::f32);
    CHECK(model_fingerprint(load_weights(again)) == print);
  }
  const std::string path = written_as(folder, source, DType::f16);
  CHECK(values_fingerprint(load_weights(path)) != print);
  std::string bytes = folder.read("copy.safetensors");
  const std::string_view name = "sightline.model_fingerprint";
  REQUIRE(bytes.find(name) != std::string::npos);
  for (std::size_t i = bytes.size() - 4000; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(bytes[i] ^ 0x20);
  folder.write("edited.safetensors", bytes);
  const Weights edited = load_weights(folder / "edited.safetensors");
  CHECK(model_fingerprint(edited) == values_fingerprint(edited));
  CHECK(model_fingerprint(edited) != print);
}

TEST_CASE("fingerprint: a Keras file passes it on as well", "[weights]") {
  const Weights source = load_weights(nano_weights());
  const TempFolder folder;
  const auto copy = [&](std::optional<DType> dtype) {
    OutputFile out(folder / "copy.weights.h5", true);
    write_keras_h5(out, source, {.vision_heads = 2, .text_heads = 2, .dtype = dtype});
    out.commit();
    return load_weights(folder / "copy.weights.h5");
  };
  CHECK(model_fingerprint(copy(DType::f16)) == model_fingerprint(source));
  CHECK(copy(DType::f16).metadata().contains("sightline.model_fingerprint"));
  CHECK_FALSE(copy({}).metadata().contains("sightline.model_fingerprint"));
  CHECK(model_fingerprint(copy({})) == model_fingerprint(source));
}

TEST_CASE("fingerprint: malformed metadata is ignored", "[weights]") {
  const Small small;
  Weights weights = small.weights();
  keep_fingerprint_metadata(weights, "config.json", "{}");
  CHECK(weights.metadata().empty());
  keep_fingerprint_metadata(weights, "sightline.values_fingerprint", small.print());
  keep_fingerprint_metadata(weights, "sightline.model_fingerprint", "not one");
  CHECK(model_fingerprint(weights) == small.print());
}
