// SPDX-License-Identifier: Apache-2.0
#include "batch/embedding_info.h"

#include "build_info.h"
#include "cli/failure.h"
#include "sightline/base/format.h"
#include "sightline/files/file.h"
#include "sightline/model/family.h"
#include "sightline/model/preprocess_facts.h"
#include "sightline/weights/fingerprint.h"

namespace sightline::app {
namespace {

EmbeddingsInfo info_of(const Model& model, const ModelOptions& options, bool normalized) {
  EmbeddingsInfo info;
  info.program = "sightline " + std::string(kVersion);
  info.model = identity_of(model, options);
  info.normalized = normalized;
  return info;
}

/// "'clip-vit-base-patch32' (fingerprint 0123abcd...)": enough digits to distinguish two models with the same
/// name.
std::string describe(const ModelIdentity& model) {
  constexpr std::size_t kShown = 8;
  return "'" + printable(model.name) + "' (fingerprint " + model.fingerprint.substr(0, kShown) + "...)";
}

void check_equal(const std::string& array, const ModelIdentity& model, const std::string& other,
                 const ModelIdentity& expected) {
  if (model.fingerprint == expected.fingerprint) return;
  fail_inputs(ErrorCode::mismatch, array,
              "was computed with the model " + describe(model) + ", but " + other + " " + describe(expected),
              "scores across different models are meaningless; --any-model computes them anyway");
}

}  // namespace

ModelIdentity identity_of(const Model& model, const ModelOptions& options) {
  return in_stage(Stage::model, [&] {
    return ModelIdentity{short_model_name(model, options), model_fingerprint(model.checkpoint()),
                         std::string(model.config().family->name)};
  });
}

EmbeddingsInfo image_info(const Model& model, const ModelOptions& options, bool normalized) {
  EmbeddingsInfo info = info_of(model, options, normalized);
  info.modality = Modality::image;
  info.preprocess = image_preprocess_json(model.processor().image_config(), options.lenient);
  return info;
}

EmbeddingsInfo text_info(const Model& model, const ModelOptions& options, const CaptionOptions& captions,
                         bool normalized) {
  EmbeddingsInfo info = info_of(model, options, normalized);
  info.modality = Modality::text;
  info.preprocess = in_stage(Stage::model, [&] {
    const TextPreprocess text{model.text_cleaning(), model.processor().text_length(),
                              name_in(invalid_utf8_choices(), captions.invalid_utf8), templates_of(captions)};
    return text_preprocess_json(text, model.source().files);
  });
  return info;
}

void check_same_model(const DescribedArray& images, const DescribedArray& texts) {
  if (images.info && texts.info)
    check_equal(texts.path, texts.info->model, images.path + " with", images.info->model);
}

void check_model_of(const DescribedArray& array, const Model& model, const ModelOptions& options) {
  if (!array.info) return;
  check_equal(array.path, array.info->model, "the model of this run is", identity_of(model, options));
}

void note_modality(const ConsoleOptions& console, const DescribedArray& array, Modality used_as) {
  if (!array.info || array.info->modality == used_as) return;
  note_warning(console, printable(array.path) + ": contains embeddings of " +
                            std::string(modality_name(array.info->modality)) + "s, used here as " +
                            std::string(modality_name(used_as)) + "s");
}

}  // namespace sightline::app
