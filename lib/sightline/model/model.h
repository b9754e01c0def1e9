// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "sightline/model/config.h"
#include "sightline/model/head.h"
#include "sightline/model/model_source.h"
#include "sightline/model/processor.h"
#include "sightline/model/tokenizer_files.h"
#include "sightline/model/towers.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// Options for opening a model.
struct ModelSettings {
  std::string backend = "auto";     ///< name of the GEMM backend
  std::optional<DType> dtype = {};  ///< precision of the products (`gemm_backend`); nullopt: as stored
  /// Overrides the rule of the preprocessing; `openai` implies Alpha::drop.
  std::optional<PixelRule> pixel_rule = {};
  std::optional<Alpha> alpha = {};  ///< overrides the setting of the preprocessing
  bool exif = true;
  bool lenient = false;  ///< decode PNG files with wrong checksums
  /// Most patches of an image of a NaFlex model, 1 to kMaxPatches; nullopt: as its image processor.
  std::optional<std::int64_t> max_patches = {};
  std::optional<TextCleaning> text_cleaning = {};  ///< nothing: what the model's files ask for
  std::optional<Dialect> dialect = {};             ///< naming scheme of the weights; nullopt = detect
  /// If set, an idle thread of this pool reads the tokenizer of a folder while the model is opened, instead
  /// of the first text. It must outlive the model.
  ThreadPool* tokenizer_pool = nullptr;
};

/// A dual encoder: two towers, a head, and the processor that prepares their inputs; or one tower alone, and
/// no head. Weights are memory-mapped and a layer reads its own only when it is called, so embedding texts
/// never reads the image tower. const = safe to share.
class Model {
 public:
  /// `name_or_path`: a folder, weight file or packed model of any format that `open_model` reads, a preset
  /// name, `org/name` in the Hugging Face cache, or "" for the demo model. Errors: missing, and those of
  /// `open_model` and of the constructor.
  static std::unique_ptr<Model> open(const std::string& name_or_path, const ModelSettings& settings = {});
  /// Builds a model from parts in memory; its tokenizer is read from `loaded.source.files`, or already by
  /// `tokenizer`. Every tensor of
  /// the checkpoint is used exactly once or named in an error. Errors: missing, mismatch, type (weights);
  /// mismatch (preprocessing for another image size); range for
  /// `max_patches` out of its range, unsupported for one of a model that is not NaFlex; those of
  /// `gemm_backend`.
  explicit Model(LoadedModel loaded, const ModelSettings& settings = {},
                 std::shared_ptr<TokenizerAhead> tokenizer = nullptr);
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  const ModelConfig& config() const { return config_; }
  const ModelSource& source() const { return source_; }
  /// The folder or weight file from which the model was opened.
  const std::string& path() const { return source_.path; }
  const Weights& checkpoint() const { return weights_; }
  const Processor& processor() const { return processor_; }
  const Towers& towers() const { return towers_; }
  /// Errors: missing, with the file of the weights, if the model has no such tower.
  const ImageTower& image_tower() const;
  const TextTower& text_tower() const;
  /// Errors: missing, likewise, if the model has not both towers.
  const Head& head() const;
  /// How texts are cleaned: as the settings of `open` say, else as the model's files do.
  TextCleaning text_cleaning() const { return text_cleaning_; }
  std::int64_t embedding_size() const { return config_.projection_dim; }

  /// Images -> embeddings [B, E], not normalised, in one pass (`PassPlan`). Errors: mismatch for other shapes
  /// and for sizes that the tower does not take; missing (`image_tower`); corrupt, with the name of the
  /// weight if one is the cause, for values that are not finite.
  void encode_images(const ImageBatch& images, TensorView<float> embeddings, Context& context) const;
  /// The same for pixels [B, 3 * H * W] of images of the config's size.
  void encode_images(TensorView<const float> pixels, TensorView<float> embeddings, Context& context) const;
  /// B texts -> embeddings [B, E], not normalised. Errors: as `encode_images`; range (`TextTower`).
  void encode_texts(const TokenBatch& texts, TensorView<float> embeddings, Context& context) const;
  /// The same for sorted texts, each into the row of its index (`TextTower`).
  void encode_texts(std::span<const TextIds> sorted, TensorView<float> embeddings, Context& context) const;

 private:
  void check_images(TensorView<const float> embeddings) const;
  [[noreturn]] void fail_without(std::string_view tower, std::string_view other) const;
  [[noreturn]] void fail_not_finite(std::string_view tower, const ProjectionConfig& projection) const;

  ModelSource source_;
  ModelConfig config_;
  Weights weights_;
  Towers towers_;
  std::optional<Head> head_;
  TextCleaning text_cleaning_;
  Processor processor_;
};

}  // namespace sightline
