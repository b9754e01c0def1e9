// SPDX-License-Identifier: Apache-2.0
#include "sightline/convert/openai_target.h"

#include "sightline/convert/target_folder.h"
#include "sightline/convert/verification.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/random_model.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

// The smallest model that OpenAI's and OpenCLIP's programs can express.
ModelConfig openai_config() {
  ModelConfig config = small_config();
  config.text.encoder = {.width = 64, .heads = 1, .mlp_width = 256, .layers = 1};
  config.text.vocabulary_size = kClipVocabulary;
  return config;
}

std::unique_ptr<ConversionTarget> make_target(const std::string& path) {
  if (path.ends_with(".pt")) return std::make_unique<OpenAITarget>(path, false);
  return std::make_unique<TargetFolder>(path, false, kOpenCLIPFolder);
}

Verification convert(const Model& model, const std::string& path, std::optional<DType> dtype = {}) {
  const Conversion conversion{model, dtype, {}, "random"};
  const std::unique_ptr<ConversionTarget> target = make_target(path);
  target->read_source(conversion);
  target->write(conversion);
  ThreadPool pool(2);
  Scratch scratch;
  Context context{pool, scratch};
  const Verification result = verify(model, *target->reopen(conversion), context);
  target->commit();
  return result;
}

std::string refusal(ModelConfig config, void (*change)(ModelConfig&, PreprocessorConfig&),
                    const std::string& name) {
  const TempFolder temp;
  PreprocessorConfig image = PreprocessorConfig::defaults(config.vision.image_size);
  change(config, image);
  LoadedModel loaded = random_model(config);
  loaded.preprocessor = image;
  const Model model(std::move(loaded));
  const Failure failure = error_of([&] { (void)convert(model, temp / name); });
  CHECK(failure.code == "UNSUP");
  CHECK(temp.entries() == 0);
  return failure.message;
}

}  // namespace

TEST_CASE("OpenAI and OpenCLIP targets: the same tensors and embeddings", "[convert]") {
  const TempFolder temp;
  const Model model(random_model(openai_config()));
  const std::string path = temp / GENERATE("m.pt", "folder");
  const Verification result = convert(model, path);
  CHECK(result.different.empty());
  CHECK(result.tensors == 62);
  CHECK(result.largest == 0);
  const std::unique_ptr<Model> read = Model::open(path);
  CHECK(read->source().dialect == (path.ends_with(".pt") ? Dialect::openai : Dialect::openclip));
  CHECK(read->config().text.encoder.heads == 1);
  CHECK(convert(model, temp / GENERATE("h.pt", "half"), DType::f16).different.empty());
}

TEST_CASE("OpenAI target: what its file cannot express is named", "[convert][error]") {
  using C = ModelConfig;
  using P = PreprocessorConfig;
  const auto message = [](void (*change)(C&, P&)) { return refusal(openai_config(), change, "m.pt"); };
  CHECK_THAT(message([](C& c, P&) { c.text.encoder.heads = 2; }),
             Contains("text tower that are not 64 wide"));
  CHECK_THAT(message([](C& c, P&) { c.vision.encoder.mlp_width = 100; }), Contains("MLP of the image tower"));
  CHECK_THAT(message([](C& c, P&) { c.text.encoder.activation = Activation::gelu; }), Contains("quick_gelu"));
  CHECK_THAT(message([](C& c, P&) { c.vision.encoder.epsilon = 1e-6F; }), Contains("1e-5"));
  CHECK_THAT(message([](C& c, P&) { c.text.vocabulary_size = 50; }), Contains("vocabulary of 50"));
  CHECK_THAT(message([](C& c, P&) { pool_at(c.text, 9); }), Contains("pooled token 9"));
  CHECK_THAT(message([](C&, P& p) { p.mean[0] = 0.5F; }), Contains("image preprocessing"));
  CHECK_THAT(message([](C&, P& p) { p.pipeline.resize = ResizeMode::longest; }), Contains("preprocessing"));
}

TEST_CASE("OpenCLIP target: what its config cannot express leaves no folder", "[convert][error]") {
  CHECK_THAT(refusal(
                 openai_config(), [](ModelConfig& c, PreprocessorConfig&) { c.text.vocabulary_size = 50; },
                 "folder"),
             Contains("vocabulary of 50"));
}
