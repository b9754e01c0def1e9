// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "captions.h"
#include "console.h"
#include "inputs.h"
#include "sightline/model/model.h"
#include "sightline/output/table_writer.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace sightline::app {

/// Which model, and how it computes.
struct ModelOptions {
  std::string model;
  std::string dtype = "f32", backend = "auto";
  std::string preprocess, alpha;
  std::string text_cleaning = "hf";
  bool exif = true;
  bool lenient = false;      ///< PNG: wrong checksums are accepted
  std::int64_t threads = 0;  ///< 0: $SIGHTLINE_THREADS, else the cores this process may use
  std::int64_t batch = 0;    ///< 0: by the model's shape
};

/// Where results go and in which form.
struct OutputOptions {
  std::string path = "-";
  std::string format;  ///< empty: by extension, else the command's own
  std::string dtype = "f32";
  bool force = false;
  bool drop_bad = false;
};

/// What happens to bad items.
struct ItemOptions {
  std::string on_error = "skip";
  std::string report;
  bool strict = false;  ///< what would only be a warning about an image refuses it
  bool stop() const { return on_error == "stop"; }
};

void add_input_options(CLI::App& app, InputOptions& options);
void add_caption_options(CLI::App& app, CaptionOptions& options);
void add_model_options(CLI::App& app, ModelOptions& options);
void add_image_model_options(CLI::App& app, ModelOptions& options);
void add_text_model_options(CLI::App& app, ModelOptions& options);
/// `forms`: what --format accepts.
void add_output_options(CLI::App& app, OutputOptions& options, const std::vector<std::string>& forms);
/// `what` the items are: "image" or "text".
void add_item_options(CLI::App& app, ItemOptions& options, OutputOptions& output, const std::string& what);
/// How much is forgiven an image: --strict, --lenient.
void add_image_care_options(CLI::App& app, ItemOptions& items, ModelOptions& model);
void add_console_options(CLI::App& app, ConsoleOptions& options);
/// For commands that may run long.
void add_progress_option(CLI::App& app, ConsoleOptions& options);
/// `name` is refused with "not built yet" instead of being unknown.
void add_future_option(CLI::App& app, const std::string& name);

/// A repeatable option or the positional arguments, every value as it was given. CLI11's own conversion to a
/// vector would take "[a,b]" apart and drop "{}".
CLI::Option& add_values(CLI::App& app, const std::string& name, std::vector<std::string>& values,
                        const std::string& help, const std::string& group, const std::string& type = "TEXT");
/// A check for an option's value: "" when it is a whole number in [low, high], else what is wrong.
std::function<std::string(const std::string&)> whole_number(std::int64_t low, std::int64_t high);
/// An option whose value is one of `names`. The help does not show `future` ones, which are refused with "not
/// built yet".
void add_choice(CLI::App& app, const std::string& name, std::string& value,
                const std::vector<std::string>& names, const std::string& help, const std::string& group,
                const std::vector<std::string>& future = {});

/// The form of the output: `--format`, else the file's extension, else the command's own for stdout or a
/// file. Errors: usage; for binary to a terminal with the remedy.
TableFormat choose_format(const OutputOptions& options, TableFormat for_stdout, TableFormat for_file);
/// "-" or another name of stdout.
bool is_stdout(const std::string& path);

/// `-j`, $SIGHTLINE_THREADS or the cores. Errors: usage.
int thread_count(const ModelOptions& options);
/// `-m`, $SIGHTLINE_MODEL or "" (the demo model).
std::string model_name(const ModelOptions& options);
/// Refuses what is not built yet. Errors: usage.
void check_model_options(const ModelOptions& options);
/// Loads the model, says when it is the demo model, and what no file of it said. `dialect`: whose names the
/// weights have, "" = as recognized. Errors: Failure of Stage::model.
std::unique_ptr<Model> load_model(const ModelOptions& options, const ConsoleOptions& console,
                                  const std::string& dialect = "");
/// Reads the tokenizer of a model that will be given texts, and says when CLIP's own stands in for it.
/// Errors: Failure of Stage::model.
void load_tokenizer_of(const Model& model, const ConsoleOptions& console);

/// Refuses two outputs of one name; "" is none. Errors: usage.
void check_distinct(const std::vector<std::string>& outputs);
/// Refuses (locked) an output that is one of `inputs` or a file of the model, by whatever name.
void check_output(const std::string& output, const std::vector<std::string>& inputs,
                  const ModelOptions& model);

}  // namespace sightline::app
