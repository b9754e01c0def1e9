// SPDX-License-Identifier: Apache-2.0
#include "sightline/convert/openai_target.h"

#include <array>

#include "sightline/base/error.h"
#include "sightline/base/parallel.h"
#include "sightline/model/config_shapes.h"
#include "sightline/model/config_writer.h"
#include "sightline/weights/pytorch_writer.h"
#include "sightline/weights/raw_names.h"
#include "sightline/weights/weight_format.h"

namespace sightline {
namespace {

constexpr std::string_view kSubject = "OpenAI's format", kProgram = "OpenAI's CLIP";
constexpr std::int64_t kHeadWidth = 64;

[[noreturn]] void fail_inexpressible(const std::string& what) {
  fail(ErrorCode::unsupported, kSubject, "cannot express " + what);
}

void check_encoder(const EncoderConfig& encoder, const std::string& tower) {
  if (encoder.width != kHeadWidth * encoder.heads)
    fail_inexpressible("heads of the " + tower + " tower that are not 64 wide");
  if (encoder.mlp_width != 4 * encoder.width)
    fail_inexpressible("an MLP of the " + tower + " tower that is not 4 times as wide as the tower");
  if (encoder.activation != Activation::quick_gelu) fail_inexpressible("another activation than quick_gelu");
  if (encoder.epsilon != 1e-5F) fail_inexpressible("another epsilon of layer normalization than 1e-5");
}

// OpenAI's build_model derives the rest from the shapes.
void check(const ModelConfig& config) {
  check_clip_family(config, kSubject);
  check_encoder(config.vision.encoder, "image");
  check_encoder(config.text.encoder, "text");
  check_clip_inputs(config, kSubject);
}

}  // namespace

void OpenAITarget::read_source(const Conversion& conversion) {
  const ModelConfig& config = conversion.model.config();
  check(config);
  if (config.vision.image_size % config.vision.patch_size != 0)
    fail_inexpressible("an image size that is not a multiple of the patch size");
  const PreprocessorConfig& image = conversion.model.processor().image_config();
  const PreprocessorConfig openai = PreprocessorConfig::defaults(config.vision.image_size);
  if (image.pipeline.resize == ResizeMode::longest ||
      preprocessor_config_json(image) != preprocessor_config_json(openai))
    fail_inexpressible("other image preprocessing than OpenAI's");
}

void OpenAITarget::write(const Conversion& conversion) {
  const ModelConfig& config = conversion.model.config();
  Weights raw = with_raw_names(openai_name_map(), conversion.model.checkpoint(), kProgram);
  const std::array<std::int64_t, 3> sizes = {config.vision.image_size, config.text.context_length,
                                             config.text.vocabulary_size};
  constexpr std::array<const char*, 3> kSizes = {"input_resolution", "context_length", "vocab_size"};
  for (std::size_t i = 0; i < sizes.size(); ++i)
    raw.add(kSizes[i],
            {DType::i64, Shape{}, std::as_bytes(std::span<const std::int64_t>(sizes)).subspan(8 * i, 8)});
  ThreadPool pool(available_cores());
  write_pytorch(out_, raw, conversion.dtype, pool);
  out_.flush();
}

std::unique_ptr<Model> OpenAITarget::reopen(const Conversion& conversion) const {
  Checkpoint checkpoint = load_checkpoint(out_.written_path(), Dialect::openai);
  ModelConfig config = config_from_shapes(checkpoint.weights);
  set_heads_of_64(config);
  const PreprocessorConfig preprocessor = PreprocessorConfig::defaults(config.vision.image_size);
  return std::make_unique<Model>(
      LoadedModel{conversion.model.source(), std::move(checkpoint.weights), config, preprocessor});
}

}  // namespace sightline
