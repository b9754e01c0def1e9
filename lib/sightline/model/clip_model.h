// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "sightline/model/clip_inputs.h"
#include "sightline/tensor/tensor.h"

namespace sightline {

/// How images become pixels.
enum class Preprocess {
  automatic,   ///< as the model's files say, `hf` by default
  hf,          ///< Hugging Face's transformers with Pillow
  openai,      ///< OpenAI's code: resizes first, then drops transparency
  torchvision  ///< Hugging Face's transformers with torchvision
};

/// Options for opening a model.
struct CLIPOptions {
  /// Matrix-multiplication backend: "auto", "native", "openblas", "reference".
  std::string backend = "auto";
  /// Type of the matrix products: f32, f16, bf16 or i8; none: that of a packed model, else f32.
  std::optional<DType> dtype = {};
  /// Number of threads, at most 1024; 0 = one per available core.
  int threads = 0;
  /// The program whose pixels are computed.
  Preprocess preprocess = Preprocess::automatic;
  /// Apply the EXIF orientation of images.
  bool exif = true;
  /// Decode PNG files with wrong checksums.
  bool lenient = false;
  /// Most patches of an image of a NaFlex model, 1 to 16384; none: 256.
  std::optional<std::int64_t> max_patches = {};
};

/// A dual encoder that maps images and texts to embeddings in one space, or one tower of it alone: then what
/// needs the other tower is an error (missing), and so are the numbers of the logits. Weights are
/// memory-mapped, so unused ones are never read. Thread-safe: several threads may call one model at the same
/// time. The results have the same bits for any number of threads and any batch size.
class CLIP {
 public:
  /// `name_or_path`: a folder, a weight file of any supported format, a packed model, a preset
  /// ("clip-vit-base-patch32"), `org/name` in the Hugging Face cache, or "" for the demo model. Errors:
  /// missing, mismatch, unsupported, and those of the files; range for threads below 0 or above 1024 and for
  /// an unknown backend; type for another dtype; range for `max_patches` out of its range, unsupported for
  /// one of a model that is not NaFlex.
  static std::unique_ptr<CLIP> from_preset(const std::string& name_or_path, const CLIPOptions& options = {});
  ~CLIP();
  CLIP(const CLIP&) = delete;
  CLIP& operator=(const CLIP&) = delete;

  const CLIPProcessor& processor() const;
  /// E, the size of an embedding.
  std::int64_t embedding_size() const;
  /// The factor that turns a cosine similarity into a logit.
  float logit_scale() const;
  /// What is added to that product; nothing for most models. A model with a bias (SigLIP) was trained with a
  /// sigmoid of each logit, all others with a softmax of the logits of an image.
  std::optional<float> logit_bias() const;

  /// Pixels [B, 3, H, W] -> embeddings [B, E], not normalised. H and W are those of the model; for a NaFlex
  /// model, any multiples of the side of a patch. Errors: mismatch for another shape; range
  /// for a pixel that is not finite; corrupt if the weights produce values that are not finite.
  Tensor encode_images(TensorView<const float> pixels) const;
  /// Texts -> embeddings [B, E], not normalised. Errors: range for an id outside the vocabulary, and for a
  /// text that is empty or longer than the context; corrupt as above.
  Tensor encode_texts(const TokenBatch& texts) const;

 private:
  struct State;
  explicit CLIP(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

/// Cosine similarity of every image with every text, summed in double: a result depends only on its two rows,
/// bit for bit. A row of zeros has cosine 0. Shapes: [I, E], [T, E] -> [I, T]. Errors: mismatch.
Tensor cosines(TensorView<const float> images, TensorView<const float> texts);

}  // namespace sightline
