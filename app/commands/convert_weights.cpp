// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "cli/failure.h"
#include "cli/option_values.h"
#include "cli/options.h"
#include "cli/remedies.h"
#include "cli/signals.h"
#include "commands/commands.h"
#include "commands/conversion_name.h"
#include "sightline/base/format.h"
#include "sightline/convert/conversion_target.h"
#include "sightline/convert/verification.h"
#include "sightline/files/file.h"
#include "sightline/model/config_writer.h"
#include "sightline/model/family.h"
#include "sightline/model/locate.h"
#include "sightline/model/tokenizer_files.h"
#include "sightline/weights/names.h"

namespace sightline::app {
namespace {

namespace fs = std::filesystem;

struct ConvertOptions {
  ModelOptions source;
  ConsoleOptions console;
  std::string target, tokenizer;
  std::optional<Dialect> from;           ///< the naming scheme; nullopt: detected
  const ConversionFormat* to = nullptr;  ///< null: selected by the name of the target
  std::optional<DType> dtype;            ///< nullopt: as stored
  bool force = false, verify = false;
};

void check(const ConvertOptions& o) {
  if (o.source.model.empty())
    fail_usage("no source given", "name a model: sightline convert-weights SOURCE -o TARGET");
  if (o.target.empty()) fail_usage("no target given", "add -o TARGET");
  const ConversionFormat& format = check_target_name(o.target, o.to);
  if (o.dtype == DType::i8 && format.name != kPackedFormat)
    fail_usage("--dtype int8 needs a packed model, but the target is " + o.target,
               "name it -o NAME.sightline");
  check_model_options(o.source);
}

/// "image 224, patch 32, widths 768 and 512"
std::string towers_of(const ModelConfig& config) {
  const std::string text_width = std::to_string(config.text.encoder.width);
  if (!config.has_vision) return "text tower alone, width " + text_width;
  const std::string image =
      (config.vision.is_naflex() ? "NaFlex" : "image " + std::to_string(config.vision.image_size)) +
      ", patch " + std::to_string(config.vision.patch_size);
  const std::string image_width = std::to_string(config.vision.encoder.width);
  if (!config.has_text) return "image tower alone, " + image + ", width " + image_width;
  return image + ", widths " + image_width + " and " + text_width;
}

std::string describe(const Model& model) {
  const ModelConfig& config = model.config();
  const ModelSource& source = model.source();
  std::int64_t parameters = 0;
  for (const std::string& name : model.checkpoint().names())
    parameters += model.checkpoint().find(name)->shape.elements();
  return "found: " + source.form + " with " + std::string(dialect_name(source.dialect)) + " names in " +
         printable(source.weights) + ": " + std::string(config.family->title) + ", " + towers_of(config) +
         ", embedding " + std::to_string(config.projection_dim) + ", " +
         std::to_string(model.checkpoint().size()) + " tensors, " + std::to_string(parameters) +
         " parameters";
}

/// The tokenizer's files: those of the folder given, of the source, or those that ship with
/// the program if the source has none and they fit; nothing if there are none.
std::optional<ModelFiles> tokenizer_files(const ConvertOptions& o, const Model& model) {
  if (!model.config().has_text) return {};
  if (!o.tokenizer.empty()) {
    if (find_tokenizer(o.tokenizer).found()) return o.tokenizer;
    fail(ErrorCode::missing, o.tokenizer, "contains neither vocab.json nor tokenizer.json");
  }
  const ModelFiles& files = model.source().files;
  if (find_tokenizer(files).found()) return files;
  if (std::optional<ModelFiles> shipped = shipped_tokenizer(model.config())) return shipped;
  note(o.console, "no tokenizer: the source has none, and " + std::string(model.config().family->title) +
                      "'s vocabulary has another size; add one with --tokenizer DIR");
  return {};
}

/// The name of the source that the target records; a packed model hands on the one that it records.
std::string source_name(const ConvertOptions& o, const Model& model) {
  const PackedFile* packed = model.source().files.packed();
  return packed != nullptr ? packed->metadata().source : short_model_name(model, o.source);
}

/// Whether the weights of the target must equal those of the source exactly.
bool is_exact(const std::optional<DType>& dtype, const Model& model) {
  if (!dtype || *dtype == DType::f32) return true;
  const std::vector<std::string> names = model.checkpoint().names();
  return std::all_of(names.begin(), names.end(),
                     [&](const std::string& name) { return model.checkpoint().find(name)->dtype == *dtype; });
}

/// Whether both models preprocess images in the same way.
bool same_preprocessing(const Model& source, const Model& written) {
  const PreprocessorConfig& a = source.processor().image_config();
  const PreprocessorConfig& b = written.processor().image_config();
  if (a.pipeline.resize == ResizeMode::longest || b.pipeline.resize == ResizeMode::longest)
    return a.pipeline.resize ==
           b.pipeline.resize;  // a Hugging Face folder cannot express it; copied unchanged
  return preprocessor_config_json(a) == preprocessor_config_json(b);
}

void run_verify(const ConvertOptions& o, const Conversion& conversion, const Model& written) {
  ThreadPool pool(thread_count(o.source));
  Scratch scratch;
  Context context{pool, scratch};
  const Verification result =
      in_stage(Stage::model, [&] { return verify(conversion.model, written, context); });
  std::string largest;
  append_float(largest, result.largest);
  const auto fail_target = [&](const std::string& problem) {
    throw Failure(Stage::model, Error(ErrorCode::mismatch, o.target, problem));
  };
  if (!result.different.empty()) fail_target(result.different + " differs from the source");
  if (!same_preprocessing(conversion.model, written))
    fail_target("image preprocessing differs from the source");
  note(o.console, "verified: " + std::to_string(result.tensors) + " tensors; largest difference " + largest +
                      " over the embeddings of " + std::to_string(result.images) + " images and " +
                      std::to_string(result.texts) + " texts");
  if (is_exact(conversion.dtype, conversion.model) && result.largest != 0)
    fail_target("embeddings differ from those of the source by " + largest + ", expected no difference");
}

[[noreturn]] void fail_locked(const std::string& target, const std::string& problem) {
  throw Failure(Stage::output, Error(ErrorCode::locked, target, problem));
}

/// Whether `path` is in `folder`, with symbolic links resolved.
bool is_inside(const std::string& path, const std::string& folder) {
  std::error_code error;
  const fs::path whole = fs::canonical(path, error);
  return !error && same_file(whole.parent_path().string(), folder);
}

/// Replacing the target must never delete a file that the conversion reads.
void check_target(const ConvertOptions& o) {
  const std::string source = with_model_remedy(o.source.model, [&] { return locate_model(o.source.model); });
  if (same_file(source, o.target)) fail_locked(o.target, "is the source");
  if (is_inside(source, o.target)) fail_locked(o.target, "contains the source: " + source);
  if (same_file(o.tokenizer, o.target)) fail_locked(o.target, "is the tokenizer folder");
  std::error_code error;
  for (fs::directory_iterator entry(source, error), end; !error && entry != end; entry.increment(error)) {
    const std::string file = entry->path().string();
    if (same_file(file, o.target)) fail_locked(o.target, "is a file of the source in " + source);
    if (entry->is_symlink(error) && is_inside(file, o.target)) {
      fail_locked(o.target, "contains a file of the source: " + file);
    }
  }
}

/// Assigns an error to the output, or to the model if a tensor of the source cannot be read or converted.
void write(ConversionTarget& target, const Conversion& conversion, const std::string& name) {
  try {
    target.write(conversion);
  } catch (const Error& error) {
    const bool of_target = error.code() == ErrorCode::io || error.code() == ErrorCode::no_space;
    const bool fails_check = error.code() == ErrorCode::mismatch && error.subject() == name;
    if (error.code() == ErrorCode::corrupt) {  // a weight of the source
      const std::string& source = conversion.model.path();
      const Error named = error.subject().starts_with(source) ? error : error.within(source);
      throw Failure(Stage::model, named, model_remedy(source, named));
    }
    throw Failure(of_target ? Stage::output : Stage::model, error,
                  fails_check ? "use another --dtype, or --force to write it anyway" : "");
  }
}

int run_convert_weights(const ConvertOptions& o) {
  check(o);
  check_target(o);
  install_signal_handlers();
  const std::unique_ptr<ConversionTarget> target = in_stage(
      Stage::output, [&] { return open_target(check_target_name(o.target, o.to), o.target, o.force); });
  // Building the model checks the name and shape of every tensor.
  Stopwatch watch(o.console);
  const std::unique_ptr<Model> model = load_model(o.source, o.console, NeededTowers::any, o.from);
  watch.lap("model loaded");
  note(o.console, describe(*model));
  const Conversion conversion{*model, o.dtype,
                              in_stage(Stage::model, [&] { return tokenizer_files(o, *model); }),
                              source_name(o, *model)};
  in_stage(Stage::model, [&] { target->read_source(conversion); });
  write(*target, conversion, o.target);
  throw_if_interrupted();
  // The written model must load, including its tokenizer, before it is published.
  const std::unique_ptr<Model> written = in_stage(Stage::model, [&] { return target->reopen(conversion); });
  if (conversion.tokenizer) in_stage(Stage::model, [&] { written->processor().tokenizer(); });
  if (o.verify) run_verify(o, conversion, *written);
  throw_if_interrupted();
  in_stage(Stage::output, [&] { target->commit(); });
  watch.lap("written");
  note(o.console, "wrote: " + printable(o.target) + ": " + target->summary());
  if (const TextCleaning cleaning = model->text_cleaning(); written->text_cleaning() != cleaning) {
    const std::string name(text_cleaning_name(cleaning));
    note(o.console, "texts: the source cleans them (" + name + "), which no file of this format says" +
                        (cleaning == TextCleaning::siglip ? "; add --text-cleaning " + name : ""));
  }
  return kExitSuccess;
}

/// Values of `--from`: the naming schemes that the library supports.
std::vector<Choice<std::optional<Dialect>>> dialects() {
  std::vector<Choice<std::optional<Dialect>>> choices = {{"auto", std::nullopt}};
  for (const NameMap* map : name_maps())
    choices.push_back({std::string(dialect_name(map->dialect)), map->dialect});
  return choices;
}

/// Values of `--to`: the formats in which models can be written.
std::vector<Choice<const ConversionFormat*>> target_formats() {
  std::vector<Choice<const ConversionFormat*>> choices = {{"auto", nullptr}};
  for (const ConversionFormat& format : conversion_formats())
    choices.push_back({std::string(format.name), &format});
  return choices;
}

}  // namespace

CommandLine describe_convert_weights() {
  const auto o = std::make_shared<ConvertOptions>();
  CommandLine line;
  line.add({.names = {"SOURCE"},
            .help = "model folder, weight file, preset or org/name",
            .value = text(o->source.model),
            .completion = Completion::models});
  line.add({.names = {"--from"},
            .help = "naming scheme of the source's tensors",
            .value = with_default(choice(o->from, dialects), "auto")});
  line.add({.names = {"--tokenizer"},
            .value_name = "DIR",
            .help = "folder to take the tokenizer's files from [SOURCE]",
            .value = text(o->tokenizer),
            .completion = Completion::folders});
  line.add({.names = {"-o", "--output"},
            .value_name = "TARGET",
            .help = "folder, or .sightline, .weights.h5 or .pt file, to write",
            .group = HelpGroup::output,
            .value = text(o->target),
            .completion = Completion::files});
  line.add({.names = {"--to"},
            .help = "target format; auto: selected by the name of TARGET",
            .group = HelpGroup::output,
            .value = with_default(choice(o->to, target_formats), "auto")});
  line.add({.names = {"--dtype"},
            .help = "data type of the written weights",
            .group = HelpGroup::output,
            .value = choice<std::optional<DType>>(o->dtype, {{"keep", std::nullopt},
                                                             {"f32", DType::f32},
                                                             {"f16", DType::f16},
                                                             {"bf16", DType::bf16},
                                                             {"int8", DType::i8}})});
  line.add({.names = {"--force"},
            .help = "overwrite an existing target, and write int8 weights that fail their self-check",
            .group = HelpGroup::output,
            .value = flag(o->force)});
  line.add({.names = {"--verify"},
            .help = "compare all tensors with the source, and the embeddings of fixed inputs",
            .group = HelpGroup::output,
            .value = flag(o->verify)});
  add_console_options(line, o->console);
  line.run = [o](const CommandLine&) { return run_convert_weights(*o); };
  return line;
}

}  // namespace sightline::app
