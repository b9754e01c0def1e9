// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/image_processor_keys.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "sightline/base/error.h"

namespace sightline {
namespace {

// Keys that say how pixels are made; all are read below.
constexpr std::array<std::string_view, 13> kSettings = {
    "do_resize",  "size",           "default_to_square", "resample",   "do_center_crop", "crop_size",
    "do_rescale", "rescale_factor", "do_normalize",      "image_mean", "image_std",      "do_convert_rgb",
    "do_pad"};

// Keys that no class turns into another pixel value of one image: names, places, what a batch looks like, and
// what is done to segmentation maps.
constexpr std::array<std::string_view, 24> kWithoutEffect = {"image_processor_type",
                                                             "feature_extractor_type",
                                                             "image_processor_class",
                                                             "feature_extractor_class",
                                                             "processor_class",
                                                             "_processor_class",
                                                             "tokenizer_class",
                                                             "auto_map",
                                                             "_name_or_path",
                                                             "transformers_version",
                                                             "_commit_hash",
                                                             "_valid_processor_keys",
                                                             "_valid_kwargs_names",
                                                             "_from_auto",
                                                             "model_input_names",
                                                             "return_tensors",
                                                             "data_format",
                                                             "input_data_format",
                                                             "device",
                                                             "disable_grouping",
                                                             "image_seq_length",
                                                             "pad_size",
                                                             "do_reduce_labels",
                                                             "reduce_labels"};

// A file's value would take the place of the class's function of that name.
constexpr std::array<std::string_view, 5> kFunctions = {"rescale", "resize", "normalize", "center_crop",
                                                        "pad"};

bool is_one_of(std::string_view key, std::span<const std::string_view> keys) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

bool asks_for_nothing(const Json& value) {
  if (value.is_null()) return true;
  if (value.is_bool()) return !value.as_bool();
  if (value.is_number()) return value.as_double() == 0;
  if (value.is_string()) return value.as_string().empty();
  return value.size() == 0;
}

/// The keys that only this class reads.
std::span<const std::string_view> own_keys(const ImageProcessorClass& of) {
  static constexpr std::array<std::string_view, 1> kClip = {"use_square_size"}, kOwlViT = {"rescale"},
                                                   kCropPct = {"crop_pct"};
  static constexpr std::array<std::string_view, 2> kEfficientNet = {"rescale_offset", "include_top"};
  if (of.name == "CLIPImageProcessor") return kClip;
  if (of.name == "OwlViTImageProcessor") return kOwlViT;
  if (of.name == "EfficientNetImageProcessor") return kEfficientNet;
  if (of.rule == SizeRule::convnext || of.rule == SizeRule::poolformer) return kCropPct;
  return {};
}

}  // namespace

bool has_own_key(const ImageProcessorClass& of, std::string_view key) { return is_one_of(key, own_keys(of)); }

void check_image_keys(const Json& object, const ImageProcessorClass& of) {
  object.for_each_member([&](std::string_view key, const Json& value) {
    if (is_one_of(key, kSettings) || is_one_of(key, kWithoutEffect) || is_one_of(key, own_keys(of))) return;
    if (asks_for_nothing(value) && !is_one_of(key, kFunctions)) return;
    fail(ErrorCode::unsupported, value.path(),
         "is set, and is not a key that this program knows of " + std::string(of.name));
  });
}

}  // namespace sightline
