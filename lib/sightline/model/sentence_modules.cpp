// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/sentence_modules.h"

#include <filesystem>
#include <string_view>

#include "sightline/base/error.h"
#include "sightline/containers/json.h"
#include "sightline/files/file.h"
#include "sightline/files/placeholder.h"
#include "sightline/weights/names_bert.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxBytes = 1 << 20;
constexpr std::string_view kConfig = "config.json";

enum class Need { required, optional };

/// Adds the object in a file as the member `key`.
void add(std::string& document, std::string_view key, const std::string& path, Need need) {
  if (need == Need::optional && !file_exists(path)) return;
  const std::vector<std::byte> bytes = read_model_file(path, kMaxBytes);
  const JsonDocument checked(as_text(bytes), path);
  if (!checked.root().is_object()) fail(ErrorCode::header, path, "is not a JSON object");
  document.append(", \"").append(key).append("\": ").append(as_text(bytes));
}

}  // namespace

std::string sentence_modules_config(const ModelPlace& place) {
  const std::string top = std::filesystem::path(place.modules).parent_path().string();
  std::string document = "{\"model_type\": \"" + std::string(kSentenceTransformers) + "\"";
  add(document, "transformer", join_path(place.path, kConfig), Need::required);
  add(document, "pooling", join_path(place.pooling, kConfig), Need::required);
  add(document, "dense", join_path(place.dense, kConfig), Need::required);
  add(document, "sentence_bert_config", join_path(place.path, "sentence_bert_config.json"), Need::optional);
  add(document, "config_sentence_transformers", join_path(top, "config_sentence_transformers.json"),
      Need::optional);
  return document + "}\n";
}

std::vector<WeightModule> sentence_modules_weights(const ModelPlace& place) {
  return {{kTransformerModule, place.path}, {kDenseModule, place.dense}};
}

}  // namespace sightline
