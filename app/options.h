// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "captions.h"
#include "cli/option.h"
#include "console.h"
#include "inputs.h"
#include "sightline/model/model.h"
#include "sightline/output/table_writer.h"

namespace sightline::app {

/// In which order an image is resized, cropped and rounded.
enum class Preprocess { hf, openai };

/// Which model, and how it computes.
struct ModelOptions {
  std::string model;
  DType dtype = DType::f32;
  std::string backend = "auto";  ///< a name of `gemm_backends`
  Preprocess preprocess = Preprocess::hf;
  std::optional<Alpha> alpha;
  TextCleaning text_cleaning = TextCleaning::hf;
  bool exif = true;
  bool lenient = false;      ///< PNG: wrong checksums are accepted
  std::int64_t threads = 0;  ///< 0: $SIGHTLINE_THREADS, else the cores this process may use
  std::int64_t batch = 0;    ///< 0: by the model's shape
};

/// Where results go and in which form.
struct OutputOptions {
  std::string path = "-";
  std::optional<TableFormat> format;  ///< none: by extension, else the command's own
  DType dtype = DType::f32;           ///< of .npy: f32 or f16
  bool force = false;
  bool drop_bad = false;
};

enum class OnError { skip, stop };

/// What happens to bad items.
struct ItemOptions {
  OnError on_error = OnError::skip;
  std::string report;
  bool strict = false;  ///< what would only be a warning about an image refuses it
  bool stop() const { return on_error == OnError::stop; }
};

/// Which forms a command writes.
enum class Forms { rankings, embeddings };

void add_input_options(CommandLine& line, InputOptions& options);
void add_caption_options(CommandLine& line, CaptionOptions& options);
void add_model_options(CommandLine& line, ModelOptions& options);
void add_image_model_options(CommandLine& line, ModelOptions& options);
void add_text_model_options(CommandLine& line, ModelOptions& options);
void add_output_options(CommandLine& line, OutputOptions& options, Forms forms);
/// `--normalize` and `--no-index` of commands that write embeddings.
void add_embedding_options(CommandLine& line, bool& normalize, bool& no_index);
/// `what` the items are: "image" or "text".
void add_item_options(CommandLine& line, ItemOptions& options, OutputOptions& output,
                      const std::string& what);
/// How much is forgiven an image: --strict, --lenient.
void add_image_care_options(CommandLine& line, ItemOptions& items, ModelOptions& model);
void add_console_options(CommandLine& line, ConsoleOptions& options);
/// For commands that may run long.
void add_progress_option(CommandLine& line, ConsoleOptions& options);

/// The form of the output: `--format`, else the file's extension, else the command's own for stdout or a
/// file. Errors: usage; for binary to a terminal with the remedy.
TableFormat choose_format(const OutputOptions& options, TableFormat for_stdout, TableFormat for_file);
/// "-" or another name of stdout.
bool is_stdout(const std::string& path);

/// `-j`, $SIGHTLINE_THREADS or the cores. Errors: usage.
int thread_count(const ModelOptions& options);
/// `-m`, $SIGHTLINE_MODEL or "" (the demo model).
std::string model_name(const ModelOptions& options);
/// Refuses what is not supported yet. Errors: usage.
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
