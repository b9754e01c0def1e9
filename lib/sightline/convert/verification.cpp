// SPDX-License-Identifier: Apache-2.0
#include "sightline/convert/verification.h"

#include <algorithm>
#include <cmath>

#include "sightline/model/probes.h"
#include "sightline/weights/conversion_check.h"

namespace sightline {
namespace {

constexpr std::int64_t kImages = 2, kTexts = 4;

Tensor embed(const Model& model, const Probes& probes, Context& context) {
  return embed(probes, model.towers(), model.embedding_size(), context);
}

}  // namespace

Verification verify(const Model& source, const Model& target, Context& context) {
  const Probes probes = make_probes(source.config(), kImages, kTexts, 1);
  const Tensor expected = embed(source, probes, context), actual = embed(target, probes, context);
  Verification result{.tensors = static_cast<std::int64_t>(target.checkpoint().size()),
                      .different = find_difference(source.checkpoint(), target.checkpoint(), context.pool),
                      .images = probes.pixels.shape()[0],
                      .texts = probes.texts.size()};
  for (std::int64_t i = 0; i < expected.shape().elements(); ++i)
    result.largest = std::max(result.largest, std::abs(expected.data()[i] - actual.data()[i]));
  return result;
}

}  // namespace sightline
