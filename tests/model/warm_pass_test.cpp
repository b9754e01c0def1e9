// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "sightline/model/model.h"
#include "sightline/ops/gemm.h"
#include "support/allocation_counter.h"
#include "support/catch.h"
#include "support/skip.h"

using namespace sightline;
using testing::allocations;

TEST_CASE("clip: a warm forward pass allocates nothing", "[model]") {
  const GemmBackend& backend = *GENERATE(from_range(gemm_backends()));
  if (!backend.supported()) return skip("a backend that does not run here");
  const std::string name = GENERATE(as<std::string>{}, "nano_quick_gelu", "nano_f16");
  ModelSettings options;
  options.backend = backend.name();
  const auto clip = Model::open(std::string(SIGHTLINE_DATA_DIR) + "/golden/model/" + name, options);
  ThreadPool pool(2);
  Scratch scratch;
  Context context{pool, scratch};
  const std::vector<float> pixels(static_cast<std::size_t>(2 * clip->processor().pixel_count()), 0.5F);
  std::vector<float> embeddings(static_cast<std::size_t>(2 * clip->embedding_size()));
  const Shape out{2, clip->embedding_size()};
  TokenBatch texts;
  texts.add(clip->processor().process_text("a dog").ids);
  texts.add(clip->processor().process_text("two cats").ids);
  const auto pass = [&] {
    clip->encode_images({pixels.data(), Shape{2, clip->processor().pixel_count()}}, {embeddings.data(), out},
                        context);
    clip->encode_texts(texts, {embeddings.data(), out}, context);
  };
  pass();
  const std::int64_t capacity = scratch.capacity(), before = allocations;
  pass();
  CHECK(allocations == before);
  CHECK(scratch.capacity() == capacity);
}
