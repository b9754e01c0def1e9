// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/locate.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "sightline/base/error.h"
#include "sightline/files/file.h"
#include "sightline/model/data_folder.h"
#include "sightline/model/hub_cache.h"

namespace sightline {
namespace {

namespace fs = std::filesystem;

bool is_plain_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

bool is_repository_id(std::string_view name) {
  const std::size_t slash = name.find('/');
  return slash != std::string_view::npos && is_plain_name(name.substr(0, slash)) &&
         is_plain_name(name.substr(slash + 1));
}

// models--org--name/refs/main contains the commit, and snapshots/<commit> the files. Returns "" if there is
// no snapshot.
std::string cached_snapshot(const std::string& repository) {
  std::string folder = repository;
  folder.replace(folder.find('/'), 1, "--");
  const std::string root = join_path(hub_cache_folder(), "models--" + folder);
  std::ifstream ref(root + "/refs/main");
  std::string commit;
  if (std::getline(ref, commit) && is_plain_name(commit)) {
    std::string snapshot = root + "/snapshots/" + commit;
    if (is_directory(snapshot)) return snapshot;
  }
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(root + "/snapshots", ignored)) {
    if (entry.is_directory(ignored)) return entry.path().string();
  }
  return "";
}

std::string locate_repository(const std::string& name, const std::string& repository) {
  std::string snapshot = cached_snapshot(repository);
  if (!snapshot.empty()) return snapshot;
  const std::string cache = hub_cache_folder();
  fail(ErrorCode::missing, name, "is not in the Hugging Face cache (" + (cache.empty() ? "." : cache) + ")");
}

/// Rejects URLs of models, which other programs accept. Errors: missing, with the id to use instead.
void reject_url(const std::string& name) {
  for (const std::string_view prefix : {"https://huggingface.co/", "https://hf.co/", "hf-hub:", "hf://"}) {
    if (!name.starts_with(prefix)) continue;
    const std::string path = name.substr(prefix.size());
    const std::string id = path.substr(0, path.find('/', path.find('/') + 1));
    fail(ErrorCode::missing, name,
         is_repository_id(id)
             ? "is a URL; use the id of the model, which is looked up in the Hugging Face cache: " + id
             : "is a URL, expected a folder, a preset or org/name");
  }
}

bool ends_with_any(std::string_view path, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view e) { return path.ends_with(e); });
}

}  // namespace

const std::vector<Preset>& presets() {
  static const std::vector<Preset> table = {
      {"clip-vit-base-patch16", "openai/clip-vit-base-patch16", {"ViT-B/16", "ViT-B-16"}},
      {"clip-vit-base-patch32", "openai/clip-vit-base-patch32", {"ViT-B/32", "ViT-B-32"}},
      {"clip-vit-large-patch14", "openai/clip-vit-large-patch14", {"ViT-L/14", "ViT-L-14"}},
      {"clip-vit-large-patch14-336", "openai/clip-vit-large-patch14-336", {"ViT-L/14@336px", "ViT-L-14-336"}},
  };
  return table;
}

const Preset* find_preset(std::string_view name) {
  for (const Preset& preset : presets()) {
    const bool is_alias =
        std::find(preset.aliases.begin(), preset.aliases.end(), name) != preset.aliases.end();
    if (preset.name == name || is_alias) return &preset;
  }
  return nullptr;
}

std::string hub_repository(const std::string& name) {
  if (const Preset* preset = find_preset(name); preset != nullptr) return preset->repository;
  return is_repository_id(name) ? name : "";
}

std::string locate_model(const std::string& name_or_path) {
  if (name_or_path.empty()) return join_path(data_folder().string(), "demo-model");
  if (is_directory(name_or_path) || file_exists(name_or_path)) return name_or_path;
  reject_url(name_or_path);
  if (const std::string id = hub_repository(name_or_path); !id.empty())
    return locate_repository(name_or_path, id);
  if (ends_with_any(name_or_path, {"/"}) || name_or_path.starts_with(".") || name_or_path.starts_with("/")) {
    fail(ErrorCode::missing, name_or_path, "does not exist");
  }
  std::string known;
  for (const Preset& preset : presets()) known += (known.empty() ? "" : ", ") + preset.name;
  fail(ErrorCode::missing, name_or_path, "is not a file, a folder, a preset (" + known + ") or org/name");
}

}  // namespace sightline
