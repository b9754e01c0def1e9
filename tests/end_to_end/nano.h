// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/model/model.h"
#include "support/golden.h"

namespace sightline::testing {

/// The models of scripts/golden/nano_models.py.
inline const std::vector<std::string>& nano_models() {
  static const std::vector<std::string> names = {
      "nano_bf16",  "nano_f16",        "nano_gelu",  "nano_layers1", "nano_legacy",
      "nano_mixed", "nano_quick_gelu", "nano_ratio", "nano_sharded", "nano_tokenizer_json"};
  return names;
}

inline std::string nano_folder(std::string_view name) { return golden_path("model/").append(name); }

/// What transformers made of model `name`: data/golden/model/expected/`name`/`array`.npy.
inline NpyArray nano_expected(std::string_view name, std::string_view array) {
  return read_npy(golden_path("model/expected/").append(name).append("/").append(array).append(".npy"));
}

/// The images in the order in which the reference saw them.
inline std::vector<std::string> nano_images() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(golden_path("model/images"))) {
    paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

inline std::vector<std::string> nano_captions() { return read_lines(golden_path("model/captions.txt")); }

/// A thread pool and temporaries of one's own.
struct Workspace {
  explicit Workspace(int threads = 1) : pool(threads) {}
  ThreadPool pool;
  Scratch scratch;
  Context context{pool, scratch};
};

/// Pixel values of images, [images, 3 * side * side].
inline Tensor pixels_of(const Model& clip, const std::vector<std::string>& paths) {
  const std::int64_t count = clip.processor().pixel_count();
  Tensor pixels(Shape{static_cast<std::int64_t>(paths.size()), count});
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const std::vector<std::uint8_t> file = read_bytes(paths[i]);
    std::vector<std::string> warnings;
    clip.processor().process_image(std::as_bytes(std::span(file)),
                                   pixels.view().row(static_cast<std::int64_t>(i)), &warnings);
  }
  return pixels;
}

/// The ids of a reference, a row for each text; without those at the end that are `padding`, if it is given.
inline TokenBatch token_batch(const NpyArray& ids, std::optional<std::int64_t> padding = {}) {
  const std::int64_t length = ids.shape[1];
  TokenBatch texts;
  for (std::int64_t i = 0; i < ids.shape[0]; ++i) {
    std::vector<std::int32_t> text(ids.integers.begin() + i * length,
                                   ids.integers.begin() + (i + 1) * length);
    while (padding && text.size() > 1 && text.back() == *padding) text.pop_back();
    texts.add(text);
  }
  return texts;
}

inline TokenBatch tokens_of(const Model& clip, const std::vector<std::string>& texts) {
  TokenBatch batch;
  for (const std::string& text : texts) batch.add(clip.processor().process_text(text).ids);
  return batch;
}

inline Tensor image_features(const Model& clip, TensorView<const float> pixels, Workspace& workspace) {
  Tensor features(Shape{pixels.rows(), clip.embedding_size()});
  clip.encode_images(pixels, features.view(), workspace.context);
  return features;
}

inline Tensor text_features(const Model& clip, const TokenBatch& texts, Workspace& workspace) {
  Tensor features(Shape{texts.size(), clip.embedding_size()});
  clip.encode_texts(texts, features.view(), workspace.context);
  return features;
}

/// Each row divided by its L2 norm, in double: what transformers' float32 head rounds.
inline std::vector<float> normalized(const Tensor& features) {
  std::vector<float> out;
  for (std::int64_t i = 0; i < features.view().rows(); ++i) {
    const std::span<const float> row = features.view().row(i);
    double sum = 0;
    for (const float value : row) sum += static_cast<double>(value) * static_cast<double>(value);
    const double norm = std::sqrt(sum);
    for (const float value : row) out.push_back(static_cast<float>(static_cast<double>(value) / norm));
  }
  return out;
}

inline std::span<const float> flat(const Tensor& tensor) { return tensor.view().flat(); }

}  // namespace sightline::testing
