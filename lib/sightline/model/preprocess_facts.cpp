// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/preprocess_facts.h"

#include <array>

#include "sightline/base/format.h"
#include "sightline/base/hash.h"
#include "sightline/files/file.h"
#include "sightline/model/data_folder.h"
#include "sightline/model/tokenizer_files.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxFileBytes = 64LL << 20;
constexpr std::array<std::string_view, 6> kResampleNames = {"nearest", "lanczos", "bilinear",
                                                            "bicubic", "box",     "hamming"};

constexpr std::array<std::string_view, 3> kRuleNames = {"hf", "openai", "torchvision"};

std::string pair(std::int64_t height, std::int64_t width) {
  return "[" + std::to_string(height) + "," + std::to_string(width) + "]";
}

std::string flag(bool value) { return value ? "true" : "false"; }

std::string resize_json(const PixelPipeline& pipeline) {
  const std::string filter(kResampleNames[static_cast<std::size_t>(pipeline.resample)]);
  const std::string rest = ",\"resample\":\"" + filter + "\"";
  switch (pipeline.resize) {
    case ResizeMode::none:
      break;
    case ResizeMode::shortest:
      return R"({"mode":"shortest","size":)" + std::to_string(pipeline.height) + rest + "}";
    case ResizeMode::longest:
      return R"({"mode":"longest","size":)" + std::to_string(pipeline.height) + rest +
             ",\"fill\":" + std::to_string(pipeline.fill) + "}";
    case ResizeMode::exact:
      return R"({"mode":"exact","size":)" + pair(pipeline.height, pipeline.width) + rest + "}";
    case ResizeMode::patches:
      return R"({"mode":"patches","size":)" + pair(pipeline.height, pipeline.width) + rest +
             ",\"max_patches\":" + std::to_string(pipeline.max_patches) + "}";
  }
  return "null";
}

std::string channels_json(const float (&values)[3]) {
  std::string text = "[";
  for (const float value : values) {
    if (text.size() > 1) text += ',';
    append_float(text, value);
  }
  return text + "]";
}

/// A hash of the tokenizer's files: the model's own, or those that ship with the program.
std::string tokenizer_hash(const ModelFiles& files) {
  TokenizerFiles tokenizer = find_tokenizer(files);
  if (!tokenizer.found()) tokenizer = find_tokenizer(join_path(data_folder().string(), "vocab"));
  Hash128 hash;
  for (const std::string& name : tokenizer.names())
    hash.update_sized(tokenizer.files.read(name, kMaxFileBytes));
  return hash.hex();
}

}  // namespace

std::string image_preprocess_json(const PreprocessorConfig& config, bool lenient) {
  // Name every field, so that adding one to the structures does not compile until this function handles it.
  const auto& [pipeline, do_rescale, rescale_factor, do_normalize, mean, std_deviation, origin] = config;
  const auto& [exif, alpha, rule, resize, height, width, resample, crop, crop_height, crop_width, fill,
               max_patches] = pipeline;
  std::string text = R"({"order":")" + std::string(kRuleNames[static_cast<std::size_t>(rule)]) + "\"";
  text += ",\"exif\":" + flag(exif);
  text += R"(,"alpha":")" + std::string(alpha == Alpha::white ? "white" : "drop") + "\"";
  text += ",\"lenient\":" + flag(lenient);
  text += ",\"resize\":" + resize_json(pipeline);
  text += ",\"crop\":" + (crop ? pair(crop_height, crop_width) : "null");
  text += ",\"rescale\":";
  if (do_rescale) {
    append_double(text, rescale_factor);
  } else {
    text += "null";
  }
  if (!do_normalize) return text + ",\"normalize\":null}";
  return text + ",\"normalize\":{\"mean\":" + channels_json(mean) +
         ",\"std\":" + channels_json(std_deviation) + "}}";
}

std::string text_preprocess_json(const TextPreprocess& text, const ModelFiles& files) {
  // Versions before ftfy's steps were added have other ids for the same cleaning.
  std::string json = text.cleaning == TextCleaning::hf ? R"({"cleaning":")" : R"({"ftfy":"6.3","cleaning":")";
  json += text_cleaning_name(text.cleaning);
  json += R"(","tokenizer":")" + tokenizer_hash(files);
  json += R"(","context_length":)" + std::to_string(text.context_length);
  json += R"(,"invalid_utf8":)";
  append_json_string(json, text.invalid_utf8);
  json += R"(,"templates":[)";
  for (const std::string& line : text.templates) {
    if (!json.ends_with('[')) json += ',';
    append_json_string(json, line);
  }
  return json + "]}";
}

}  // namespace sightline
