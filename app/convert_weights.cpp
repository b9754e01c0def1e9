#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>

#include "commands.h"
#include "failure.h"
#include "options.h"
#include "sightline/io/file.h"
#include "sightline/model/locate.h"
#include "signals.h"
#include "target_folder.h"

namespace sightline::app {
namespace {

struct ConvertOptions {
  ModelOptions source;
  ConsoleOptions console;
  std::string target, from = "auto", dtype = "keep", tokenizer;
  bool force = false;
};

void check(const ConvertOptions& o) {
  if (o.source.model.empty())
    fail_usage("no source given", "name a model: sightline convert-weights SOURCE -o TARGET");
  if (o.target.empty()) fail_usage("no target given", "add -o TARGET");
  if (o.from != "auto" && o.from != "hf")
    fail_usage("--from " + o.from + " is not built yet", "auto and hf are");
  if (o.dtype == "int8") fail_usage("--dtype int8 is not built yet", "keep, f32, f16 and bf16 are");
  if (is_stdout(o.target)) fail_usage("a model folder cannot be written to stdout");
  for (const std::string_view ending : {".sightline", ".weights.h5"}) {
    if (o.target.ends_with(ending)) {
      fail_usage("targets in " + std::string(ending) + " files are not built yet: " + o.target,
                 "any other name is written as a Hugging Face folder");
    }
  }
  check_model_options(o.source);
}

constexpr std::int64_t kClipVocabulary = 49408;  ///< entries of the vocabulary that ships with the program

std::optional<DType> target_dtype(const std::string& name) {
  if (name == "keep") return std::nullopt;
  return name == "f32" ? DType::f32 : name == "f16" ? DType::f16 : DType::bf16;
}

std::string describe(const CLIP& clip) {
  const CLIPConfig& config = clip.config();
  std::int64_t parameters = 0;
  for (const std::string& name : clip.weights().names())
    parameters += clip.weights().find(name)->shape.elements();
  return "found: Hugging Face layout in " + clip.path() + ": CLIP, image " +
         std::to_string(config.vision.image_size) + ", patch " + std::to_string(config.vision.patch_size) +
         ", widths " + std::to_string(config.vision.encoder.width) + " and " +
         std::to_string(config.text.encoder.width) + ", embedding " + std::to_string(config.projection_dim) +
         ", " + std::to_string(clip.weights().size()) + " tensors, " + std::to_string(parameters) +
         " parameters";
}

bool has_tokenizer(const std::string& folder) {
  return file_exists(join_path(folder, "vocab.json")) || file_exists(join_path(folder, "tokenizer.json"));
}

/// The folder that the tokenizer's files come from: the one asked for, the source, or CLIP's own when the
/// source has none and the size fits; "" for none.
std::string tokenizer_folder(const ConvertOptions& o, const CLIP& clip) {
  if (!o.tokenizer.empty()) {
    if (has_tokenizer(o.tokenizer)) return o.tokenizer;
    fail(ErrorCode::missing, o.tokenizer, "holds neither vocab.json nor tokenizer.json");
  }
  if (has_tokenizer(clip.path())) return clip.path();
  if (clip.config().text.vocabulary_size == kClipVocabulary) return join_path(data_folder(), "vocab");
  note(o.console,
       "no tokenizer: the source has none and CLIP's own does not fit; --tokenizer DIR brings one");
  return "";
}

int run_convert_weights(const ConvertOptions& o) {
  check(o);
  const std::string source = in_stage(Stage::model, [&] { return locate_model(o.source.model); });
  if (same_file(source, o.target)) {
    throw Failure(Stage::output, Error(ErrorCode::locked, o.target, "is the source"));
  }
  arm_signals();
  TargetFolder target(o.target, o.force);
  // Building the model asks for every tensor once, by name and shape.
  Stopwatch watch(o.console);
  const std::unique_ptr<CLIP> clip = load_model(o.source, o.console);
  watch.lap("model loaded");
  note(o.console, describe(*clip));
  const std::string tokenizer = in_stage(Stage::model, [&] { return tokenizer_folder(o, *clip); });
  in_stage(Stage::output, [&] {
    target.write_weights(clip->weights(), target_dtype(o.dtype));
    target.write_config(source, target_dtype(o.dtype));
    target.copy_others(source, tokenizer);
  });
  // What was written must load, tokenizer included, before it is published.
  const std::unique_ptr<CLIP> written =
      in_stage(Stage::model, [&] { return CLIP::from_preset(target.part()); });
  if (!tokenizer.empty()) in_stage(Stage::model, [&] { written->processor().tokenizer(); });
  throw_if_interrupted();
  in_stage(Stage::output, [&] { target.commit(); });
  watch.lap("written");
  note(o.console, "wrote: " + o.target + ": " + target.summary());
  return kExitDone;
}

}  // namespace

Command add_convert_weights(CLI::App& app) {
  const auto o = std::make_shared<ConvertOptions>();
  CLI::App* parser = app.add_subcommand("convert-weights", "Writes a model in another form or precision");
  parser->add_option("SOURCE", o->source.model, "a model folder, a preset or org/name")->group("Input");
  add_choice(*parser, "--from", o->from, {"auto", "hf", "openai", "openclip", "kerascv", "kerashub", "gguf"},
             "the source's dialect", "Input");
  parser->add_option("--tokenizer", o->tokenizer, "take the tokenizer's files from here [SOURCE]")
      ->type_name("DIR")
      ->group("Input");
  parser->add_option("-o,--output", o->target, "the folder to be written")
      ->type_name("TARGET")
      ->group("Output");
  add_choice(*parser, "--dtype", o->dtype, {"keep", "f32", "f16", "bf16", "int8"}, "of the weights",
             "Output");
  parser->add_flag("--force", o->force, "replace a target that exists")->group("Output");
  add_future_option(*parser, "--verify");
  add_console_options(*parser, o->console);
  return {parser, "SOURCE -o TARGET [options]",
          "  sightline convert-weights openai/clip-vit-base-patch32 -o half --dtype f16\n"
          "  sightline convert-weights model/ -o whole/ --tokenizer other/\n"
          "  sightline info half\n",
          [o] { return run_convert_weights(*o); }};
}

}  // namespace sightline::app
