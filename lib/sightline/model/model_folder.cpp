// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/model_folder.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/containers/json.h"
#include "sightline/files/file.h"
#include "sightline/files/placeholder.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxBytes = 1 << 20;
constexpr std::string_view kModules = "modules.json";
constexpr std::string_view kPipeline = "model_index.json";

// A folder with one of these files is a model itself: sentence-transformers saves its first module at the
// top.
constexpr std::array<std::string_view, 6> kOwnWeights = {
    "model.safetensors",           "model.safetensors.index.json",
    "pytorch_model.bin",           "pytorch_model.bin.index.json",
    "open_clip_model.safetensors", "open_clip_pytorch_model.bin"};

// A part of a pipeline: a folder and the class of the model in it.
struct Part {
  std::string folder;
  std::string type;
};

std::string_view last_name(std::string_view type) { return type.substr(type.rfind('.') + 1); }

bool is_plain(std::string_view folder) {
  return folder != "." && folder != ".." &&
         folder.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
}

std::string text_member(const Json& object, std::string_view key) {
  const std::optional<Json> value = object.is_object() ? object.find(key) : std::nullopt;
  return value && value->is_string() ? std::string(value->as_string()) : std::string();
}

// [{"path": "0_CLIPModel", "type": "sentence_transformers.models.CLIPModel"}, ...]
std::vector<Part> modules_of(const Json& root) {
  std::vector<Part> parts;
  if (!root.is_array()) return parts;
  root.for_each_element([&](const Json& module) {
    parts.push_back({text_member(module, "path"), std::string(last_name(text_member(module, "type")))});
  });
  return parts;
}

// {"_class_name": ..., "text_encoder": ["transformers", "CLIPTextModel"], ...}
std::vector<Part> components_of(const Json& root) {
  std::vector<Part> parts;
  if (!root.is_object()) return parts;
  root.for_each_member([&](std::string_view name, const Json& value) {
    if (!value.is_array() || value.size() != 2) return;
    std::string type;
    value.for_each_element([&](const Json& element) {
      type = element.is_string() ? std::string(element.as_string()) : std::string();
    });
    if (!type.empty()) parts.push_back({std::string(name), type});
  });
  return parts;
}

std::string joined_types(const std::vector<Part>& parts) {
  std::string words;
  for (const Part& part : parts) words += (words.empty() ? "" : ", ") + part.type;
  return words;
}

// Any module after a CLIPModel changes its embeddings, except for Normalize, which preserves cosines.
void check_modules(const std::string& list, const std::vector<Part>& parts) {
  for (const Part& part : parts) {
    if (part.type == "CLIPModel" || part.type == "Normalize") continue;
    fail(ErrorCode::unsupported, list,
         "lists the sentence-transformers modules " + joined_types(parts) + ", of which " + part.type +
             " would change the embeddings; pass the folder of the CLIPModel to use it alone");
  }
}

// Errors: unsafe, missing.
std::string listed_folder(const std::string& path, const std::string& list, const std::string& name) {
  if (!is_plain(name)) fail(ErrorCode::unsafe, list, "lists '" + name + "', expected a folder next to it");
  std::string folder = join_path(path, name);
  if (!is_directory(folder)) fail(ErrorCode::missing, folder, "is named in " + list + ", but does not exist");
  return name.empty() ? path : folder;
}

// The folder of the only CLIPModel; "" if there is none.
std::string only_clip(const std::string& path, std::string_view file, const std::vector<Part>& parts) {
  std::vector<std::string> found;
  for (const Part& part : parts) {
    if (part.type == "CLIPModel") found.push_back(part.folder);
  }
  if (found.empty()) return "";
  const std::string list = join_path(path, file);
  if (found.size() > 1) {
    fail(ErrorCode::mismatch, list,
         "lists several CLIP models (" + found[0] + ", " + found[1] + "); pass the folder of one of them");
  }
  return listed_folder(path, list, found[0]);
}

// Whether a Dense changes the rows of a Transformer. A Transformer alone, saved by transformers under the
// usual names, is opened as such.
bool is_text_model(const std::vector<Part>& parts) {
  const auto has = [&](std::string_view type) {
    return std::any_of(parts.begin(), parts.end(), [&](const Part& part) { return part.type == type; });
  };
  return has("Transformer") && has("Dense");
}

ModelPlace text_model(const std::string& path, const std::string& list, const std::vector<Part>& parts) {
  constexpr std::array<std::string_view, 4> kTypes = {"Transformer", "Pooling", "Dense", "Normalize"};
  const bool supported =
      (parts.size() == 3 || parts.size() == 4) &&
      std::equal(parts.begin(), parts.end(), kTypes.begin(),
                 [](const Part& part, std::string_view type) { return part.type == type; });
  if (!supported) {
    fail(ErrorCode::unsupported, list,
         "lists the sentence-transformers modules " + joined_types(parts) +
             ", expected Transformer, Pooling, Dense");
  }
  const auto folder = [&](std::size_t i) { return listed_folder(path, list, parts[i].folder); };
  return {folder(0), list, folder(1), folder(2)};
}

[[noreturn]] void fail_pipeline(const std::string& path, const std::vector<Part>& parts) {
  std::string texts, images;
  for (const Part& part : parts) {
    const std::string words = part.folder + "/ (" + part.type + ")";
    if (part.type.starts_with("CLIPTextModel")) texts += (texts.empty() ? "" : ", ") + words;
    if (part.type.starts_with("CLIPVisionModel")) images += (images.empty() ? "" : ", ") + words;
  }
  std::string towers = "none of its parts is a CLIP model";
  if (!texts.empty() && !images.empty()) {
    towers = "its text tower in " + texts + " and its image tower in " + images +
             " are two models, not a single CLIP model";
  } else if (!texts.empty()) {
    towers = "it has a text tower in " + texts + ", but no image tower";
  } else if (!images.empty()) {
    towers = "it has an image tower in " + images + ", but no text tower";
  }
  fail(ErrorCode::missing, path,
       "is a diffusers pipeline, not a single model: " + towers + "; pass " +
           (texts.empty() && images.empty() ? "" : "the folder of one of its towers, or ") +
           "a complete CLIP model");
}

}  // namespace

ModelPlace find_model(const std::string& path) {
  if (!is_directory(path)) return {path};
  const auto has = [&](std::string_view name) { return file_exists(join_path(path, name)); };
  const bool has_weights = std::any_of(kOwnWeights.begin(), kOwnWeights.end(), has);
  for (const std::string_view file : {kModules, kPipeline}) {
    if (!has(file) || (has_weights && file == kPipeline)) continue;
    const std::string name = join_path(path, file);
    const std::vector<std::byte> bytes = read_model_file(name, kMaxBytes);
    const JsonDocument document(as_text(bytes), name);
    const bool is_pipeline = file == kPipeline;
    const std::vector<Part> parts =
        is_pipeline ? components_of(document.root()) : modules_of(document.root());
    if (!is_pipeline && is_text_model(parts)) return text_model(path, name, parts);
    if (has_weights) return {path};
    if (std::string folder = only_clip(path, file, parts); !folder.empty()) {
      if (!is_pipeline) check_modules(name, parts);
      return {folder};
    }
    if (is_pipeline) fail_pipeline(path, parts);
    fail(ErrorCode::unsupported, name,
         "lists the sentence-transformers modules " + joined_types(parts) +
             ", expected a CLIPModel, or Transformer, Pooling, Dense");
  }
  return {path};
}

}  // namespace sightline
