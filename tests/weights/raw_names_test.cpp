// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/raw_names.h"

#include "sightline/weights/safetensors.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/golden.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

Weights nano_model() { return Safetensors().read(golden_path("model/nano_quick_gelu/model.safetensors")); }

constexpr std::string_view kLayer = "text_model.encoder.layers.1.";

}  // namespace

TEST_CASE("raw names: OpenCLIP's and OpenAI's are the inverse of their canonical names", "[weights]") {
  const NameMap& map = *GENERATE(&openclip_name_map(), &openai_name_map());
  const Weights model = nano_model();
  const Weights raw = with_raw_names(map, model, "test");
  CHECK(raw.contains("visual.transformer.resblocks.0.attn.in_proj_weight"));
  CHECK(raw.contains("transformer.resblocks.1.attn.in_proj_bias"));
  CHECK(raw.find("visual.proj")->shape[0] == model.find("visual_projection.weight")->shape[1]);
  Weights copy;
  for (const std::string& name : raw.names()) copy.add(name, *raw.find(name));
  const Weights again = map.canonical(std::move(copy));
  REQUIRE(again.names() == model.names());
  for (const std::string& name : model.names()) {
    CAPTURE(name);
    CHECK(again.find(name)->shape == model.find(name)->shape);
    const ByteView a = again.find(name)->bytes(), b = model.find(name)->bytes();
    CHECK(std::equal(a.begin(), a.end(), b.begin(), b.end()));
  }
}

TEST_CASE("raw names: every tensor has a place and every place a tensor", "[weights][error]") {
  Weights model = nano_model();
  const auto failure = [&] {
    return error_of([&] { (void)with_raw_names(openclip_name_map(), model, "OpenCLIP"); });
  };
  const std::string key = std::string(kLayer) + "self_attn.k_proj.bias";
  const StoredTensor bias = model.extract(key);
  CHECK(failure().code == "MISSING");
  CHECK(failure().message == key + ": is not in the weights, but OpenCLIP needs it");
  const std::vector<std::byte> bytes(512);
  model.add(key,
            {DType::f16, bias.shape, ByteView(bytes).first(static_cast<std::size_t>(bias.byte_size()) / 2)});
  CHECK(failure().code == "MISMATCH");
  CHECK_THAT(failure().message, Contains("in_proj_bias: consists of tensors of different dtypes"));
  (void)model.extract(key);
  model.add(key, bias);
  model.add("other", {DType::u8, Shape{1}, ByteView(bytes).first(1)});
  CHECK(failure().message == "other: has no place in the layout of OpenCLIP");
}

TEST_CASE("raw names: concatenation along the first axis", "[weights]") {
  const std::vector<float> a = {1, 2, 3, 4}, b = {5, 6};
  const auto tensor = [](const std::vector<float>& values, const Shape& shape) {
    return StoredTensor(DType::f32, shape, std::as_bytes(std::span<const float>(values)));
  };
  const StoredTensor whole =
      concatenated(std::vector{tensor(a, Shape{2, 2}), tensor(b, Shape{1, 2})}, "whole");
  CHECK(whole.shape == Shape{3, 2});
  const Tensor values = to_float(whole);
  CHECK(std::vector<float>(values.view().flat().begin(), values.view().flat().end()) ==
        std::vector<float>{1, 2, 3, 4, 5, 6});
  const auto code = [&](const std::vector<StoredTensor>& parts) {
    return error_of([&] { (void)concatenated(parts, "whole"); }).code;
  };
  CHECK(code({}) == "MISMATCH");
  CHECK(code({tensor({1}, Shape{})}) == "MISMATCH");
  CHECK(code({tensor(a, Shape{2, 2}), tensor(b, Shape{2, 1})}) == "MISMATCH");
  CHECK(code({tensor(a, Shape{2, 2}), tensor(b, Shape{2})}) == "MISMATCH");
}
