// SPDX-License-Identifier: Apache-2.0
#include "sightline/convert/packed_target.h"

#include <cmath>
#include <cstring>
#include <filesystem>

#include "sightline/convert/target_folder.h"
#include "sightline/convert/verification.h"
#include "sightline/model/preprocess_facts.h"
#include "sightline/model/self_check.h"
#include "sightline/weights/fingerprint.h"
#include "sightline/weights/safetensors.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/golden.h"
#include "support/packed_bytes.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

template <class Target>
void convert(const std::string& source, const std::string& path, std::optional<DType> dtype = {},
             bool force = false) {
  const std::unique_ptr<Model> model = Model::open(source);
  Conversion conversion{*model, dtype, {}, "nano"};
  if (model->config().tokenizer.source == TokenizerSource::clip) conversion.tokenizer = model->source().files;
  Target target(path, force);
  target.read_source(conversion);
  target.write(conversion);
  (void)target.reopen(conversion);
  target.commit();
}

Weights read_safetensors_names(const std::string& folder) {
  return Safetensors().read(folder + "/model.safetensors");
}

Verification compared(const std::string& a, const std::string& b, const std::string& backend = "auto") {
  ThreadPool pool(2);
  Scratch scratch;
  Context context{pool, scratch};
  ModelSettings settings;
  settings.backend = backend;
  return verify(*Model::open(a, settings), *Model::open(b, settings), context);
}

}  // namespace

TEST_CASE("packed target: f32 and f16 give the same bits as a folder in the same precision", "[packed]") {
  const TempFolder temp;
  const DType dtype = GENERATE(DType::f32, DType::f16);
  const std::string backend = GENERATE("auto", "reference");
  const std::string source = golden_path("model/nano_quick_gelu"), packed = temp / "m.sightline",
                    folder = temp / "folder";
  convert<PackedTarget>(source, packed, dtype);
  convert<TargetFolder>(source, folder, dtype);
  const Verification result = compared(folder, packed, backend);
  CHECK(result.tensors == 78);
  CHECK(result.different.empty());
  CHECK(result.largest == 0);
}

TEST_CASE("packed target: models of OpenCLIP's config survive, bit for bit", "[packed][openclip]") {
  const TempFolder temp;
  const std::string name = GENERATE("siglip", "siglip2", "clipa", "naflex", "coca");
  const std::string source = golden_path("openclip_towers/" + name), packed = temp / "m.sightline",
                    again = temp / "again.sightline";
  convert<PackedTarget>(source, packed, DType::f32);
  convert<PackedTarget>(packed, again, DType::f32);
  for (const std::string& other : {packed, again}) {
    const Verification result = compared(source, other);
    CHECK(result.different.empty());
    CHECK(result.largest == 0);
  }
  const std::string folder = temp / "folder";
  if (!name.starts_with("siglip")) {
    const Failure failure = error_of([&] { convert<TargetFolder>(source, folder); });
    CHECK(failure.code == "UNSUP");
    CHECK_THAT(failure.message, Contains("transformers has no class for it"));
    return;
  }
  // transformers' class has any activation, and both scalars as vectors.
  for (const std::string& from : {source, packed}) {
    convert<TargetFolder>(from, folder, {}, true);
    const std::unique_ptr<Model> written = Model::open(folder), read = Model::open(source);
    CHECK(written->checkpoint().find("logit_bias")->shape == Shape{1});
    CHECK(written->config().vision.encoder == read->config().vision.encoder);
    CHECK(written->config().text.encoder == read->config().text.encoder);
    CHECK(compared(source, folder).largest == 0);
  }
}

TEST_CASE("packed target: a SigLIP model survives in every form, bit for bit", "[packed][siglip]") {
  const TempFolder temp;
  const std::string name = GENERATE("siglip/siglip_nano", "siglip/siglip_wide", "naflex/naflex_nano");
  const std::string source = golden_path(name), packed = temp / "m.sightline", folder = temp / "folder";
  convert<PackedTarget>(source, packed, DType::f32);
  convert<TargetFolder>(source, folder);
  convert<TargetFolder>(packed, temp / "again");
  for (const std::string& other : {packed, folder, temp / "again"}) {
    const Verification result = compared(source, other);
    CHECK(result.different.empty());
    CHECK(result.largest == 0);
  }
  // Hugging Face's names, in which q, k and v are stacked.
  const Weights written = read_safetensors_names(folder);
  CHECK(written.contains("vision_model.head.attention.in_proj_weight"));
  CHECK_FALSE(written.contains("vision_model.head.attention.q_proj.weight"));
  convert<PackedTarget>(source, temp / "int8.sightline", DType::i8, true);
  ThreadPool pool(1);
  Scratch scratch;
  Context context{pool, scratch};
  CHECK(repeat_check(*Model::open(temp / "int8.sightline"), context) > 0.9);
}

TEST_CASE("packed target: keep chooses float16 only if it is exact", "[packed]") {
  const TempFolder temp;
  convert<PackedTarget>(golden_path("model/nano_f16"), temp / "half.sightline");
  convert<PackedTarget>(golden_path("model/nano_quick_gelu"), temp / "single.sightline");
  const auto precision = [&](const char* name) {
    return Model::open(temp / name)->source().files.packed()->precision().name;
  };
  CHECK(precision("half.sightline") == "f16");
  CHECK(precision("single.sightline") == "f32");
  CHECK(compared(golden_path("model/nano_f16"), temp / "half.sightline").largest == 0);
}

TEST_CASE("packed target: a folder written from a packed model is the one written from its source",
          "[packed]") {
  const TempFolder temp;
  const std::optional<DType> dtype = GENERATE(std::optional<DType>(), std::optional(DType::f16));
  const std::string source = golden_path("model/nano_tokenizer_json");
  convert<TargetFolder>(source, temp / "direct", dtype);
  convert<PackedTarget>(source, temp / "m.sightline", dtype);
  convert<TargetFolder>(temp / "m.sightline", temp / "unpacked");
  for (const auto& entry : std::filesystem::directory_iterator(temp / "direct")) {
    const std::string name = entry.path().filename().string();
    CAPTURE(name);
    CHECK(temp.read("unpacked/" + name) == temp.read("direct/" + name));
  }
}

TEST_CASE("packed target: it counts as its source and tokenizes as it does", "[packed]") {
  const TempFolder temp;
  const std::string name = GENERATE("nano_quick_gelu", "nano_tokenizer_json", "nano_bf16");
  const std::string source = golden_path("model/" + name), packed = temp / "m.sightline";
  convert<PackedTarget>(source, packed, name == "nano_quick_gelu" ? std::optional(DType::f16) : std::nullopt);
  const std::unique_ptr<Model> before = Model::open(source), after = Model::open(packed);
  CHECK(model_fingerprint(before->checkpoint()) == model_fingerprint(after->checkpoint()));
  // A tokenizer without settings files gets them, as in a folder.
  if (before->source().files.has("special_tokens_map.json")) {
    CHECK(text_preprocess_json({}, before->source().files) ==
          text_preprocess_json({}, after->source().files));
  }
  CHECK(image_preprocess_json(before->processor().image_config(), false) ==
        image_preprocess_json(after->processor().image_config(), false));
  for (const char* text : {"a dog", "Two CATS, sitting!", ""})
    CHECK(before->processor().process_text(text).ids == after->processor().process_text(text).ids);
  CHECK(after->source().form == "packed");
  CHECK(after->source().files.packed()->metadata().source == "nano");
}

TEST_CASE("packed target: an int8 model repeats the self-check that it states", "[packed]") {
  const TempFolder temp;
  convert<PackedTarget>(golden_path("model/nano_gelu"), temp / "m.sightline", DType::i8);
  ThreadPool pool(2);
  Scratch scratch;
  Context context{pool, scratch};
  const std::unique_ptr<Model> model = Model::open(temp / "m.sightline");
  const double stated = model->source().files.packed()->metadata().cosine;
  CHECK(stated >= kMinCheckCosine);
  CHECK(std::abs(repeat_check(*model, context) - stated) < 1e-4);
  CHECK(compared(golden_path("model/nano_gelu"), temp / "m.sightline").different.empty());

  // Valid scales, but not those of the check.
  std::string file = temp.read("m.sightline");
  for (const SafetensorsTensor& part : parse_safetensors(as_bytes(file), "")) {
    if (part.name != "visual_projection.weight.scales") continue;
    const float zero = 0;
    std::memcpy(file.data() + (part.tensor.bytes().data() - as_bytes(file).data()), &zero, sizeof zero);
  }
  const std::string path = temp.write("damaged.sightline", with_checksums(file));
  const Failure failure = error_of([&] { (void)repeat_check(*Model::open(path), context); });
  CHECK(failure.code == "CORRUPT");
  CHECK_THAT(failure.message, Catch::Matchers::Contains("fails its self-check"));
  CHECK_FALSE(compared(golden_path("model/nano_gelu"), path).different.empty());
}

TEST_CASE("packed target: an int8 model is not quantized again", "[packed]") {
  const TempFolder temp;
  convert<PackedTarget>(golden_path("model/nano_gelu"), temp / "m.sightline", DType::i8);
  const std::string packed = temp / "m.sightline";
  CHECK(error_of([&] { convert<PackedTarget>(packed, temp / "n.sightline", DType::i8); }).code == "UNSUP");
  // In float32 it computes with the rounded weights.
  convert<PackedTarget>(packed, temp / "f.sightline", DType::f32);
  CHECK(Model::open(temp / "f.sightline")->source().files.packed()->precision().name == "f32");
}

TEST_CASE("packed target: a precision that does not exist is named", "[packed]") {
  const TempFolder temp;
  CHECK(error_of([&] {
          convert<PackedTarget>(golden_path("model/nano_gelu"), temp / "m.sightline", DType::f64);
        }).code == "UNSUP");
  CHECK(temp.entries() == 0);
}

TEST_CASE("packed target: another naming scheme cannot be requested", "[packed]") {
  const TempFolder temp;
  convert<PackedTarget>(golden_path("model/nano_gelu"), temp / "m.sightline");
  CHECK(error_of([&] { (void)open_model(temp / "m.sightline", Dialect::openai); }).code == "MISMATCH");
  CHECK(open_model(temp / "m.sightline", Dialect::hf).source.dialect == Dialect::hf);
}
