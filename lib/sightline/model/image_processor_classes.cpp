// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/image_processor_classes.h"

#include <algorithm>
#include <array>

namespace sightline {
namespace {

constexpr ChannelStatistics kClip = {{0.48145466F, 0.4578275F, 0.40821073F},
                                     {0.26862954F, 0.26130258F, 0.27577711F}};
constexpr ChannelStatistics kImagenet = {{0.485F, 0.456F, 0.406F}, {0.229F, 0.224F, 0.225F}};
constexpr ChannelStatistics kHalf = {{0.5F, 0.5F, 0.5F}, {0.5F, 0.5F, 0.5F}};
constexpr ChannelStatistics kOne = {{1.0F, 1.0F, 1.0F}, {1.0F, 1.0F, 1.0F}};

constexpr SizeRule plain = SizeRule::plain, levit = SizeRule::levit, convnext = SizeRule::convnext,
                   poolformer = SizeRule::poolformer, naflex = SizeRule::patches;
constexpr ResizeMode shortest = ResizeMode::shortest, exact = ResizeMode::exact,
                     patches = ResizeMode::patches;
constexpr Resample bilinear = Resample::bilinear, bicubic = Resample::bicubic, lanczos = Resample::lanczos;
constexpr CropDefault yes = CropDefault::yes, no = CropDefault::no, bare = CropDefault::without_size;

// Source: transformers 5.24, models/*/image_processing_pil_*.py. One line per class: name; resize, size,
// whether a number means a square; filter; crop and its size; mean and std; do_convert_rgb; rule, crop_pct,
// rescale_factor, null_converts.
// clang-format off
constexpr std::array<ImageProcessorClass, 19> kClasses = {{
    {"CLIPImageProcessor", shortest, 224, false, bicubic, yes, 224, kClip, true},
    {"ChineseCLIPImageProcessor", shortest, 224, false, bicubic, yes, 224, kClip, true},
    {"BitImageProcessor", shortest, 224, false, bicubic, yes, 224, kClip, true},
    {"LlavaImageProcessor", shortest, 224, false, bicubic, yes, 224, kClip, true},
    {"ChameleonImageProcessor", shortest, 512, false, lanczos, yes, 512, kOne, true, plain, 0, 0.0078},
    {"BlipImageProcessor", exact, 384, true, bicubic, bare, 0, kClip, true},
    {"SiglipImageProcessor", exact, 224, false, bicubic, bare, 0, kHalf, true, plain, 0, 1.0 / 255, true},
    {"Siglip2ImageProcessor", patches, 16, false, bilinear, no, 0, kHalf, true, naflex, 0, 1.0 / 255, true},
    {"OwlViTImageProcessor", exact, 768, true, bicubic, no, 768, kClip, true},
    {"ViTImageProcessor", exact, 224, true, bilinear, bare, 0, kHalf, false},
    {"DeiTImageProcessor", exact, 256, true, bicubic, yes, 224, kHalf, false},
    {"BeitImageProcessor", exact, 224, true, bicubic, no, 224, kHalf, false},
    {"PvtImageProcessor", exact, 224, true, bicubic, bare, 0, kImagenet, false},
    {"MobileNetV1ImageProcessor", shortest, 256, false, bilinear, yes, 224, kHalf, false},
    {"MobileNetV2ImageProcessor", shortest, 256, false, bilinear, yes, 224, kHalf, false},
    {"EfficientNetImageProcessor", exact, 346, true, bicubic, no, 289, kHalf, false},
    {"LevitImageProcessor", shortest, 224, false, bicubic, yes, 224, kImagenet, false, levit},
    {"ConvNextImageProcessor", shortest, 384, false, bicubic, bare, 0, kHalf, false, convnext, 224.0 / 256},
    {"PoolFormerImageProcessor", shortest, 224, false, bicubic, yes, 224, kImagenet, false, poolformer, 0.9},
}};
// clang-format on

std::string_view without_ending(std::string_view name, std::string_view ending) {
  return name.ends_with(ending) ? name.substr(0, name.size() - ending.size()) : name;
}

}  // namespace

const ImageProcessorClass& clip_image_processor() { return kClasses.front(); }

const ImageProcessorClass* find_image_processor(std::string_view name) {
  const std::string_view base = without_ending(without_ending(name, "Fast"), "Pil");
  const auto found = std::find_if(kClasses.begin(), kClasses.end(),
                                  [&](const ImageProcessorClass& known) { return known.name == base; });
  return found == kClasses.end() ? nullptr : &*found;
}

std::string image_processor_names() {
  std::string names;
  for (const ImageProcessorClass& known : kClasses)
    names.append(names.empty() ? "" : ", ").append(without_ending(known.name, "ImageProcessor"));
  return names;
}

}  // namespace sightline
