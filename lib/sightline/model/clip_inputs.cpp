// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/clip_inputs.h"

#include <vector>

#include "sightline/model/processor.h"

namespace sightline {
namespace {

template <class Texts>
TokenBatch tokens_of(const Processor& processor, const Texts& texts) {
  TokenBatch batch;
  for (const std::string_view text : texts) batch.add(processor.process_text(text).ids);
  return batch;
}

}  // namespace

TokenBatch CLIPProcessor::operator()(std::string_view text) const { return (*this)({text}); }

TokenBatch CLIPProcessor::operator()(std::initializer_list<std::string_view> texts) const {
  return tokens_of(processor_, texts);
}

TokenBatch CLIPProcessor::operator()(std::span<const std::string> texts) const {
  return tokens_of(processor_, texts);
}

Tensor CLIPProcessor::process_images(std::initializer_list<std::string_view> paths) const {
  return process_images(std::vector<std::string>(paths.begin(), paths.end()));
}

Tensor CLIPProcessor::process_images(std::span<const std::string> paths) const {
  return processor_.process_images(paths);
}

std::int64_t CLIPProcessor::image_size() const { return processor_.image_size(); }

std::int64_t CLIPProcessor::context_length() const { return processor_.context_length(); }

}  // namespace sightline
