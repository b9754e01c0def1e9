#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sightline/model/clip_head.h"
#include "sightline/model/clip_image_encoder.h"
#include "sightline/model/clip_processor.h"
#include "sightline/model/clip_text_encoder.h"
#include "sightline/model/config.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// What may be said about a model besides its name.
struct CLIPOptions {
  std::string backend = "auto";    ///< which GEMM
  bool openai_preprocess = false;  ///< OpenAI's order of image steps; implies Alpha::drop
  std::optional<Alpha> alpha;      ///< overrides what the preprocessing says
  bool exif = true;
  TextCleaning text_cleaning = TextCleaning::hf;
};

/// A CLIP model: two towers, one head, and the processor that feeds them. Weights are mapped, and a layer
/// touches its own only when it is called, so a run that embeds texts never reads the image tower. const =
/// safe to share.
class CLIP {
 public:
  /// `name_or_path`: a folder, a preset name, `org/name` in the Hugging Face cache, or "" for the demo model.
  /// Every tensor of the checkpoint is used exactly once or named in an error.
  /// Errors: missing (with the command that gets it), mismatch, and those of config, weights and
  /// preprocessing.
  static std::unique_ptr<CLIP> from_preset(const std::string& name_or_path, const CLIPOptions& options = {});
  ~CLIP();

  const CLIPConfig& config() const { return config_; }
  const CLIPProcessor& processor() const { return *processor_; }
  const CLIPImageEncoder& image_encoder() const { return *image_encoder_; }
  const CLIPTextEncoder& text_encoder() const { return *text_encoder_; }
  const CLIPHead& head() const { return *head_; }
  const Weights& weights() const { return weights_; }
  /// The folder it was read from.
  const std::string& path() const { return path_; }
  std::int64_t embedding_size() const { return config_.projection_dim; }

  /// pixels [B, 3 * H * W] -> embeddings [B, E] as the projection gives them (not normalised).
  /// Errors: corrupt when a weight makes a value that is not finite.
  void encode_images(TensorView<const float> pixels, TensorView<float> embeddings, Context& context) const;
  /// B texts -> embeddings [B, E], likewise.
  void encode_texts(const TokenBatch& texts, TensorView<float> embeddings, Context& context) const;

 private:
  CLIP(std::string path, const CLIPOptions& options);
  std::string path_;
  CLIPConfig config_;
  Weights weights_;
  std::unique_ptr<CLIPProcessor> processor_;
  std::unique_ptr<CLIPImageEncoder> image_encoder_;
  std::unique_ptr<CLIPTextEncoder> text_encoder_;
  std::unique_ptr<CLIPHead> head_;
};

}  // namespace sightline
