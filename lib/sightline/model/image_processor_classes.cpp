#include "sightline/model/image_processor_classes.h"

#include <algorithm>
#include <array>

#include "sightline/base/error.h"

namespace sightline {
namespace {

using Values = std::array<float, 3>;

constexpr Values kClipMean = {0.48145466F, 0.4578275F, 0.40821073F};
constexpr Values kClipStd = {0.26862954F, 0.26130258F, 0.27577711F};
constexpr Values kImagenetMean = {0.485F, 0.456F, 0.406F};
constexpr Values kImagenetStd = {0.229F, 0.224F, 0.225F};
constexpr Values kHalf = {0.5F, 0.5F, 0.5F};
constexpr Values kOne = {1.0F, 1.0F, 1.0F};
constexpr double kByte = 1.0 / 255.0;

constexpr SizeRule plain = SizeRule::plain;
constexpr ResizeMode shortest = ResizeMode::shortest, exact = ResizeMode::exact;
constexpr Resample bilinear = Resample::bilinear, bicubic = Resample::bicubic, lanczos = Resample::lanczos;
constexpr CropDefault yes = CropDefault::yes, no = CropDefault::no, bare = CropDefault::without_size;

// Source: transformers 5.24, models/*/image_processing_pil_*.py, one line a class: name; rule; resize, size,
// whether a number is a square; filter; crop and its size; mean, std; factor; do_convert_rgb; crop_pct.
// clang-format off
constexpr std::array kClasses = {
    ImageProcessorClass{"CLIPImageProcessor", plain, shortest, 224, false, bicubic, yes, 224, kClipMean, kClipStd, kByte, true, 0},
    ImageProcessorClass{"ChineseCLIPImageProcessor", plain, shortest, 224, false, bicubic, yes, 224, kClipMean, kClipStd, kByte, true, 0},
    ImageProcessorClass{"BitImageProcessor", plain, shortest, 224, false, bicubic, yes, 224, kClipMean, kClipStd, kByte, true, 0},
    ImageProcessorClass{"LlavaImageProcessor", plain, shortest, 224, false, bicubic, yes, 224, kClipMean, kClipStd, kByte, true, 0},
    ImageProcessorClass{"ChameleonImageProcessor", plain, shortest, 512, false, lanczos, yes, 512, kOne, kOne, 0.0078, true, 0},
    ImageProcessorClass{"BlipImageProcessor", plain, exact, 384, true, bicubic, bare, 0, kClipMean, kClipStd, kByte, true, 0},
    ImageProcessorClass{"SiglipImageProcessor", plain, exact, 224, false, bicubic, bare, 0, kHalf, kHalf, kByte, true, 0},
    ImageProcessorClass{"OwlViTImageProcessor", plain, exact, 768, true, bicubic, no, 768, kClipMean, kClipStd, kByte, true, 0},
    ImageProcessorClass{"ViTImageProcessor", plain, exact, 224, true, bilinear, bare, 0, kHalf, kHalf, kByte, false, 0},
    ImageProcessorClass{"DeiTImageProcessor", plain, exact, 256, true, bicubic, yes, 224, kHalf, kHalf, kByte, false, 0},
    ImageProcessorClass{"BeitImageProcessor", plain, exact, 224, true, bicubic, no, 224, kHalf, kHalf, kByte, false, 0},
    ImageProcessorClass{"PvtImageProcessor", plain, exact, 224, true, bicubic, bare, 0, kImagenetMean, kImagenetStd, kByte, false, 0},
    ImageProcessorClass{"MobileNetV1ImageProcessor", plain, shortest, 256, false, bilinear, yes, 224, kHalf, kHalf, kByte, false, 0},
    ImageProcessorClass{"MobileNetV2ImageProcessor", plain, shortest, 256, false, bilinear, yes, 224, kHalf, kHalf, kByte, false, 0},
    ImageProcessorClass{"EfficientNetImageProcessor", plain, exact, 346, true, bicubic, no, 289, kHalf, kHalf, kByte, false, 0},
    ImageProcessorClass{"LevitImageProcessor", SizeRule::levit, shortest, 224, false, bicubic, yes, 224, kImagenetMean, kImagenetStd, kByte, false, 0},
    ImageProcessorClass{"ConvNextImageProcessor", SizeRule::convnext, shortest, 384, false, bicubic, bare, 0, kHalf, kHalf, kByte, false, 224.0 / 256.0},
    ImageProcessorClass{"PoolFormerImageProcessor", SizeRule::poolformer, shortest, 224, false, bicubic, yes, 224, kImagenetMean, kImagenetStd, kByte, false, 0.9},
};
// clang-format on

std::string_view without_ending(std::string_view name, std::string_view ending) {
  return name.ends_with(ending) ? name.substr(0, name.size() - ending.size()) : name;
}

std::string all_names() {
  std::string names;
  for (const ImageProcessorClass& known : kClasses)
    names.append(names.empty() ? "" : ", ").append(without_ending(known.name, "ImageProcessor"));
  return names;
}

}  // namespace

const ImageProcessorClass& clip_image_processor() { return kClasses.front(); }

const ImageProcessorClass& find_image_processor(std::string_view name, std::string_view subject) {
  const std::string_view base = without_ending(without_ending(name, "Fast"), "Pil");
  const auto found = std::find_if(kClasses.begin(), kClasses.end(),
                                  [&](const ImageProcessorClass& known) { return known.name == base; });
  if (found != kClasses.end()) return *found;
  fail(ErrorCode::unsupported, subject,
       "is \"" + std::string(name) +
           "\", a class of image processor that this program does not follow; it follows those of " +
           all_names());
}

}  // namespace sightline
