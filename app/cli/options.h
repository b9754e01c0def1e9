// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "batch/captions.h"
#include "batch/inputs.h"
#include "cli/console.h"
#include "cli/option.h"
#include "sightline/model/model.h"
#include "sightline/output/table_writer.h"

namespace sightline::app {

/// The model and the options of its computation.
struct ModelOptions {
  std::string model;
  std::optional<DType> dtype;    ///< nullopt: that of the model's weights, float32 for those of a folder
  std::string backend = "auto";  ///< a name of `gemm_backends`
  std::optional<PixelRule> preprocess;  ///< nullopt: as the model's files say
  std::optional<Alpha> alpha;
  std::optional<TextCleaning> text_cleaning;  ///< nullopt: as the model's files say
  std::optional<std::int64_t> max_patches;    ///< of a NaFlex model; nullopt: as its image processor
  bool exif = true;
  bool lenient = false;      ///< accept PNG files with wrong checksums
  std::int64_t threads = 0;  ///< 0: $SIGHTLINE_THREADS, else the available cores
  std::int64_t batch = 0;    ///< 0: chosen for the model
};

/// The output file and its format.
struct OutputOptions {
  std::string path = "-";
  std::optional<TableFormat> format;  ///< nullopt: selected by the extension, else the command's default
  DType dtype = DType::f32;           ///< for .npy: f32 or f16
  bool force = false;
  bool drop_bad = false;
  bool in_place = false;        ///< the array is updated: it and its companions may exist
  bool in_place_again = false;  ///< a run that updates in place is repeated: its report may exist, too

  bool replaces_array() const { return force || in_place; }
  bool replaces_report() const { return force || in_place_again; }
};

/// How a run that writes an array is protected against interruptions.
struct CheckpointOptions {
  bool resume = false;
  bool given = false;        ///< whether the interval was given
  std::int64_t rows = 4096;  ///< rows between checkpoints; 0: any number
  std::int64_t seconds = 5;  ///< seconds between checkpoints; 0: any number
};

/// What a line of an index contains.
enum class IndexLines {
  plain,  ///< the label and the status
  full    ///< also the size, time and hash of the file, and the warnings
};

/// How the rows of unchanged images are used again.
struct UpdateOptions {
  std::optional<IndexLines> index;  ///< as given
  bool update = false;
  std::string earlier;  ///< the array with these rows; "" for the output itself

  /// What is written: an index that a later update can use, unless a plain one is wanted.
  IndexLines lines() const { return index.value_or(update ? IndexLines::full : IndexLines::plain); }
};

enum class OnError { skip, stop };

/// How failed items are handled.
struct ItemOptions {
  OnError on_error = OnError::skip;
  std::string report;
  bool strict = false;  ///< treat image warnings as errors
  bool stop() const { return on_error == OnError::stop; }
};

/// The kind of results that a command writes, which determines its output formats.
enum class Forms { rankings, embeddings, pairs };
/// Whether a command that writes `forms` has this format.
bool is_written(const TableFormatInfo& format, Forms forms);

void add_input_options(CommandLine& line, InputOptions& options);
void add_caption_options(CommandLine& line, CaptionOptions& options);
void add_model_options(CommandLine& line, ModelOptions& options);
void add_image_model_options(CommandLine& line, ModelOptions& options);
void add_text_model_options(CommandLine& line, ModelOptions& options);
void add_output_options(CommandLine& line, OutputOptions& options, Forms forms);
/// `--normalize` and `--no-index`, for commands that write embeddings.
void add_embedding_options(CommandLine& line, bool& normalize, bool& no_index);
/// `--index` and `--update`.
void add_update_options(CommandLine& line, UpdateOptions& options);
/// `--resume` and `--checkpoint`.
void add_checkpoint_options(CommandLine& line, CheckpointOptions& options);
/// `what`: the kind of items, "image" or "text".
void add_item_options(CommandLine& line, ItemOptions& options, OutputOptions& output,
                      const std::string& what);
/// How damaged images are handled: --strict and --lenient.
void add_image_care_options(CommandLine& line, ItemOptions& items, ModelOptions& model);
void add_console_options(CommandLine& line, ConsoleOptions& options);
/// For commands that may take a long time.
void add_progress_option(CommandLine& line, ConsoleOptions& options);

/// The output format: `--format`, else the extension of the file, else the command's default for stdout or a
/// file. Errors: usage, also for binary output to a terminal.
TableFormat choose_format(const OutputOptions& options, Forms forms);
/// Whether `path` is "-" or another name of stdout.
bool is_stdout(const std::string& path);

/// `-j`, $SIGHTLINE_THREADS or the cores. Errors: usage.
int thread_count(const ModelOptions& options);
/// `-m`, $SIGHTLINE_MODEL or "" (the demo model).
std::string model_name(const ModelOptions& options);
/// The name of a model for people: a preset or `org/name` as given, else the last component of its path.
std::string short_model_name(const Model& model, const ModelOptions& options);
/// Refuses a report and results (in words) that both go to stdout. Errors: usage.
void check_report(const ItemOptions& items, const OutputOptions& output, const std::string& results);
/// Checks the number of threads. Errors: usage.
void check_model_options(const ModelOptions& options);
enum class NeededTowers { any, image, text, both };

/// Loads the model. Notes on stderr if it is the demo model, and which settings were assumed because no file
/// contains them. `dialect`: the naming scheme of the weights, nullopt to detect it. `tokenizer_pool`: see
/// `ModelSettings`. Errors: Failure of Stage::model, also if the model lacks a tower that is needed.
std::unique_ptr<Model> load_model(const ModelOptions& options, const ConsoleOptions& console,
                                  NeededTowers needed, std::optional<Dialect> dialect = {},
                                  ThreadPool* tokenizer_pool = nullptr);
/// Loads the tokenizer of a model. Notes on stderr if that of the family is used because the model has none.
/// Errors: Failure of Stage::model.
void load_tokenizer_of(const Model& model, const ConsoleOptions& console);

/// Refuses two outputs with the same name; "" is none. Errors: usage.
void check_distinct(const std::vector<std::string>& outputs);
/// Refuses (locked) an output that is one of the inputs or a file of the model, also through links.
void check_outputs(const std::vector<std::string>& outputs,
                   std::initializer_list<std::span<const std::string>> inputs, const ModelOptions& model);

}  // namespace sightline::app
