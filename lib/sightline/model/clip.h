// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sightline/model/clip_arguments.h"
#include "sightline/model/clip_head.h"
#include "sightline/model/clip_image_encoder.h"
#include "sightline/model/clip_processor.h"
#include "sightline/model/clip_text_encoder.h"
#include "sightline/model/config.h"
#include "sightline/model/model_source.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// What may be said about a model besides its name.
struct CLIPOptions {
  std::string backend = "auto";     ///< which GEMM
  bool openai_preprocess = false;   ///< OpenAI's order of image steps; implies Alpha::drop
  std::optional<Alpha> alpha = {};  ///< overrides what the preprocessing says
  bool exif = true;
  bool lenient = false;  ///< a PNG whose checksums are wrong is decoded all the same
  TextCleaning text_cleaning = TextCleaning::hf;
  /// false = initial weights: of a preset's sizes, which needs no file, or of those of a model that is there.
  bool load_weights = true;
  std::uint64_t seed = 0;  ///< of the initial weights
  /// {height, width, 3}: with initial weights the size of pictures instead of the preset's; else what the
  /// model must have.
  std::optional<Shape> input_shape = {};
  std::string name = "clip";  ///< of the model as a layer
  bool trainable = true;
  std::string dialect = "";  ///< whose names the weights have (`ModelSource::dialect`); "" = as recognized
};

/// A CLIP model: two towers, one head, and the processor that feeds them. Weights are mapped, and a layer
/// touches its own only when it is called, so a run that embeds texts never reads the image tower. As a layer
/// it has the towers and the head as sublayers. const = safe to share.
class CLIP : public Layer {
 public:
  /// `name_or_path`: a folder or a weight file of any form that `open_model` reads, a preset name, `org/name`
  /// in the Hugging Face cache, or "" for the demo model. Every tensor of the checkpoint is used exactly once
  /// or named in an error. Errors: missing (with the command that gets it), mismatch, and those of config,
  /// weights and preprocessing.
  static std::unique_ptr<CLIP> from_preset(const std::string& name_or_path, const CLIPOptions& options = {});
  /// The same from parts that are in memory; `model.source.folder` is where its tokenizer is looked for.
  static std::unique_ptr<CLIP> from_model(LoadedModel model, const CLIPOptions& options = {});
  /// A model of these sizes with initial weights, `options.seed` theirs. A matrix is made when a
  /// layer first computes with it; vectors and positions at once. Errors: range.
  explicit CLIP(const CLIPArguments& arguments, const CLIPOptions& options = {});
  ~CLIP() override;

  /// KerasCV's constructor arguments under their names, and the model with initial weights made from them;
  /// one that is not there has its default. Errors: type, range; unsupported for other names or another
  /// dtype.
  LayerConfig get_config() const override;
  static std::unique_ptr<CLIP> from_config(const LayerConfig& config, const CLIPOptions& options = {});

  const CLIPConfig& config() const { return config_; }
  const CLIPProcessor& processor() const { return *processor_; }
  const CLIPImageEncoder& image_encoder() const { return *image_encoder_; }
  const CLIPTextEncoder& text_encoder() const { return *text_encoder_; }
  const CLIPHead& head() const { return *head_; }
  /// For setting weights and `trainable`.
  CLIPImageEncoder& image_encoder() { return *image_encoder_; }
  CLIPTextEncoder& text_encoder() { return *text_encoder_; }
  CLIPHead& head() { return *head_; }
  /// The checkpoint as it was opened; what has been set since is in the layers.
  const Weights& checkpoint() const { return weights_; }
  /// The folder or weight file it was read from.
  const std::string& path() const { return source_.path; }
  const ModelSource& source() const { return source_; }
  std::int64_t embedding_size() const { return config_.projection_dim; }

  /// pixels [B, 3 * H * W] -> embeddings [B, E] as the projection gives them (not normalised).
  /// Errors: corrupt, with the weight's name, when a value is not finite.
  void encode_images(TensorView<const float> pixels, TensorView<float> embeddings, Context& context) const;
  /// B texts -> embeddings [B, E], likewise.
  void encode_texts(const TokenBatch& texts, TensorView<float> embeddings, Context& context) const;

  struct Logits {
    Tensor image_logits;  ///< [I, T]
    Tensor text_logits;   ///< [T, I]
  };
  /// What KerasCV's CLIP gives when it is called: exp(logit_scale) * cosine of each picture and each text.
  Logits operator()(TensorView<const float> pixels, const TokenBatch& texts, Context& context) const;

 private:
  CLIP(LoadedModel model, const CLIPOptions& options);
  ModelSource source_;
  CLIPConfig config_;
  Weights weights_;
  std::unique_ptr<CLIPProcessor> processor_;
  std::unique_ptr<CLIPImageEncoder> image_encoder_;
  std::unique_ptr<CLIPTextEncoder> text_encoder_;
  std::unique_ptr<CLIPHead> head_;
};

}  // namespace sightline
