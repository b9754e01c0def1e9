// SPDX-License-Identifier: Apache-2.0
// Models as KerasCV and KerasHub save them, whose values scripts/golden/keras_files.py counts.

#include <cstdint>

#include "sightline/containers/zip.h"
#include "sightline/files/file.h"
#include "sightline/model/model.h"
#include "support/catch.h"
#include "support/golden.h"
#include "support/temp_folder.h"

using namespace sightline;           // NOLINT
using namespace sightline::testing;  // NOLINT

namespace {

/// Writes the members of a golden zip file into `folder`.
void unpack(const TempFolder& folder, std::string_view golden) {
  const std::string path = golden_path(std::string("weights/").append(golden));
  const auto file = MappedFile::open(path);
  const ZipArchive archive(file->bytes(), path);
  for (const ZipEntry& entry : archive.entries()) {
    const ZipContent content = archive.read(entry, 8 << 20);
    folder.write(entry.name, as_text(content.bytes));
  }
}

/// The values of `_counting` in the script: element i of the t-th tensor.
float counted(std::size_t t, std::size_t i) {
  return (static_cast<float>(((i % 37) * (i % 37) + 11 * t) % 127) - 63) / 64;
}

void check_counted(const Model& clip, std::size_t tensors) {
  const std::vector<std::string> names = clip.checkpoint().names();
  REQUIRE(names.size() == tensors);
  for (std::size_t t = 0; t < names.size(); ++t) {
    const Tensor values = to_float(*clip.checkpoint().find(names[t]));
    const auto flat = values.view().flat();
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < flat.size(); ++i) wrong += flat[i] == counted(t, i) ? 0 : 1;
    CAPTURE(names[t]);
    CHECK(wrong == 0);
  }
}

void check_encoder(const EncoderConfig& encoder, std::int64_t width, std::int64_t heads, std::int64_t mlp) {
  CHECK(encoder.width == width);
  CHECK(encoder.heads == heads);
  CHECK(encoder.mlp_width == mlp);
  CHECK(encoder.layers == 2);
  CHECK(encoder.activation == Activation::quick_gelu);
}

void check_wide(const Model& clip) {
  CHECK(clip.source().dialect == Dialect::kerascv);
  check_encoder(clip.config().vision.encoder, 128, 2, 512);
  check_encoder(clip.config().text.encoder, 64, 1, 256);
  CHECK(clip.config().vision.image_size == 8);
  CHECK(clip.config().vision.patch_size == 4);
  check_counted(clip, 78);
}

}  // namespace

TEST_CASE("sources: KerasCV's model of several layers and heads", "[end_to_end][golden]") {
  check_wide(*Model::open(golden_path("weights/keras_cv_wide.keras")));
}

TEST_CASE("sources: KerasCV's weights alone, a head for every 64 of the width", "[end_to_end][golden]") {
  const TempFolder folder;
  unpack(folder, "keras_cv_wide.keras");
  std::filesystem::remove(folder / "config.json");
  check_wide(*Model::open(folder / "model.weights.h5"));
}

TEST_CASE("sources: KerasHub's model in shards, a layer of it in two of them", "[end_to_end][golden]") {
  const TempFolder folder;
  unpack(folder, "keras_hub_sharded.zip");
  REQUIRE(folder.has("model_00002.weights.h5"));
  const auto clip = Model::open(folder.path());
  CHECK(clip->source().dialect == Dialect::kerashub);
  CHECK(clip->source().weights == folder / "model.weights.json");
  CHECK(clip->config().vision.encoder.heads == 4);
  CHECK(clip->config().text.encoder.heads == 2);
  check_counted(*clip, 62);
}
