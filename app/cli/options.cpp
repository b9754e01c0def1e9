// SPDX-License-Identifier: Apache-2.0
#include "cli/options.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "cli/option_values.h"
#include "sightline/model/config_section.h"
#include "sightline/ops/gemm.h"

namespace sightline::app {
namespace {

constexpr std::int64_t kMaxInterval = 1'000'000'000;

OptionValue when(std::function<void(When)> use) {
  static constexpr std::pair<std::string_view, When> kNames[] = {
      {"auto", When::automatic}, {"always", When::always}, {"never", When::never}};
  OptionValue value;
  value.choices = [] {
    std::vector<std::string> names;
    for (const auto& [name, when] : kNames) names.emplace_back(name);
    return names;
  };
  value.parse = [use = std::move(use), choices = value.choices](const std::string& text) -> std::string {
    for (const auto& [name, when] : kNames) {
      if (name != text) continue;
      use(when);
      return "";
    }
    return invalid_choice(text, choices());
  };
  value.default_text = "auto";
  return value;
}

std::vector<Choice<std::string>> backend_choices() {
  std::vector<Choice<std::string>> choices = {{"auto", "auto"}};
  for (const GemmBackend* backend : gemm_backends()) {
    choices.push_back({std::string(backend->name()), std::string(backend->name())});
  }
  return choices;
}

/// Accepts all backends of the build, because the library explains why one is not available. Lists only those
/// that work.
OptionValue backend_value(std::string& target) {
  OptionValue value = with_default(choice(target, backend_choices), "auto");
  value.choices = [] {
    std::vector<std::string> names = {"auto"};
    for (const GemmBackend* backend : gemm_backends()) {
      if (backend->supported()) names.emplace_back(backend->name());
    }
    return names;
  };
  return value;
}

std::vector<Choice<std::string>> template_set_choices() {
  std::vector<Choice<std::string>> choices;
  for (const std::string& name : template_sets()) choices.push_back({name, name});
  return choices;
}

std::vector<Choice<TableFormat>> format_choices(Forms forms) {
  std::vector<Choice<TableFormat>> choices;
  for (const TableFormatInfo& format : table_formats()) {
    if (!is_written(format, forms)) continue;
    choices.push_back({std::string(format.name), format.format});
  }
  return choices;
}

}  // namespace

void add_input_options(CommandLine& line, InputOptions& options) {
  line.add({.names = {"IMAGE"},
            .help = "images, folders of images, or - for stdin",
            .value = texts(options.images),
            .completion = Completion::files});
  line.add({.names = {"--files-from"},
            .value_name = "FILE",
            .help = "list of paths, one per line; - is stdin",
            .value = text(options.list),
            .completion = Completion::files});
  line.add({.names = {"-0", "--null"},
            .help = "list entries are NUL-separated",
            .value = flag(options.null_separated),
            .needs = "--files-from"});
  line.add({.names = {"-L", "--follow"},
            .help = "follow symbolic links to folders",
            .value = flag(options.walk.follow_links)});
  line.add({.names = {"--hidden"},
            .help = "include hidden files and folders when walking folders",
            .value = flag(options.walk.hidden)});
  line.add({.names = {"--exclude"},
            .value_name = "GLOB",
            .help = "skip files and folders whose name or path matches when walking folders; repeatable",
            .value = texts(options.walk.exclude)});
  line.add({.names = {"--tar"},
            .help = "include the images of tar archives when walking folders",
            .value = flag(options.walk.archives)});
}

void add_caption_options(CommandLine& line, CaptionOptions& options) {
  line.add({.names = {"--captions"},
            .value_name = "FILE",
            .help = "captions, one per line; - is stdin",
            .value = text(options.file),
            .completion = Completion::files});
  line.add({.names = {"--labels"},
            .value_name = "A,B,C",
            .help = "class labels, inserted into each template",
            .value = text(options.labels)});
  line.add({.names = {"--labels-from"},
            .value_name = "FILE",
            .help = "class labels, one per line; - is stdin",
            .value = text(options.labels_file),
            .completion = Completion::files});
  line.add({.names = {"--template"},
            .value_name = "TEXT",
            .help = "prompt for labels, with {} for the label; repeat it to average several prompts "
                    "[a photo of a {}]",
            .value = texts(options.templates)});
  line.add({.names = {"--templates"},
            .value_name = "SET",
            .help = "published set of prompts: " + enumerate(template_sets(), " or "),
            .value = choice(options.template_set, template_set_choices)});
  line.add({.names = {"--invalid-utf8"},
            .help = "refuse texts that are not UTF-8, or replace invalid bytes with U+FFFD",
            .value = choice(options.invalid_utf8, invalid_utf8_choices())});
}

void add_model_options(CommandLine& line, ModelOptions& options) {
  line.add({.names = {"-m", "--model"},
            .value_name = "M",
            .help = "model folder, weight file, preset or org/name [$SIGHTLINE_MODEL, else the demo model]",
            .group = HelpGroup::model,
            .value = text(options.model),
            .completion = Completion::models});
  line.add({.names = {"--dtype"},
            .help = "data type of matrix products [f32, or that of a packed file]",
            .group = HelpGroup::model,
            .value = optional_choice(
                options.dtype,
                {{"f32", DType::f32}, {"f16", DType::f16}, {"bf16", DType::bf16}, {"int8", DType::i8}})});
  line.add({.names = {"--backend"},
            .help = "matrix-multiplication backend",
            .group = HelpGroup::performance,
            .value = backend_value(options.backend)});
  line.add({.names = {"-b", "--batch-size"},
            .value_name = "N",
            .help = "images or texts in one forward pass [chosen for the model]",
            .group = HelpGroup::performance,
            .value = whole_number(options.batch, 1, 65536)});
  line.add({.names = {"-j", "--threads"},
            .value_name = "N",
            .help = "number of threads [$SIGHTLINE_THREADS, else the available cores]",
            .group = HelpGroup::performance,
            .value = whole_number(options.threads, 1, 1024)});
}

void add_image_model_options(CommandLine& line, ModelOptions& options) {
  line.add(
      {.names = {"--preprocess"},
       .help = "the program whose pixels are computed: as the model's files say, Hugging Face's transformers "
               "with Pillow or with torchvision, or OpenAI's code",
       .group = HelpGroup::model,
       .value = choice(options.preprocess, {{"auto", std::nullopt},
                                            {"hf", PixelRule::hf},
                                            {"openai", PixelRule::openai},
                                            {"torchvision", PixelRule::torchvision}})});
  line.add({.names = {"--alpha"},
            .help = "composite transparent pixels onto white, or drop the alpha channel [white]",
            .group = HelpGroup::model,
            .value = optional_choice(options.alpha, {{"white", Alpha::white}, {"drop", Alpha::drop}})});
  line.add({.names = {"--max-patches"},
            .value_name = "N",
            .help = "patches of an image of a NaFlex model, at most [256]",
            .group = HelpGroup::model,
            .value = whole_number(options.max_patches, 1, kMaxPatches)});
  line.add({.names = {"--exif"},
            .negation = "--no-exif",
            .help = "apply the EXIF orientation of images [yes]",
            .group = HelpGroup::model,
            .value = flag(options.exif)});
}

void add_text_model_options(CommandLine& line, ModelOptions& options) {
  line.add({.names = {"--text-cleaning"},
            .help = "text normalisation before tokenization; auto: as the model's files say",
            .group = HelpGroup::model,
            .value = choice<std::optional<TextCleaning>>(options.text_cleaning,
                                                         {{"auto", std::nullopt},
                                                          {"hf", TextCleaning::hf},
                                                          {"openai", TextCleaning::openai},
                                                          {"siglip", TextCleaning::siglip}})});
}

void add_output_options(CommandLine& line, OutputOptions& options, Forms forms) {
  line.add({.names = {"-o", "--output"},
            .value_name = "FILE",
            .help = "output file; the extension selects the format [-]",
            .group = HelpGroup::output,
            .value = text(options.path),
            .completion = Completion::files});
  line.add({.names = {"-f", "--format"},
            .help = "output format",
            .group = HelpGroup::output,
            .value = choice(options.format, [forms] { return format_choices(forms); })});
  line.add({.names = {"--output-dtype"},
            .help = "element type of .npy output",
            .group = HelpGroup::output,
            .value = choice(options.dtype, {{"f32", DType::f32}, {"f16", DType::f16}})});
  line.add({.names = {"--force"},
            .help = "overwrite existing output files",
            .group = HelpGroup::output,
            .value = flag(options.force)});
}

void add_embedding_options(CommandLine& line, bool& normalize, bool& no_index) {
  line.add({.names = {"--normalize"},
            .negation = "--no-normalize",
            .help = "divide each embedding by its L2 norm [yes]",
            .group = HelpGroup::output,
            .value = flag(normalize)});
  line.add({.names = {"--no-index"},
            .help = "do not write OUT.index.jsonl and OUT.info.json next to OUT.npy",
            .group = HelpGroup::output,
            .value = flag(no_index)});
}

void add_update_options(CommandLine& line, UpdateOptions& options) {
  line.add(
      {.names = {"--index"},
       .help = "what OUT.index.jsonl has of each image: its path and status, or also the size, time and hash "
               "of its file",
       .group = HelpGroup::output,
       .value = with_default(optional_choice<IndexLines>(
                                 options.index, {{"plain", IndexLines::plain}, {"full", IndexLines::full}}),
                             "plain"),
       .excludes = {"--no-index"}});
  line.add(
      {.names = {"--update"},
       .value_name = "[OLD.npy]",
       .help = "copy the rows of unchanged images from OLD.npy, or from OUT.npy itself, and encode the rest; "
               "implies --index full",
       .group = HelpGroup::output,
       .value = optional_text(options.update, options.earlier, ".npy"),
       .completion = Completion::files,
       .excludes = {"--no-index"}});
}

void add_checkpoint_options(CommandLine& line, CheckpointOptions& options) {
  line.add({.names = {"--resume"},
            .help = "continue an interrupted run of the same command",
            .group = HelpGroup::output,
            .value = flag(options.resume)});
  OptionValue interval;
  interval.parse = [&options](const std::string& text) -> std::string {
    const bool timed = text.ends_with('s');
    std::int64_t number = 0;
    const char* const end = text.data() + text.size() - (timed ? 1 : 0);
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end || number < 1 || number > kMaxInterval)
      return "is '" + text + "', expected a number of rows or of seconds, such as 4096 or 30s";
    options.given = true;
    options.rows = timed ? 0 : number;
    options.seconds = timed ? number : 0;
    return "";
  };
  line.add({.names = {"--checkpoint"},
            .value_name = "ROWS|SECONDSs",
            .help = "how often the rows of an .npy output are secured on the disk [4096 rows or 5s]",
            .group = HelpGroup::output,
            .value = std::move(interval)});
}

void add_image_care_options(CommandLine& line, ItemOptions& items, ModelOptions& model) {
  line.add({.names = {"--strict"}, .help = "treat image warnings as errors", .value = flag(items.strict)});
  line.add({.names = {"--lenient"},
            .help = "accept PNG files with wrong checksums",
            .value = flag(model.lenient),
            .excludes = {"--strict"}});
}

void add_item_options(CommandLine& line, ItemOptions& options, OutputOptions& output,
                      const std::string& what) {
  line.add({.names = {"--on-error"},
            .help = "skip an unusable " + what + ", or stop the run",
            .group = HelpGroup::output,
            .value = choice(options.on_error, {{"skip", OnError::skip}, {"stop", OnError::stop}})});
  line.add({.names = {"--drop-bad"},
            .help = "leave out failed rows instead of writing zeros",
            .group = HelpGroup::output,
            .value = flag(output.drop_bad)});
  line.add({.names = {"--report"},
            .value_name = "FILE",
            .help = "write one status record per " + what + " (JSON Lines)",
            .group = HelpGroup::output,
            .value = text(options.report),
            .completion = Completion::files});
}

void add_console_options(CommandLine& line, ConsoleOptions& options) {
  line.add({.names = {"-q", "--quiet"},
            .help = "show errors only",
            .group = HelpGroup::messages,
            .value = flag(options.quiet)});
  line.add({.names = {"-v", "--verbose"},
            .help = "show timings and warnings; -vv also shows shapes, the weight file, the backend and "
                    "the tokenizer",
            .group = HelpGroup::messages,
            .value = counter(options.verbose)});
  line.add({.names = {"--color"},
            .help = "use colours in messages and text output",
            .group = HelpGroup::messages,
            .value = when(choose_color)});
}

void add_progress_option(CommandLine& line, ConsoleOptions& options) {
  line.add({.names = {"--progress"},
            .help = "show progress",
            .group = HelpGroup::messages,
            .value = when([&options](When choice) { options.progress = choice; })});
}

}  // namespace sightline::app
