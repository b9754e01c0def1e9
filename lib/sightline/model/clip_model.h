// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sightline/model/clip_inputs.h"
#include "sightline/tensor/tensor.h"

namespace sightline {

/// How a model is opened, besides its name.
struct CLIPOptions {
  /// Matrix-multiplication backend: "auto", "native", "openblas", "reference".
  std::string backend = "auto";
  /// Threads of a call; 0 = the available cores.
  int threads = 0;
  /// Prepare images in the order of OpenAI's code: resize, then drop transparency.
  bool openai_preprocess = false;
  /// Turn images as their EXIF orientation says.
  bool exif = true;
  /// Decode a PNG whose checksums are wrong.
  bool lenient = false;
};

/// A dual encoder: images and texts to embeddings of one space. Weights are memory-mapped, so what a program
/// does not use is never read. Thread-safe: one model may be called from several threads at once. The results
/// have the same bits for any number of threads and any batch.
class CLIP {
 public:
  /// `name_or_path`: a folder or a weight file of any supported form, a preset ("clip-vit-base-patch32"),
  /// `org/name` in the Hugging Face cache, or "" for the demo model. Errors: missing, mismatch, unsupported,
  /// and those of the files; range for threads below 0.
  static std::unique_ptr<CLIP> from_preset(const std::string& name_or_path, const CLIPOptions& options = {});
  ~CLIP();
  CLIP(const CLIP&) = delete;
  CLIP& operator=(const CLIP&) = delete;

  const CLIPProcessor& processor() const;
  /// E, the width of an embedding.
  std::int64_t embedding_size() const;
  /// What a cosine is multiplied with to become a logit.
  float logit_scale() const;

  /// Pixels [B, 3, H, W] -> embeddings [B, E], not normalised. Errors: mismatch for another shape; corrupt
  /// when the weights give values that are not finite.
  Tensor encode_images(TensorView<const float> pixels) const;
  /// Texts -> embeddings [B, E], not normalised. Errors: range for an id outside the vocabulary, and for a
  /// text that is empty or longer than the context; corrupt, likewise.
  Tensor encode_texts(const TokenBatch& texts) const;

 private:
  struct State;
  explicit CLIP(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

/// Cosine similarity of every image with every text, summed in double: a value's bits depend on its two rows
/// alone. A row of zeros has the cosine 0. Shapes: [I, E], [T, E] -> [I, T]. Errors: mismatch.
Tensor cosines(TensorView<const float> images, TensorView<const float> texts);

}  // namespace sightline
