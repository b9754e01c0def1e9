// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include "cli/failure.h"
#include "cli/option_values.h"
#include "cli/options.h"
#include "cli/remedies.h"
#include "commands/commands.h"
#include "sightline/base/format.h"
#include "sightline/files/file.h"
#include "sightline/model/config_section.h"
#include "sightline/model/family.h"
#include "sightline/model/self_check.h"
#include "sightline/model/summary.h"
#include "sightline/model/summary_table.h"
#include "sightline/model/tokenizer_files.h"

namespace sightline::app {
namespace {

constexpr int kTowersAndBlocks = 3, kEveryLevel = 8;  // depths of the summary

struct InfoOptions {
  ModelOptions model;
  ConsoleOptions console;
  bool check = false;
};

std::string number(float value) {
  std::string text;
  append_float(text, value);
  return text;
}

std::string size_text(std::int64_t height, std::int64_t width) {
  return std::to_string(height) + " x " + std::to_string(width);
}

void append_encoder(std::string& out, std::string_view name, const EncoderConfig& encoder,
                    const std::string& more) {
  out.append(name).append(": ").append(std::to_string(encoder.layers)).append(" layers, width ");
  out.append(std::to_string(encoder.width)).append(", ").append(std::to_string(encoder.heads));
  out.append(" heads, mlp ").append(std::to_string(encoder.mlp_width)).append(", epsilon ");
  out.append(number(encoder.epsilon));
  out.append(", ").append(encoder.mlp == MlpKind::swiglu ? "swiglu" : transformers_name(encoder.activation));
  out.append(more).append("\n");
}

void append_image_tower(std::string& out, const ImageTowerConfig& config) {
  const std::string image = size_text(config.image_size, config.image_size),
                    grid = size_text(config.side(), config.side());
  append_encoder(out, "image tower", config.encoder,
                 (config.is_naflex() ? ", NaFlex, positions " + grid : ", image " + image) + ", patch " +
                     std::to_string(config.patch_size) + (config.rotary ? ", rotary positions" : ""));
}

void append_config(std::string& out, const Model& model) {
  const ModelConfig& config = model.config();
  if (config.has_vision) append_image_tower(out, config.vision);
  if (config.has_text) {
    append_encoder(out, "text tower", config.text.encoder,
                   ", vocabulary " + std::to_string(config.text.vocabulary_size) + ", context " +
                       std::to_string(config.text.context_length));
  }
  out += "embedding: " + std::to_string(config.projection_dim) + " values";
  if (!config.has_both_towers()) {
    out += std::string("; no ") + (config.has_vision ? "text" : "image") + " tower, so no scores\n";
    return;
  }
  out += ", logit scale " + number(model.head().logit_scale());
  if (const std::optional<float> bias = model.head().logit_bias()) out += ", logit bias " + number(*bias);
  out += std::string(", probabilities by ") +
         (model.head().rule() == ScoreRule::sigmoid ? "sigmoid" : "softmax");
  out += "\n";
}

void append_dtypes(std::string& out, const Weights& weights) {
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> dtypes;  // name -> tensors, scalars
  for (const std::string& name : weights.names()) {
    const StoredTensor& tensor = *weights.find(name);
    const DType stored = tensor.panels() != nullptr ? tensor.panels()->layout.element() : tensor.dtype;
    auto& [tensors, scalars] = dtypes[std::string(dtype_name(stored))];
    ++tensors;
    scalars += tensor.shape.elements();
  }
  out += "stored as:";
  for (const auto& [name, counts] : dtypes) {
    out += " " + name + " (" + std::to_string(counts.first) + " tensors, " + grouped(counts.second) +
           " numbers)";
  }
  out += "\n";
}

std::string triple(const float* values) {
  return number(values[0]) + " " + number(values[1]) + " " + number(values[2]);
}

void append_pipeline(std::string& out, const PixelPipeline& pipeline) {
  constexpr std::array<std::string_view, 6> kFilters = {"nearest", "lanczos", "bilinear",
                                                        "bicubic", "box",     "hamming"};
  const std::string filter(kFilters[static_cast<std::size_t>(pipeline.resample)]);
  std::string resize = "no resize";
  if (pipeline.resize == ResizeMode::shortest) resize = "shorter side to " + std::to_string(pipeline.height);
  if (pipeline.resize == ResizeMode::longest) resize = "longer side to " + std::to_string(pipeline.height);
  if (pipeline.resize == ResizeMode::exact)
    resize = "resize to " + size_text(pipeline.height, pipeline.width);
  if (pipeline.resize == ResizeMode::patches)
    resize = "resize to at most " + std::to_string(pipeline.max_patches) + " patches of " +
             size_text(pipeline.height, pipeline.width);
  out.append(resize);
  if (pipeline.resize != ResizeMode::none) out.append(" (").append(filter).append(")");
  if (pipeline.crop)
    out.append(", centre crop ").append(size_text(pipeline.crop_height, pipeline.crop_width));
}

/// A missing or incompatible tokenizer is not an error here, because the rest can still be shown.
void append_tokenizer(std::string& out, const Model& model) {
  try {
    const Tokenizer& tokenizer = model.processor().tokenizer();
    out.append("tokenizer: ").append(grouped(tokenizer.vocabulary_size())).append(" tokens");
    const auto append_id = [&](const char* name, std::int32_t id) {
      if (id != kNoToken) out.append(", ").append(name).append(" ").append(std::to_string(id));
    };
    append_id("start", tokenizer.start_id());
    append_id("end", tokenizer.end_id());
    if (const std::optional<std::int64_t> padding = model.config().text.pad_id) {
      // CLIP's tokenizer leaves the padding to the text tower.
      const bool by_tower = model.config().tokenizer.source == TokenizerSource::clip;
      append_id("padding", by_tower ? static_cast<std::int32_t>(*padding) : tokenizer.pad_id());
    }
    const std::int64_t longest = model.processor().text_length();
    if (longest < model.config().text.context_length)
      out.append(", texts truncated to ").append(std::to_string(longest)).append(" tokens");
    if (!find_tokenizer(model.source().files).found())
      out.append(" (").append(model.config().family->title).append("'s; the model has none)");
  } catch (const Error& error) {
    const std::string_view problem = error.code() == ErrorCode::missing       ? "none"
                                     : error.code() == ErrorCode::mismatch    ? "incompatible"
                                     : error.code() == ErrorCode::unsupported ? "unsupported"
                                                                              : "";
    if (problem.empty()) throw;
    out.append("tokenizer: ").append(problem).append(" (");
    out.append(printable(error.what())).append(")");
  }
  out.append("\n");
}

void append_preprocessing(std::string& out, const Model& model) {
  const PreprocessorConfig& image = model.processor().image_config();
  out.append("preprocessing: ");
  append_pipeline(out, image.pipeline);
  std::string factor;
  append_double(factor, image.rescale_factor);
  if (image.do_rescale) out.append(", rescale factor ").append(factor);
  if (image.do_normalize)
    out.append(",\n  mean ").append(triple(image.mean)).append(", std ").append(triple(image.std));
  if (image.pipeline.alpha == Alpha::drop) out.append(", alpha channel dropped");
  const ModelSource& source = model.source();
  if (!source.preprocessor.empty()) {
    const std::string named = source.image_class.empty() ? "" : source.image_class + " of ";
    out.append("\n  from: ").append(named).append(printable(source.preprocessor));
  }
  out.append("\n");
}

/// The last component of a name, without the extension of a weight file.
std::string stem(const std::string& name) {
  const std::filesystem::path path(name);
  return (file_exists(name) && !is_directory(name) ? path.stem() : path.filename()).string();
}

/// How the matrices of an int8 model are stored, and the result of its self-check.
void append_quantization(std::string& out, const Model& model) {
  std::int64_t matrices = 0, quantized = 0, smoothed = 0;
  for (const std::string& name : model.checkpoint().names()) {
    const StoredPanels* panels = model.checkpoint().find(name)->panels();
    if (panels == nullptr) continue;
    ++matrices;
    quantized += panels->layout.element() == DType::i8 ? 1 : 0;
    smoothed += panels->scales.inputs.empty() ? 0 : 1;
  }
  out += "quantized: " + std::to_string(quantized) + " of " + std::to_string(matrices) + " matrices, " +
         std::to_string(smoothed) + " of them smoothed\n";
  out += "self-check: lowest cosine with float32 ";
  append_double(out, model.source().files.packed()->metadata().cosine);
  out += " over " + std::to_string(check_images(model.config())) + " images and " +
         std::to_string(check_texts(model.config())) + " texts\n";
}

/// What a packed model states about itself; for any other model, how to make one.
void append_packed(std::string& out, const Model& model, const InfoOptions& o) {
  const PackedFile* packed = model.source().files.packed();
  if (packed == nullptr) {
    const std::string name = model_name(o.model);
    const std::string source = shell_word(name.empty() ? model.path() : name);
    out += "packed model: sightline convert-weights " + printable(source) + " -o " +
           printable(shell_word(stem(short_model_name(model, o.model)) + ".sightline")) +
           " writes one, which starts faster\n";
    return;
  }
  const PackedMetadata& metadata = packed->metadata();
  out.append("packed model: ").append(metadata.precision->name).append(", layout ").append(kPackedLayout);
  out.append(", format version ").append(kPackedVersion).append(", written by ");
  out.append(printable(metadata.program)).append("\n");
  out.append("packed from: ").append(printable(metadata.source)).append(", fingerprint ");
  out.append(metadata.model_fingerprint).append("\n");
  if (packed->precision().quantized()) append_quantization(out, model);
}

/// Repeats the self-check of an int8 model.
std::string check_again(const Model& model, const InfoOptions& o) {
  ThreadPool pool(thread_count(o.model));
  Scratch scratch;
  Context context{pool, scratch};
  std::string text = ", and the self-check gives ";
  append_double(text, repeat_check(model, context));
  return text;
}

/// Reads all weights: those of a packed model must have their checksums, and all must be finite.
std::string check_weights(const Model& model, const InfoOptions& o) {
  return with_model_remedy(model.path(), [&] {
    const PackedFile* packed = model.source().files.packed();
    if (packed != nullptr) packed->check();
    try {
      check_finite(model.checkpoint(), "");
    } catch (const Error& error) {
      throw error.within(model.path());
    }
    const bool quantized = packed != nullptr && packed->precision().quantized();
    return "checked: " +
           std::string(packed == nullptr ? ""
                       : quantized       ? "all checksums are right, "
                                         : "all checksums are right, and ") +
           "all " + std::to_string(model.checkpoint().size()) + " tensors are finite" +
           (quantized ? check_again(model, o) : "") + "\n";
  });
}

int run_info(const InfoOptions& o) {
  check_model_options(o.model);
  const std::unique_ptr<Model> model = load_model(o.model, o.console, NeededTowers::any);
  const ModelSource& source = model->source();
  std::string out = "model: " + printable(model->path()) + "\n";
  out += "weights: " + source.form + " with " + std::string(dialect_name(source.dialect)) + " names in " +
         printable(source.weights) + "\n";
  append_packed(out, *model, o);
  out += "\n";
  const bool everything = o.console.verbose > 0;
  out += summary(model->config(), model->checkpoint(),
                 {.depth = everything ? kEveryLevel : kTowersAndBlocks, .with_weights = everything});
  out += "\n";
  append_config(out, *model);
  append_dtypes(out, model->checkpoint());
  with_model_remedy(model->path(), [&] {
    if (model->config().has_text) append_tokenizer(out, *model);
    if (model->config().has_vision) append_preprocessing(out, *model);
  });
  if (o.check) out += check_weights(*model, o);
  in_stage(Stage::output, [&] { write_stdout(out); });
  return kExitSuccess;
}

}  // namespace

CommandLine describe_info() {
  const auto o = std::make_shared<InfoOptions>();
  CommandLine line;
  line.add({.names = {"MODEL", "-m", "--model"},
            .help = "model folder, weight file, preset or org/name [$SIGHTLINE_MODEL, else the demo model]",
            .group = HelpGroup::model,
            .value = text(o->model.model),
            .completion = Completion::models});
  line.add({.names = {"--check"},
            .help =
                "read all weights: compare the checksums of a packed model, repeat the self-check of an int8 "
                "model, and look for NaN and infinity",
            .group = HelpGroup::model,
            .value = flag(o->check)});
  add_console_options(line, o->console);
  line.run = [o](const CommandLine&) { return run_info(*o); };
  return line;
}

}  // namespace sightline::app
