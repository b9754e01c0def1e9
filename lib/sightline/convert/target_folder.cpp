// SPDX-License-Identifier: Apache-2.0
#include "sightline/convert/target_folder.h"

#include "sightline/base/parallel.h"
#include "sightline/convert/model_texts.h"
#include "sightline/files/file.h"
#include "sightline/model/family.h"
#include "sightline/weights/fingerprint.h"
#include "sightline/weights/raw_names.h"
#include "sightline/weights/safetensors.h"

namespace sightline {

namespace {

using Texts = std::vector<std::pair<std::string, std::string>>;

// The config of these modules is one of a packed model only.
Texts hugging_face_texts(const Conversion& conversion, std::optional<DType> dtype) {
  const ModelConfig& config = conversion.model.config();
  if (config.family == &sentence_transformers_family()) (void)config.family->write(config, "");
  return model_texts(conversion, dtype);
}

Weights with_openclip_names(const Weights& canonical, const ModelConfig&) {
  return with_raw_names(openclip_name_map(), canonical, "OpenCLIP");
}

Weights with_family_names(const Weights& canonical, const ModelConfig& config) {
  return with_hf_names(canonical, config.family->names());
}

}  // namespace

const FolderLayout kHuggingFaceFolder{"model.safetensors", hugging_face_texts, with_family_names};
const FolderLayout kOpenCLIPFolder{"open_clip_model.safetensors", openclip_texts, with_openclip_names};

TargetFolder::TargetFolder(const std::string& path, bool force, const FolderLayout& layout)
    : layout_(layout), folder_(path, force) {}

void TargetFolder::read_source(const Conversion& conversion) {
  texts_ = layout_.texts(conversion, conversion.dtype);
}

void TargetFolder::write(const Conversion& conversion) {
  write_weights(conversion);
  for (const auto& [name, text] : texts_) {
    OutputFile out(join_path(folder_.part(), name), true);
    out.write(text);
    out.commit();
    ++files_;
    bytes_ += out.size();
  }
}

std::unique_ptr<Model> TargetFolder::reopen(const Conversion&) const { return Model::open(folder_.part()); }

void TargetFolder::write_weights(const Conversion& conversion) {
  const Weights& canonical = conversion.model.checkpoint();
  const std::optional<DType> dtype = conversion.dtype;
  const Weights weights = layout_.names(canonical, conversion.model.config());
  std::vector<SafetensorsEntry> entries;
  for (const std::string& name : weights.names()) {
    const StoredTensor& tensor = *weights.find(name);
    entries.push_back({name, tensor, dtype && is_floating(tensor.dtype) ? *dtype : tensor.dtype});
  }
  OutputFile out(join_path(folder_.part(), layout_.weights), true);
  ThreadPool pool(available_cores());
  write_safetensors(out, std::move(entries), &pool, fingerprint_metadata(canonical, dtype));
  out.commit();
  ++files_;
  bytes_ += out.size();
}

std::string TargetFolder::summary() const {
  return std::to_string(files_) + " files, " + std::to_string(bytes_) + " bytes";
}

}  // namespace sightline
