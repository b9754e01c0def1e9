#include "sightline/weights/names.h"

#include <algorithm>
#include <array>

#include "support/catch.h"
#include "support/error_of.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

const std::vector<float> kValues = {1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F};

StoredTensor floats(const Shape& shape) {
  return {
      DType::f32, shape,
      std::as_bytes(std::span<const float>(kValues)).first(static_cast<std::size_t>(shape.elements()) * 4)};
}

std::vector<float> values_of(const Weights& weights, std::string_view name) {
  const Tensor tensor = to_float(*weights.find(name));
  const std::span<const float> flat = tensor.view().flat();
  return {flat.begin(), flat.end()};
}

// A dialect that uses every layout.
constexpr std::array<std::string_view, 1> kMarkers = {"blk."};
constexpr std::array kRules = {
    NameRule{"blk.{}.qk", "layers.{}.q", TensorLayout::part, 0, 2},
    NameRule{"blk.{}.qk", "layers.{}.k", TensorLayout::part, 1, 2},
    NameRule{"blk.{}.sub.{}.w", "layers.{}.{}.weight", TensorLayout::transpose},
    NameRule{"scale", "logit_scale"},
    NameRule{"alias", "logit_scale"},
    NameRule{"ids", "", TensorLayout::drop},
};
constexpr NameMap kMap{"test", kMarkers, kRules};

}  // namespace

TEST_CASE("names: every layout of a table does what it says", "[weights]") {
  Weights source;
  auto owner = std::make_shared<const int>(1);
  const std::weak_ptr<const int> watch = owner;
  source.keep(std::move(owner));
  source.add("blk.12.qk", floats(Shape{2, 3}));
  source.add("blk.3.sub.4.w", floats(Shape{2, 3}));
  source.add("scale", floats(Shape{}));
  source.add("ids", floats(Shape{1}));
  source.add("blk.x.qk", floats(Shape{1}));
  CHECK(kMap.recognizes(source));
  const Weights weights = kMap.canonical(std::move(source));
  CHECK(weights.names() == std::vector<std::string>{"blk.x.qk", "layers.12.k", "layers.12.q",
                                                    "layers.3.4.weight", "logit_scale"});
  CHECK(values_of(weights, "layers.12.q") == std::vector<float>{1, 2, 3});
  CHECK(values_of(weights, "layers.12.k") == std::vector<float>{4, 5, 6});
  CHECK(weights.find("layers.12.k")->shape == Shape{1, 3});
  CHECK(values_of(weights, "layers.3.4.weight") == std::vector<float>{1, 4, 2, 5, 3, 6});
  CHECK(weights.find("layers.3.4.weight")->shape == Shape{3, 2});
  CHECK_FALSE(watch.expired());
}

TEST_CASE("names: shapes that a layout does not allow, and two tensors of one name, are refused",
          "[weights][error]") {
  const auto mapping = [](std::string_view name, const Shape& shape) {
    return error_of([&] {
      Weights weights;
      weights.add(std::string(name), floats(shape));
      (void)kMap.canonical(std::move(weights));
    });
  };
  CHECK(mapping("blk.0.qk", Shape{3, 2}).code == "MISMATCH");
  CHECK(mapping("blk.0.qk", Shape{}).code == "MISMATCH");
  CHECK(mapping("blk.0.sub.1.w", Shape{6}) ==
        Failure{"MISMATCH", "blk.0.sub.1.w: has shape [6], expected a matrix"});
  Weights twice;
  twice.add("scale", floats(Shape{}));
  twice.add("alias", floats(Shape{}));
  CHECK(error_of([&] { (void)kMap.canonical(std::move(twice)); }).code == "DUP");
}

TEST_CASE("names: Hugging Face's table keeps all names of a checkpoint and drops its buffers", "[weights]") {
  for (const NameRule& rule : hf_name_map().rules) {
    CHECK((rule.layout == TensorLayout::drop) == rule.pattern.ends_with("position_ids"));
    CHECK((rule.layout == TensorLayout::drop || rule.pattern == rule.canonical));
  }
  // CLIPModel of transformers: 16 per block and tower; embeddings 3 + 2, norms 4 + 2, projections 2, scale 1.
  CHECK(std::count_if(hf_name_map().rules.begin(), hf_name_map().rules.end(), [](const NameRule& rule) {
          return rule.layout == TensorLayout::same;
        }) == 32 + 5 + 6 + 3);
  Weights weights;
  weights.add("visual.conv1.weight", floats(Shape{1}));
  CHECK_FALSE(hf_name_map().recognizes(weights));
  CHECK(error_of([&] { (void)to_canonical(std::move(weights)); }).code == "UNSUP");
  CHECK(error_of([] { (void)to_canonical(Weights()); }).code == "UNSUP");
}
