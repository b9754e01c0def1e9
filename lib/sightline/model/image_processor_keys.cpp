// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/image_processor_keys.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "sightline/base/error.h"

namespace sightline {
namespace {

// Preprocessing settings; image_processor_config reads all of them.
constexpr std::array<std::string_view, 13> kSettings = {
    "do_resize",  "size",           "default_to_square", "resample",   "do_center_crop", "crop_size",
    "do_rescale", "rescale_factor", "do_normalize",      "image_mean", "image_std",      "do_convert_rgb",
    "do_pad"};

// Keys that do not affect the pixels of a single image in any class: names, locations, the layout of batches,
// and the processing of segmentation maps.
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

// A value in the file would replace the method of that name.
constexpr std::array<std::string_view, 5> kFunctions = {"rescale", "resize", "normalize", "center_crop",
                                                        "pad"};

bool is_one_of(std::string_view key, std::span<const std::string_view> keys) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

bool has_no_effect(const Json& value) {
  if (value.is_null()) return true;
  if (value.is_bool()) return !value.as_bool();
  if (value.is_number()) return value.as_double() == 0;
  if (value.is_string()) return value.as_string().empty();
  return value.size() == 0;
}

/// Keys that only this class reads.
std::span<const std::string_view> own_keys(const ImageProcessorClass& processor_class) {
  static constexpr std::array<std::string_view, 1> kClip = {"use_square_size"}, kOwlViT = {"rescale"},
                                                   kCropPct = {"crop_pct"};
  static constexpr std::array<std::string_view, 2> kEfficientNet = {"rescale_offset", "include_top"},
                                                   kPatches = {"patch_size", "max_num_patches"};
  if (processor_class.name == "CLIPImageProcessor") return kClip;
  if (processor_class.name == "OwlViTImageProcessor") return kOwlViT;
  if (processor_class.name == "EfficientNetImageProcessor") return kEfficientNet;
  if (processor_class.rule == SizeRule::convnext || processor_class.rule == SizeRule::poolformer)
    return kCropPct;
  if (processor_class.rule == SizeRule::patches) return kPatches;
  return {};
}

}  // namespace

bool has_own_key(const ImageProcessorClass& processor_class, std::string_view key) {
  return is_one_of(key, own_keys(processor_class));
}

void check_image_keys(const Json& object, const ImageProcessorClass& processor_class) {
  object.for_each_member([&](std::string_view key, const Json& value) {
    if (is_one_of(key, kSettings) || is_one_of(key, kWithoutEffect) ||
        is_one_of(key, own_keys(processor_class)))
      return;
    if (has_no_effect(value) && !is_one_of(key, kFunctions)) return;
    fail(ErrorCode::unsupported, value.path(),
         "is set, but is not a supported key of " + std::string(processor_class.name));
  });
}

}  // namespace sightline
