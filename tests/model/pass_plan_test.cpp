// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/pass_plan.h"

#include <vector>

#include "sightline/model/model.h"
#include "support/catch.h"
#include "support/random_model.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

ModelConfig b32() {
  ModelConfig config;
  config.vision.image_size = 224;
  config.vision.patch_size = 32;
  return config;
}

/// Texts {0, i}: a row each, and one for the 0 that all have in common.
struct Texts {
  explicit Texts(std::int32_t count) {
    for (std::int32_t i = 1; i <= count; ++i) ids.push_back({0, i});
    for (const std::vector<std::int32_t>& text : ids) texts.push_back({text, std::ssize(texts)});
  }
  std::vector<std::vector<std::int32_t>> ids;
  std::vector<TextIds> texts;
};

std::vector<std::size_t> sizes(const std::vector<std::span<const TextIds>>& passes) {
  std::vector<std::size_t> result;
  for (const auto& pass : passes) result.push_back(pass.size());
  return result;
}

}  // namespace

TEST_CASE("pass plan: a batch size is the number of images and texts of every pass", "[model]") {
  const std::int64_t batch = GENERATE(1, 4, 64, 4096);
  const PassPlan plan = plan_passes(b32(), batch);
  for (const std::int64_t count : {1, 10, 96, 100000}) CHECK(images_per_pass(plan, count) == batch);
  const Texts texts(1000);
  const std::vector<std::size_t> passes = sizes(divide_texts(texts.texts, plan));
  CHECK(std::ssize(passes) == (1000 + batch - 1) / batch);
  for (std::size_t i = 0; i + 1 < passes.size(); ++i) CHECK(passes[i] == static_cast<std::size_t>(batch));
}

TEST_CASE("pass plan: without a batch size, passes are few, of about 400 rows, and equal", "[model]") {
  const PassPlan plan = plan_passes(b32(), 0);
  for (std::int64_t count = 1; count <= 200; ++count) {
    INFO(count << " images");
    const std::int64_t size = images_per_pass(plan, count), passes = (count + size - 1) / size;
    CHECK(size <= 8);                        // bounds the memory
    CHECK(passes == (count + 7) / 8);        // no more than that needs: a pass reads all weights
    CHECK(count - (passes - 1) * size > 0);  // none is empty
    CHECK(passes * size - count < passes);   // all but one have the same size, which is the least
  }
  CHECK(images_per_pass(plan, 0) > 0);
  ModelConfig large = b32();
  large.vision.image_size = 336;
  large.vision.patch_size = 14;
  CHECK(images_per_pass(plan_passes(large, 0), 1000) == 1);
  large.vision.max_patches = 100;  // NaFlex: the limit counts, not the grid of positions
  CHECK(images_per_pass(plan_passes(large, 0), 1000) == 4);

  CHECK(sizes(divide_texts(Texts(17).texts, plan)) == std::vector<std::size_t>{17});
  for (const std::int32_t count : {300, 401, 1000, 1700}) {
    const Texts texts(count);
    const std::vector<std::size_t> passes = sizes(divide_texts(texts.texts, plan));
    const auto least = static_cast<std::size_t>((count + 1 + 399) / 400);
    CHECK(passes.size() == least);
    const std::size_t equal = static_cast<std::size_t>(count) / passes.size();
    for (const std::size_t size : passes) CHECK((size + 8 >= equal && size <= equal + 8));
  }
  CHECK(divide_texts({}, plan).empty());
}

TEST_CASE("pass plan: texts that share no rows have as many as ids, or as the context", "[model]") {
  ModelConfig config = b32();
  config.text.mask = Mask::none;
  const Texts texts(1000);  // two ids each
  const std::vector<std::size_t> ragged = sizes(divide_texts(texts.texts, plan_passes(config, 0)));
  CHECK(ragged == std::vector<std::size_t>{201, 201, 201, 201, 196});
  config.text.pad_id = 1;
  CHECK(sizes(divide_texts(texts.texts, plan_passes(config, 0))) == std::vector<std::size_t>(200, 5));
  CHECK(sizes(divide_texts(texts.texts, plan_passes(config, 600))) == std::vector<std::size_t>{600, 400});
}

TEST_CASE("pass plan: a tower computes what it is given in one pass", "[model]") {
  ModelSettings settings;
  settings.backend = "reference";  // which needs no memory of its own
  const Model model(random_model(small_config()), settings);
  const std::int64_t pixels_per_image = model.processor().pixel_count(), size = model.embedding_size();
  const auto memory = [&](std::int64_t count) {
    const std::vector<float> pixels(static_cast<std::size_t>(count * pixels_per_image), 0.5F);
    std::vector<float> rows(static_cast<std::size_t>(count * size));
    ThreadPool pool(1);
    Scratch scratch;
    Context context{pool, scratch};
    model.encode_images({pixels.data(), Shape{count, pixels_per_image}}, {rows.data(), Shape{count, size}},
                        context);
    return scratch.capacity();
  };
  CHECK(memory(240) > 3 * memory(60));
}
