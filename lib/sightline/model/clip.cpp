#include "sightline/model/clip.h"

#include <cmath>

#include "sightline/base/error.h"
#include "sightline/io/file.h"
#include "sightline/model/locate.h"
#include "sightline/weights/weight_format.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxConfigBytes = 64LL << 20;

/// The model folder's file `name` as text. Errors: missing, io, limit.
std::vector<std::byte> read_part(const std::string& folder, std::string_view name) {
  return read_file(join_path(folder, name), kMaxConfigBytes);
}

CLIPConfig read_config(const std::string& folder) {
  const std::vector<std::byte> text = read_part(folder, "config.json");
  return CLIPConfig::from_json(as_text(text), "config.json");
}

PreprocessorConfig read_preprocessor(const std::string& folder, std::int64_t image_size,
                                     const CLIPOptions& options) {
  PreprocessorConfig config = PreprocessorConfig::defaults(image_size);
  if (file_exists(join_path(folder, "preprocessor_config.json"))) {
    const std::vector<std::byte> text = read_part(folder, "preprocessor_config.json");
    config = PreprocessorConfig::from_json(as_text(text), "preprocessor_config.json");
  }
  config.pipeline.exif = options.exif;
  config.pipeline.openai = options.openai_preprocess;
  if (options.openai_preprocess) config.pipeline.alpha = Alpha::drop;
  if (options.alpha) config.pipeline.alpha = *options.alpha;
  return config;
}

std::unique_ptr<Tokenizer> tokenizer_of_folder(const std::string& folder, TextCleaning cleaning) {
  const bool has_vocabulary = file_exists(join_path(folder, "vocab.json"));
  if (has_vocabulary && file_exists(join_path(folder, "merges.txt"))) {
    return CLIPTokenizer::from_vocabulary(read_part(folder, "vocab.json"), read_part(folder, "merges.txt"),
                                          cleaning);
  }
  if (file_exists(join_path(folder, "tokenizer.json"))) {
    return CLIPTokenizer::from_tokenizer_json(read_part(folder, "tokenizer.json"), cleaning);
  }
  if (has_vocabulary) fail(ErrorCode::missing, "merges.txt", "is not beside vocab.json");
  return nullptr;
}

// The model's own vocabulary; CLIP's, which ships with the program, when it has none and the size fits.
std::unique_ptr<Tokenizer> load_tokenizer(const std::string& folder, std::int64_t rows,
                                          TextCleaning cleaning) {
  std::unique_ptr<Tokenizer> own = tokenizer_of_folder(folder, cleaning);
  const bool shipped = own == nullptr;
  if (shipped) own = tokenizer_of_folder(join_path(data_folder(), "vocab"), cleaning);
  if (own->vocabulary_size() == rows) return own;
  const std::string sizes = std::to_string(own->vocabulary_size()) + " entries, the token embedding has " +
                            std::to_string(rows) + " rows";
  if (shipped) {
    fail(ErrorCode::missing, "vocab.json",
         "is not in the model folder, nor tokenizer.json, and CLIP's own vocabulary does not fit: " + sizes);
  }
  fail(ErrorCode::mismatch, "vocab.json", "has " + sizes);
}

void check_complete(const Weights& weights) {
  const std::vector<std::string> unused = weights.unused();
  if (unused.empty()) return;
  fail(ErrorCode::mismatch, unused.front(),
       "is in the weights but not in a model of this config (" + std::to_string(unused.size()) +
           " such tensors)");
}

void check_finite(TensorView<const float> embeddings) {
  for (const float value : embeddings.flat()) {
    if (!std::isfinite(value)) {
      fail(ErrorCode::corrupt, "",
           "an embedding is not finite: the weights hold NaN, infinite or huge values");
    }
  }
}

}  // namespace

CLIP::CLIP(std::string path, const CLIPOptions& options)
    : path_(std::move(path)), config_(read_config(path_)), weights_(load_weights(path_)) {
  const GemmBackend& backend = gemm_backend(options.backend);
  const WeightScope root(weights_);
  image_encoder_ = std::make_unique<CLIPImageEncoder>(root, config_, backend);
  text_encoder_ = std::make_unique<CLIPTextEncoder>(root, config_, backend);
  head_ = std::make_unique<CLIPHead>(root);
  check_complete(weights_);
  const auto tokenizer_loader = [folder = path_, rows = config_.text.vocabulary_size,
                                 cleaning = options.text_cleaning] {
    try {
      return load_tokenizer(folder, rows, cleaning);
    } catch (const Error& error) {
      throw error.within(folder);
    }
  };
  const std::int64_t image_size = config_.vision.image_size;
  processor_ = std::make_unique<CLIPProcessor>(read_preprocessor(path_, image_size, options), image_size,
                                               tokenizer_loader, config_.text.context_length);
}

CLIP::~CLIP() = default;

std::unique_ptr<CLIP> CLIP::from_preset(const std::string& name_or_path, const CLIPOptions& options) {
  const std::string folder = locate_model(name_or_path);
  try {
    return std::unique_ptr<CLIP>(new CLIP(folder, options));
  } catch (const Error& error) {
    if (error.subject().starts_with(folder)) throw;
    throw error.within(folder);
  }
}

void CLIP::encode_images(TensorView<const float> pixels, TensorView<float> embeddings,
                         Context& context) const {
  (*image_encoder_)(pixels, embeddings, context);
  check_finite(embeddings);
}

void CLIP::encode_texts(const TokenBatch& texts, TensorView<float> embeddings, Context& context) const {
  (*text_encoder_)(texts, embeddings, context);
  check_finite(embeddings);
}

}  // namespace sightline
