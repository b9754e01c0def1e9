// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/weight_folder.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "sightline/base/ascii.h"
#include "sightline/base/error.h"
#include "sightline/containers/json.h"
#include "sightline/files/file.h"
#include "sightline/files/placeholder.h"
#include "sightline/weights/file_kind.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxConfigBytes = 64LL << 20;

// The usual names of weight files, in order of preference.
// Source: transformers 5.24, modeling_utils.py, _get_resolved_checkpoint_files; OpenCLIP; KerasHub.
constexpr std::array<std::string_view, 8> kUsualNames = {"model.safetensors",
                                                         "model.safetensors.index.json",
                                                         "pytorch_model.bin",
                                                         "pytorch_model.bin.index.json",
                                                         "open_clip_model.safetensors",
                                                         "open_clip_pytorch_model.bin",
                                                         "model.weights.h5",
                                                         "model.weights.json"};

constexpr std::array<std::string_view, 2> kOpenCLIPNames = {"open_clip_model.safetensors",
                                                            "open_clip_pytorch_model.bin"};

// Extensions of other weight files, in lower case.
constexpr std::array<std::string_view, 8> kWeightSuffixes = {".safetensors", ".bin", ".pt",    ".pth",
                                                             ".ckpt",        ".h5",  ".keras", ".gguf"};

// Files with these names are stored beside weights by transformers' Trainer and accelerate, but are not
// weights.
constexpr std::array<std::string_view, 7> kTrainerFiles = {
    "training_args.bin", "optimizer.pt", "scheduler.pt", "optimizer.bin",
    "scheduler.bin",     "scaler.pt",    "rng_state.pth"};

bool is_weight_file(std::string_view name) {
  const std::string lower = to_lower_ascii(name);
  if (std::find(kTrainerFiles.begin(), kTrainerFiles.end(), lower) != kTrainerFiles.end()) return false;
  if (is_foreign_name(lower)) return false;
  return std::any_of(kWeightSuffixes.begin(), kWeightSuffixes.end(),
                     [&](std::string_view end) { return lower.ends_with(end); });
}

std::vector<std::string> entries_of(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    names.push_back(at->path().filename().string());
  }
  if (error) fail(ErrorCode::io, folder, "cannot be listed: " + error.message());
  std::sort(names.begin(), names.end());
  return names;
}

// A PEFT folder contains an adapter, sometimes beside the weights of its base model; transformers applies it
// whenever this file exists.
void check_no_adapter(const std::string& folder) {
  const std::string path = join_path(folder, "adapter_config.json");
  if (!file_exists(path)) return;
  fail(ErrorCode::unsupported, path,
       "indicates that the folder contains an adapter, which changes a model's weights; merge it into the "
       "model (merge_and_unload) and save the result, or name the weight file to ignore the adapter");
}

// transformers prefers the file that this key of config.json names. A config.json that is not JSON is
// reported by its own reader.
std::string named_by_config(const std::string& folder) {
  const std::string path = join_path(folder, "config.json");
  if (!file_exists(path) || is_directory(path)) return "";
  const std::vector<std::byte> bytes = read_model_file(path, kMaxConfigBytes);
  if (as_text(bytes).find("transformers_weights") == std::string_view::npos) return "";
  const JsonDocument document(as_text(bytes), path);
  if (!document.root().is_object()) return "";
  const std::optional<Json> value = document.root().find("transformers_weights");
  if (!value || value->is_null()) return "";
  const std::string name(value->as_string());
  const std::filesystem::path parts(name);
  const bool leaves_folder = parts.is_absolute() || name.find('\0') != std::string::npos ||
                             std::find(parts.begin(), parts.end(), "..") != parts.end();
  if (leaves_folder)
    fail(ErrorCode::unsafe, value->path(), "is '" + name + "', expected a file in the folder");
  if (!name.ends_with(".safetensors") && !name.ends_with(".safetensors.index.json")) {
    fail(ErrorCode::unsupported, value->path(),
         "is '" + name + "', expected a name that ends in .safetensors or .safetensors.index.json");
  }
  std::string named = join_path(folder, name);
  if (!file_exists(named)) fail(ErrorCode::missing, named, "is named in " + path + ", but does not exist");
  return named;
}

[[noreturn]] void fail_without_weights(const std::string& folder, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const std::string path = join_path(folder, name);
    if (is_foreign_name(name)) fail_unknown_kind({}, 1, path);
  }
  std::string hint;
  for (const std::string& name : names) {
    const std::string path = join_path(folder, name);
    const auto contains = [&](std::string_view usual_name) {
      return file_exists(join_path(path, usual_name));
    };
    if (is_partial_name(name)) hint = "; " + name + " is an unfinished download";
    if (hint.empty() && is_directory(path) && std::any_of(kUsualNames.begin(), kUsualNames.end(), contains))
      hint = "; the subfolder " + name + " contains some";
  }
  fail(
      ErrorCode::missing, folder,
      "contains no weights" + hint +
          ", expected model.safetensors, pytorch_model.bin, open_clip_model.safetensors, model.weights.h5 or "
          "one .pt, .ckpt, .keras or .gguf file");
}

}  // namespace

std::string weight_file_of(const std::string& folder) {
  check_no_adapter(folder);
  if (std::string named = named_by_config(folder); !named.empty()) return named;
  for (const std::string_view name : kUsualNames) {
    if (file_exists(join_path(folder, name))) return join_path(folder, name);
  }
  std::vector<std::string> found;
  const std::vector<std::string> names = entries_of(folder);
  std::copy_if(names.begin(), names.end(), std::back_inserter(found), is_weight_file);
  if (found.size() == 1) return join_path(folder, found.front());
  if (found.size() > 1) {
    fail(ErrorCode::mismatch, folder,
         "contains several weight files (" + found[0] + ", " + found[1] + (found.size() > 2 ? ", ..." : "") +
             "); name one of them");
  }
  fail_without_weights(folder, names);
}

std::vector<std::string> alternative_weight_files(const std::string& folder, std::string_view path) {
  std::vector<std::string> files;
  for (const std::string_view name : kOpenCLIPNames) {
    std::string file = join_path(folder, name);
    if (file != path && file_exists(file)) files.push_back(std::move(file));
  }
  return files;
}

}  // namespace sightline
