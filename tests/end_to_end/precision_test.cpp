// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "sightline/model/head.h"
#include "sightline/model/model.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/random_values.h"

using namespace sightline;
using sightline::testing::error_of;

namespace {

const std::string kDemoModel = SIGHTLINE_DATA_DIR "/demo-model";

// Embeddings of `count` random images.
Tensor embed(const ModelSettings& settings, std::int64_t count, int threads = 1) {
  const auto model = Model::open(kDemoModel, settings);
  const std::int64_t size = model->config().vision.image_size;
  const std::vector<float> pixels = random_values(count * 3 * size * size, 1);
  Tensor result(Shape{count, model->config().projection_dim});
  ThreadPool pool(threads);
  Scratch scratch;
  Context context{pool, scratch};
  model->encode_images({pixels.data(), Shape{count, 3 * size * size}}, result.view(), context);
  return result;
}

float lowest_cosine(Tensor a, Tensor b) {
  l2_normalize(a.view());
  l2_normalize(b.view());
  float lowest = 1;
  for (std::int64_t row = 0; row < a.shape()[0]; ++row) {
    float sum = 0;
    for (std::int64_t i = 0; i < a.shape()[1]; ++i)
      sum += a.view().row(row)[static_cast<std::size_t>(i)] * b.view().row(row)[static_cast<std::size_t>(i)];
    lowest = std::min(lowest, sum);
  }
  return lowest;
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.bytes().size() == b.bytes().size() &&
         std::memcmp(a.bytes().data(), b.bytes().data(), a.bytes().size()) == 0;
}

}  // namespace

TEST_CASE("precision: embeddings of the demo model stay close to float32", "[end_to_end][bits]") {
  const auto [type, bound] = GENERATE(std::pair{DType::f16, 0.999999F}, std::pair{DType::bf16, 0.9999F},
                                      std::pair{DType::i8, 0.999F});
  INFO(dtype_name(type));
  const Tensor rounded = embed({.dtype = type}, 3);
  const float cosine = lowest_cosine(embed({}, 3), embed({.dtype = type}, 3));
  CHECK(cosine >= bound);
  // A row does not depend on its batch or the threads.
  const Tensor alone = embed({.dtype = type}, 1, 2);
  CHECK(std::memcmp(alone.bytes().data(), rounded.bytes().data(), alone.bytes().size()) == 0);
  if (type != DType::f16) CHECK_FALSE(same_bits(rounded, embed({}, 3)));
}

TEST_CASE("precision: float32 is what a folder is computed in", "[end_to_end]") {
  CHECK(same_bits(embed({.dtype = DType::f32}, 2), embed({}, 2)));
  CHECK(error_of([] { embed({.dtype = DType::f64}, 1); }).code == "TYPE");
}
