// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdint>

#include "failure.h"

namespace sightline::app {
namespace {

constexpr const char* kInput = "Input";
constexpr const char* kOutput = "Output";
constexpr const char* kModel = "Model";
constexpr const char* kPerformance = "Performance";
constexpr const char* kMessages = "Messages";

/// "one, two or three"
std::string enumerate(const std::vector<std::string>& names, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text.append(i == 0 ? "" : i + 1 == names.size() ? last : ", ").append(names[i]);
  }
  return text;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// "is 'foo', expected one, two or three": what ValidationError puts behind the option's name.
std::function<std::string(const std::string&)> one_of(std::vector<std::string> names) {
  return [names = std::move(names)](const std::string& text) -> std::string {
    if (contains(names, text)) return "";
    return "is '" + text + "', expected " + enumerate(names, " or ");
  };
}

void add_when(CLI::App& app, const std::string& name, std::function<void(When)> use,
              const std::string& help) {
  app.add_option_function<std::string>(
         name,
         [use = std::move(use)](const std::string& text) {
           use(text == "auto" ? When::automatic : text == "always" ? When::always : When::never);
         },
         help)
      ->check(one_of({"auto", "always", "never"}))
      ->type_name("auto|always|never")
      ->default_str("auto")
      ->group(kMessages);
}

}  // namespace

std::function<std::string(const std::string&)> whole_number(std::int64_t low, std::int64_t high) {
  return [low, high](const std::string& text) -> std::string {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error == std::errc{} && stop == end && value >= low && value <= high) return "";
    const std::string bound = high == INT64_MAX ? " or more" : " to " + std::to_string(high);
    return "is '" + text + "', expected a whole number, " + std::to_string(low) + bound;
  };
}

CLI::Option& add_values(CLI::App& app, const std::string& name, std::vector<std::string>& values,
                        const std::string& help, const std::string& group, const std::string& type) {
  const auto option = std::make_shared<CLI::Option*>();
  const auto keep = [option, &values](const CLI::results_t&) {
    values = (*option)->results();
    return true;
  };
  *option = app.add_option(name, keep, help);
  // Positionals go on until their least number is reached; with "extra args" CLI11 would split "[a,b]".
  constexpr int kMany = CLI::detail::expected_max_vector_size;
  const bool positional = name[0] != '-';
  (*option)->type_size(1)->expected(positional ? kMany / 2 : 1, kMany)->allow_extra_args(false);
  if (positional) {
    // Runs before the number of values is checked: one is enough after all.
    (*option)->each([option](const std::string&) { (*option)->expected(1, kMany); });
  }
  return *(*option)->type_name(positional ? "" : type)->group(group);
}

void add_choice(CLI::App& app, const std::string& name, std::string& value,
                const std::vector<std::string>& names, const std::string& help, const std::string& group,
                const std::vector<std::string>& future) {
  std::string type;
  for (const std::string& choice : names) type += (type.empty() ? "" : "|") + choice;
  const auto check = [name, names, future](const std::string& text) {
    if (contains(future, text)) {
      fail_usage(name + " " + text + " is not built yet",
                 enumerate(names, " and ") + (names.size() == 1 ? " is" : " are"));
    }
    return one_of(names)(text);
  };
  app.add_option(name, value, help)->check(check)->type_name(type)->default_str(value)->group(group);
}

void add_future_option(CLI::App& app, const std::string& name) {
  app.add_option_function<std::vector<std::string>>(
         name, [name](const std::vector<std::string>&) { fail_usage(name + " is not built yet"); })
      ->expected(0, 1)
      ->trigger_on_parse()
      ->group("");
}

void add_input_options(CLI::App& app, InputOptions& options) {
  add_values(app, "IMAGE", options.images, "images, folders of images, or - for stdin", kInput);
  CLI::Option* list = app.add_option("--files-from", options.list, "a list of paths, one a line; - is stdin")
                          ->type_name("FILE")
                          ->group(kInput);
  app.add_flag("-0,--null", options.null_separated, "paths of the list end with NUL")
      ->needs(list)
      ->group(kInput);
  app.add_flag("-L,--follow", options.walk.follow_links, "enter symlinked folders")->group(kInput);
  app.add_flag("--hidden", options.walk.hidden, "in folders, take names that begin with a dot too")
      ->group(kInput);
  add_values(app, "--exclude", options.walk.exclude,
             "in folders, leave out what has this name or path; repeat it", kInput, "GLOB");
}

void add_caption_options(CLI::App& app, CaptionOptions& options) {
  app.add_option("--captions", options.file, "captions, one a line; - is stdin")
      ->type_name("FILE")
      ->group(kInput);
  app.add_option("--labels", options.labels, "class names, put into each template")
      ->type_name("A,B,C")
      ->group(kInput);
  app.add_option("--labels-from", options.labels_file, "class names, one a line; - is stdin")
      ->type_name("FILE")
      ->group(kInput);
  add_values(app, "--template", options.templates,
             "where a label goes, as {}; several are averaged [a photo of a {}]", kInput);
  app.add_option("--templates", options.template_set, "a published set: openai-imagenet")
      ->type_name("SET")
      ->group(kInput);
  add_choice(app, "--invalid-utf8", options.invalid_utf8, {"refuse", "replace"},
             "texts that are not UTF-8: an error, or U+FFFD for what is wrong", kInput);
}

void add_model_options(CLI::App& app, ModelOptions& options) {
  app.add_option("-m,--model", options.model,
                 "a folder, a preset or org/name [$SIGHTLINE_MODEL, else the demo model]")
      ->type_name("M")
      ->group(kModel);
  add_choice(app, "--dtype", options.dtype, {"f32"}, "arithmetic of the towers", kModel,
             {"f16", "bf16", "int8"});
  add_choice(app, "--backend", options.backend, {"auto", "native", "openblas", "reference"},
             "matrix products", kPerformance);
  app.add_option("-b,--batch-size", options.batch, "items in one pass [by the model's shape]")
      ->type_name("N")
      ->check(whole_number(1, 65536))
      ->group(kPerformance);
  app.add_option("-j,--threads", options.threads, "threads [$SIGHTLINE_THREADS, else the cores allowed]")
      ->type_name("N")
      ->check(whole_number(1, 1024))
      ->group(kPerformance);
}

void add_image_model_options(CLI::App& app, ModelOptions& options) {
  add_choice(app, "--preprocess", options.preprocess, {"hf", "openai"}, "order of the image steps [hf]",
             kModel);
  add_choice(app, "--alpha", options.alpha, {"white", "drop"},
             "transparent pixels: onto white, or alpha ignored [white]", kModel);
  app.add_flag("--exif,!--no-exif", options.exif, "turn pictures as their EXIF orientation says [yes]")
      ->group(kModel);
}

void add_text_model_options(CLI::App& app, ModelOptions& options) {
  add_choice(app, "--text-cleaning", options.text_cleaning, {"hf", "openai"}, "what happens to texts first",
             kModel);
}

void add_output_options(CLI::App& app, OutputOptions& options, const std::vector<std::string>& forms) {
  app.add_option("-o,--output", options.path, "where to; the extension chooses the form")
      ->type_name("FILE")
      ->default_str("-")
      ->group(kOutput);
  add_choice(app, "-f,--format", options.format, forms, "form of the output", kOutput);
  add_choice(app, "--output-dtype", options.dtype, {"f32", "f16"}, "numbers of .npy", kOutput);
  app.add_flag("--force", options.force, "replace outputs that exist")->group(kOutput);
  add_future_option(app, "--resume");
  add_future_option(app, "--shard");
}

void add_image_care_options(CLI::App& app, ItemOptions& items, ModelOptions& model) {
  CLI::Option* strict =
      app.add_flag("--strict", items.strict, "a warning about an image refuses it")->group(kInput);
  app.add_flag("--lenient", model.lenient, "accept PNGs whose checksums are wrong")
      ->excludes(strict)
      ->group(kInput);
}

void add_item_options(CLI::App& app, ItemOptions& options, OutputOptions& output, const std::string& what) {
  add_choice(app, "--on-error", options.on_error, {"skip", "stop"},
             "a bad " + what + " is skipped, or ends the run", kOutput);
  app.add_flag("--drop-bad", output.drop_bad, "leave failed rows out instead of zeros")->group(kOutput);
  app.add_option("--report", options.report, "what became of each " + what + ", as JSON lines")
      ->type_name("FILE")
      ->group(kOutput);
}

void add_console_options(CLI::App& app, ConsoleOptions& options) {
  app.add_flag("-q,--quiet", options.quiet, "errors only")->group(kMessages);
  app.add_flag("-v,--verbose", options.verbose, "timings; twice: shapes, and what was chosen")
      ->group(kMessages);
  add_when(app, "--color", choose_color, "colours of messages and text output");
}

void add_progress_option(CLI::App& app, ConsoleOptions& options) {
  add_when(
      app, "--progress", [&options](When choice) { options.progress = choice; }, "how far a long run is");
}

}  // namespace sightline::app
