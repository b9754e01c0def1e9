// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/keras/clip_arguments.h"
#include "sightline/keras/clip_head.h"
#include "sightline/keras/clip_image_encoder.h"
#include "sightline/keras/clip_processor.h"
#include "sightline/keras/clip_text_encoder.h"
#include "sightline/keras/layer.h"

namespace sightline {
struct LoadedModel;
}  // namespace sightline

namespace sightline::keras {

/// How `CLIP::from_preset` makes its model.
struct PresetOptions {
  bool load_weights = true;  ///< false = initial weights; a preset's sizes then need no file
  /// {height, width, 3}: with initial weights the size of images instead of the preset's; else what the model
  /// must have.
  std::optional<Shape> input_shape = {};
  std::optional<std::uint64_t> seed = {};  ///< of initial weights; nothing = other ones for each model
  std::optional<std::string> name = {};
  bool trainable = true;
};

/// KerasCV's CLIP: an image tower, a text tower, the head in which they meet, and the processor that feeds
/// them. Weights of a file are mapped, initial ones are made when a layer first computes with them.
class CLIP : public Layer {
 public:
  /// With initial weights. Errors: those of `CLIPArguments::check`; unsupported for a dtype other than
  /// float32 and int8_from_float32, with which its initial weights are quantized.
  explicit CLIP(const CLIPArguments& arguments = {}, const LayerOptions& options = {});
  ~CLIP() override;
  /// One of KerasCV's presets, or whatever `sightline::CLIP::from_preset` opens; "" = the demo model. Errors:
  /// missing when there is no such model; mismatch for an input_shape that is not the model's, or not a
  /// square of three channels; range for one smaller than a patch or too large; those of weights and
  /// configurations.
  static std::unique_ptr<CLIP> from_preset(const std::string& preset, const PresetOptions& options = {});
  /// What is not there has its default. Errors: type, range; unsupported for other names, or another dtype.
  static std::unique_ptr<CLIP> from_config(const LayerConfig& config);
  LayerConfig get_config() const override;

  const CLIPProcessor& processor() const;
  CLIPImageEncoder& image_encoder() { return *image_encoder_; }
  const CLIPImageEncoder& image_encoder() const { return *image_encoder_; }
  CLIPTextEncoder& text_encoder() { return *text_encoder_; }
  const CLIPTextEncoder& text_encoder() const { return *text_encoder_; }
  CLIPHead& head() { return *head_; }
  const CLIPHead& head() const { return *head_; }
  const CLIPArguments& arguments() const { return arguments_; }

  struct Inputs {
    TensorView<const float> images;            ///< [I, 3, H, W]
    TensorView<const std::int32_t> token_ids;  ///< [T, L], of any length
    TensorView<const bool> padding_mask = {};  ///< [T, L], ones, then zeros; nothing = every id counts
  };
  struct Logits {
    Tensor image_logits;  ///< [I, T]
    Tensor text_logits;   ///< [T, I]
  };
  /// exp(logit_scale) * cosine of each image and each text. Errors: those of the towers. const = safe to
  /// share.
  Logits operator()(const Inputs& inputs) const;

  struct InputShapes {
    Shape images, token_ids;
  };
  struct OutputShapes {
    Shape image_logits, text_logits;
  };
  /// -1 is any size. Errors: mismatch.
  OutputShapes compute_output_shape(const InputShapes& shapes) const;
  /// Of the image logits, for any number of texts: [I, 3, H, W] -> [I, -1].
  Shape compute_output_shape(const Shape& images) const override;
  void quantize(std::string_view mode) override { quantize_parts(mode); }
  bool has_int8_form() const override { return true; }

 private:
  struct Parts;
  CLIP(const LayerOptions& options, std::unique_ptr<Parts> parts);
  static std::unique_ptr<CLIP> from_parts(LoadedModel model, const CLIPArguments& arguments,
                                          const PresetOptions& options);

  std::unique_ptr<Parts> parts_;  ///< the checkpoint, and what makes the processor
  CLIPArguments arguments_;
  std::unique_ptr<CLIPImageEncoder> image_encoder_;
  std::unique_ptr<CLIPTextEncoder> text_encoder_;
  std::unique_ptr<CLIPHead> head_;
};

}  // namespace sightline::keras
