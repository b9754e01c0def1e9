// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/quantize_model.h"

#include <cstring>
#include <limits>

#include "sightline/model/activation_recorder.h"
#include "sightline/model/self_check.h"
#include "sightline/ops/gemm_precision.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/random_model.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

const std::string kBlock = "vision_model.encoder.layers.0.", kQuery = kBlock + "self_attn.q_proj.weight",
                  kKey = kBlock + "self_attn.k_proj.weight", kFc2 = kBlock + "mlp.fc2.weight";

// Replaces values of a tensor: change(index, value).
template <class Change>
void edit(Weights& weights, const std::string& name, Change change) {
  const StoredTensor source = weights.extract(name);
  weights.add(name, StoredTensor::deferred(DType::f32, source.shape, [=](std::span<std::byte> out) {
                const std::span<float> values(reinterpret_cast<float*>(out.data()), out.size() / 4);
                to_float(source, values);
                for (std::size_t i = 0; i < values.size(); ++i) values[i] = change(i, values[i]);
              }));
}

QuantizedContent quantize(const LoadedModel& model, int threads = 2) {
  ThreadPool pool(threads);
  return quantize_model(model.weights, model.config, pool);
}

bool same_bytes(const Int8Panels& a, const Int8Panels& b) {
  return std::ranges::equal(a.bytes(), b.bytes()) &&
         std::ranges::equal(a.scales().columns, b.scales().columns) &&
         std::ranges::equal(a.scales().inputs, b.scales().inputs);
}

}  // namespace

TEST_CASE("quantize model: every matrix of an ordinary model is quantized, always alike", "[model]") {
  const LoadedModel model = random_model(small_config());
  const QuantizedContent content = quantize(model);
  CHECK(content.matrices.size() == 3 + 6 * 5);  // patches, two projections, six in each of five blocks
  CHECK(content.cosine >= kMinCheckCosine);
  CHECK(content.cosine < 1);
  CHECK(content.probe_embeddings.shape() == Shape{kCheckImages + kCheckTexts, 24});
  const QuantizedContent again = quantize(model, 1);
  CHECK(again.cosine == content.cosine);
  for (const auto& [name, panels] : content.matrices) CHECK(same_bytes(panels, again.matrices.at(name)));
}

TEST_CASE("quantize model: outlier channels are smoothed, alike for all matrices that read them", "[model]") {
  LoadedModel model = random_model(small_config());
  const auto outlier = [](std::size_t i) { return i % 128 == 5 || i % 128 == 77; };
  for (const char* part : {"layer_norm1.weight", "layer_norm1.bias"})
    edit(model.weights, kBlock + part, [=](std::size_t i, float x) { return outlier(i) ? 100 * x : x; });
  for (const std::string& name : {kQuery, kKey, kBlock + "self_attn.v_proj.weight"})
    edit(model.weights, name, [=](std::size_t i, float x) { return outlier(i) ? x / 100 : x; });
  const QuantizedContent content = quantize(model);
  const std::span<const float> factors = content.matrices.at(kQuery).scales().inputs;
  REQUIRE(factors.size() == 128);
  CHECK(factors[5] < factors[6] / 8);
  CHECK(factors[77] < factors[6] / 8);
  CHECK(std::ranges::equal(factors, content.matrices.at(kKey).scales().inputs));
  CHECK(content.cosine >= kMinCheckCosine);
}

TEST_CASE("quantize model: a matrix that int8 cannot represent is kept", "[model]") {
  LoadedModel model = random_model(small_config());
  // An input that is always zero, whose weights leave no steps for the others.
  for (const char* part : {"layer_norm1.weight", "layer_norm1.bias"})
    edit(model.weights, kBlock + part, [](std::size_t i, float x) { return i == 3 ? 0.0F : x; });
  edit(model.weights, kQuery, [](std::size_t i, float x) { return i % 128 == 3 ? 1000.0F : x; });
  const QuantizedContent content = quantize(model);
  CHECK_FALSE(content.matrices.contains(kQuery));
  CHECK(content.matrices.contains(kKey));
  CHECK(content.cosine >= kMinCheckCosine);
}

TEST_CASE("quantize model: a weight that is not finite is named", "[model][error]") {
  LoadedModel model = random_model(small_config());
  edit(model.weights, kFc2,
       [](std::size_t i, float x) { return i == 9 ? std::numeric_limits<float>::infinity() : x; });
  CHECK(error_of([&] { (void)quantize(model); }) ==
        Failure{"CORRUPT", kFc2 + ": contains a NaN or an infinity, expected finite weights"});
}

TEST_CASE("activation recorder: products of the same rows are one site", "[model]") {
  const std::vector<float> w(6, 1.0F), x = {1, -4, 3, 0.5F}, other = {2, 2, 2, 2};
  const StoredTensor a(DType::f32, Shape{3, 2}, std::as_bytes(std::span(w))),
      b(DType::f32, Shape{3, 2}, std::as_bytes(std::span(w)));
  const ActivationRecorder recorder(gemm_backend("reference", DType::f32));
  ThreadPool pool(1);
  Scratch scratch;
  Context context{pool, scratch};
  Tensor y(Shape{2, 3});
  for (const StoredTensor* weights : {&a, &b})
    recorder.pack(*weights)->linear({x.data(), Shape{2, 2}}, y.view(), {}, context);
  CHECK(y.data()[0] == -3);
  recorder.pack(b)->linear({other.data(), Shape{2, 2}}, y.view(), {}, context);
  REQUIRE(recorder.sites().size() == 2);
  const ActivationSite& site = recorder.sites()[0];
  CHECK(site.matrices == std::vector<const StoredTensor*>{&a, &b});
  CHECK(site.largest == std::vector<float>{3, 4});
  CHECK(std::ranges::equal(site.sample.view().flat(), x));
}

TEST_CASE("activation recorder: the sample of many rows is spread over all of them", "[model]") {
  std::vector<float> w(1, 1.0F), x(200);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i);
  const StoredTensor weights(DType::f32, Shape{1, 1}, std::as_bytes(std::span(w)));
  const ActivationRecorder recorder(gemm_backend("reference", DType::f32));
  ThreadPool pool(1);
  Scratch scratch;
  Context context{pool, scratch};
  Tensor y(Shape{200, 1});
  recorder.pack(weights)->linear({x.data(), Shape{200, 1}}, y.view(), {}, context);
  const Tensor& sample = recorder.sites()[0].sample;
  CHECK(sample.shape() == Shape{50, 1});
  CHECK(sample.data()[0] == 0);
  CHECK(sample.data()[49] == 196);
}

TEST_CASE("probes: they follow from the sizes and the seed, and are valid inputs", "[model]") {
  ModelConfig config = small_config();
  const std::int32_t end = GENERATE(49, 30);  // 49 is the largest id
  if (GENERATE(false, true)) pool_at(config.text, end);
  const Probes probes = make_probes(config, 5, 9, 1);
  CHECK(std::ranges::equal(probes.pixels.bytes(), make_probes(config, 5, 9, 1).pixels.bytes()));
  CHECK_FALSE(std::ranges::equal(probes.pixels.bytes(), make_probes(config, 5, 9, 2).pixels.bytes()));
  for (std::int64_t i = 0; i < 5; ++i) {
    const auto [low, high] = std::ranges::minmax_element(probes.pixels.view().row(i));
    CHECK(*low >= -1.9F);
    CHECK(*high <= 2.1F);
    CHECK(*high - *low > 0.5F);
  }
  REQUIRE(probes.texts.size() == 9);
  for (std::int64_t i = 0; i < 9; ++i) {
    const std::span<const std::int32_t> ids = probes.texts[i];
    CHECK(std::ssize(ids) <= config.text.context_length);
    const std::int32_t last = config.text.pooling == Pooling::largest_id ? 49 : end;
    CHECK(ids.back() == last);
    CHECK(ids.front() == last - 1);
    CHECK(std::ranges::all_of(ids, [&](std::int32_t id) { return id >= 0 && id <= last; }));
  }
}

TEST_CASE("self-check: the lowest cosine counts, rounded down", "[model]") {
  const std::vector<float> a = {1, 0, 0, 1}, b = {1, 0, 0.6F, 0.8F};
  const TensorView<const float> x(a.data(), Shape{2, 2}), y(b.data(), Shape{2, 2});
  CHECK(lowest_cosine(x, x) == 1);
  CHECK(lowest_cosine(x, y) == 0.8);
  const std::vector<float> bad = {1, 0, 0, std::numeric_limits<float>::quiet_NaN()};
  CHECK(std::isnan(lowest_cosine(x, {bad.data(), Shape{2, 2}})));
}
