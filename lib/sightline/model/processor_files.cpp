// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/processor_files.h"

#include <array>
#include <memory>
#include <string_view>

#include "sightline/base/error.h"
#include "sightline/containers/json.h"
#include "sightline/files/file.h"
#include "sightline/files/placeholder.h"
#include "sightline/model/family.h"
#include "sightline/model/image_processor_config.h"
#include "sightline/text/settings_file.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxBytes = 64LL << 20;
constexpr std::string_view kProcessor = "processor_config.json", kImageProcessor = "image_processor";
constexpr std::string_view kPreprocessor = "preprocessor_config.json";
constexpr std::string_view kConfig = "config.json", kTokenizerConfig = "tokenizer_config.json";

// Keys that CLIPProcessor passes to the image processor if they are among the tokenizer's settings.
constexpr std::array<std::string_view, 14> kImageKeys = {
    "do_resize",    "size",       "resample",  "do_center_crop", "crop_size", "do_rescale", "rescale_factor",
    "do_normalize", "image_mean", "image_std", "do_convert_rgb", "do_pad",    "pad_size",   "crop_pct"};

/// An object of a file, with the document that holds it.
struct Part {
  std::string_view file;
  std::shared_ptr<const JsonDocument> document;
  std::optional<Json> object;
  bool nested = false;  ///< the object is inside processor_config.json
};

/// The root object of a file; no object if the file does not exist. Errors: header if the root is not an
/// object.
Part read_root(const std::optional<std::string>& text, std::string_view name) {
  Part part{.file = name, .document = nullptr, .object = std::nullopt};
  if (!text) return part;
  part.document = std::make_shared<const JsonDocument>(*text, name);
  part.object = part.document->root();
  if (!part.object->is_object()) fail(ErrorCode::header, name, "is not a JSON object");
  return part;
}

std::optional<Json> find_non_null(const std::optional<Json>& object, std::string_view key) {
  std::optional<Json> value = object ? object->find(key) : std::nullopt;
  if (value && value->is_null()) return std::nullopt;
  return value;
}

Part find_settings(const ProcessorTexts& texts) {
  Part nested = read_root(texts.processor, kProcessor);
  nested.object = find_non_null(nested.object, kImageProcessor);
  if (!nested.object) return read_root(texts.preprocessor, kPreprocessor);
  if (!nested.object->is_object()) fail(ErrorCode::type, nested.object->path(), "is not an object");
  nested.nested = true;
  return nested;
}

/// The value that names the class. A custom class (auto_map) is never loaded, but hides the key of old files.
std::optional<Json> find_class(const Json& object) {
  if (const std::optional<Json> named = find_non_null(object, "image_processor_type")) return named;
  const std::optional<Json> custom = find_non_null(object, "auto_map");
  if (custom && custom->find("AutoImageProcessor")) return std::nullopt;
  return find_non_null(object, "feature_extractor_type");
}

/// The class named by a value. Errors: unsupported.
const ImageProcessorClass& class_of_name(const Json& value, std::string_view name) {
  if (const ImageProcessorClass* found = find_image_processor(name)) return *found;
  fail(ErrorCode::unsupported, value.path(),
       "is \"" + std::string(value.as_string()) +
           "\", which is not a supported image processor; the supported ones are " + image_processor_names());
}

/// Old files use `ViTFeatureExtractor` for `ViTImageProcessor`, under either key. (transformers 5 accepts it
/// under one key only, transformers 4 under both.)
const ImageProcessorClass& class_named(const Json& value) {
  constexpr std::string_view kOld = "FeatureExtractor";
  std::string name(value.as_string());
  if (const std::size_t at = name.find(kOld); at != std::string::npos)
    name.replace(at, kOld.size(), "ImageProcessor");
  return class_of_name(value, name);
}

/// The class of the family that config.json names; CLIP's if that is unknown.
const ImageProcessorClass& class_of_family(const std::optional<Json>& config) {
  const std::optional<Json> type = find_non_null(config, "model_type");
  for (const Family* family : families()) {
    if (type && type->is_string() && type->as_string() == family->name)
      return *find_image_processor(family->image_processor);
  }
  return clip_image_processor();
}

const ImageProcessorClass& class_of(const Part& settings, const ProcessorTexts& texts) {
  const Part config = read_root(texts.config, kConfig);
  // The config.json of a timm model also defines the preprocessing; transformers then reads the class from
  // it.
  const bool is_timm = config.object && config.object->find("pretrained_cfg");
  if (const std::optional<Json> named =
          find_class(is_timm && !settings.nested ? *config.object : *settings.object))
    return class_named(*named);
  const std::optional<Json> named = find_non_null(config.object, "image_processor_type");
  return named ? class_of_name(*named, named->as_string()) : class_of_family(config.object);
}

void check_tokenizer_config(const ProcessorTexts& texts) {
  const SettingsFile settings(texts.tokenizer.value_or(""), kTokenizerConfig);
  for (const std::string_view key : kImageKeys) {
    if (const std::optional<Json> value = settings.find_value(key)) {
      fail(ErrorCode::unsupported, value->path(),
           "is an image setting, which transformers would use instead of the image processor's own");
    }
  }
}

}  // namespace

PreprocessorConfig PreprocessorConfig::from_json(std::string_view text, std::string_view subject) {
  const JsonDocument document(text, subject);
  const Json root = document.root();
  if (!root.is_object()) fail(ErrorCode::header, subject, "is not a JSON object");
  const std::optional<Json> named = find_class(root);
  return image_processor_config(root, named ? class_named(*named) : clip_image_processor());
}

PreprocessorConfig default_preprocessor(std::string_view class_name, std::int64_t image_size) {
  const ImageProcessorClass& processor_class = *find_image_processor(class_name);
  PreprocessorConfig config = PreprocessorConfig::defaults(image_size);
  if (&processor_class == &clip_image_processor()) return config;
  const std::string side = std::to_string(image_size);
  const JsonDocument document(R"({"size": {"height": )" + side + R"(, "width": )" + side + "}}",
                              config.origin);
  return image_processor_config(document.root(), processor_class);
}

std::optional<ImageSettings> image_settings(const ProcessorTexts& texts) {
  const Part settings = find_settings(texts);
  if (!settings.object) return std::nullopt;
  check_tokenizer_config(texts);
  const ImageProcessorClass& processor_class = class_of(settings, texts);
  return ImageSettings{image_processor_config(*settings.object, processor_class), std::string(settings.file),
                       std::string(processor_class.name)};
}

std::optional<ImageSettings> read_image_settings(const ModelFiles& files) {
  const auto text_of = [&](std::string_view name) -> std::optional<std::string> {
    if (!files.has(name)) return std::nullopt;
    return std::string(as_text(files.read(name, kMaxBytes)));
  };
  std::optional<ImageSettings> settings = image_settings(
      {text_of(kProcessor), text_of(kPreprocessor), text_of(kConfig), text_of(kTokenizerConfig)});
  if (settings) settings->file = files.path(settings->file);
  return settings;
}

}  // namespace sightline
