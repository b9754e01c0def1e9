// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "batch/image_extensions.h"
#include "cli/failure.h"
#include "cli/options.h"
#include "cli/remedies.h"
#include "sightline/base/format.h"
#include "sightline/files/file.h"
#include "sightline/model/family.h"
#include "sightline/model/locate.h"
#include "sightline/model/tokenizer_files.h"

namespace sightline::app {
namespace {

constexpr const char* kRealModel = "clip-vit-base-patch32";  ///< recommended in the note about the demo model

bool has_image_extension(const std::string& path) {
  static const ImageExtensions extensions(image_formats());
  return extensions.kind(extension_of(path)) != ExtensionKind::other;
}

/// Whether an existing output may also be an image that is found under another name.
bool may_be_image(const std::string& output) {
  struct stat status = {};
  std::error_code error;
  const std::filesystem::path target = std::filesystem::canonical(output, error);
  return error || ::stat(output.c_str(), &status) != 0 || status.st_nlink > 1 ||
         has_image_extension(target.string());
}

using FileId = std::pair<dev_t, ino_t>;

/// Nullopt if `path` is not a regular file.
std::optional<FileId> regular_file_id(const std::string& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return FileId(status.st_dev, status.st_ino);
}

/// Upper and lower case are not distinguished. Errors: usage.
TableFormat format_of_extension(const std::string& path, Forms forms) {
  const std::string extension = extension_of(path);
  std::vector<std::string> known;
  for (const TableFormatInfo& format : table_formats()) {
    if (!is_written(format, forms)) continue;
    if (format.extension == extension) return format.format;
    known.emplace_back(format.extension);
  }
  fail_usage("unknown output extension '" + extension + "', expected " + enumerate(known, " or "),
             "choose the format with --format");
}

ModelSettings model_settings(const ModelOptions& options) {
  ModelSettings result;
  result.backend = options.backend;
  result.dtype = options.dtype;
  result.pixel_rule = options.preprocess;
  result.alpha = options.alpha;
  result.exif = options.exif;
  result.lenient = options.lenient;
  result.max_patches = options.max_patches;
  result.text_cleaning = options.text_cleaning;
  return result;
}

[[noreturn]] void fail_locked(const std::string& output, const std::string& problem) {
  throw Failure(Stage::output, Error(ErrorCode::locked, output, problem));
}

}  // namespace

bool is_stdout(const std::string& path) { return path == "-" || path == "/dev/stdout"; }

bool is_written(const TableFormatInfo& format, Forms forms) {
  return forms != Forms::embeddings || format.make_writer != nullptr;
}

TableFormat choose_format(const OutputOptions& options, Forms forms) {
  const bool to_stdout = is_stdout(options.path);
  TableFormat format = TableFormat::text;
  if (forms == Forms::embeddings) format = to_stdout ? TableFormat::jsonl : TableFormat::npy;
  if (forms == Forms::pairs) format = TableFormat::jsonl;
  if (options.format) {
    format = *options.format;
  } else if (!to_stdout && !extension_of(options.path).empty()) {
    format = format_of_extension(options.path, forms);
  }
  if (format == TableFormat::npy && to_stdout && stdout_is_terminal()) {
    fail_usage("npy output is binary, and stdout is a terminal", "write to a file: -o OUT.npy");
  }
  if (options.dtype != DType::f32 && format != TableFormat::npy) {
    fail_usage("--output-dtype requires npy output", "add -o OUT.npy or --format npy");
  }
  return format;
}

int thread_count(const ModelOptions& options) {
  if (options.threads > 0) return static_cast<int>(options.threads);
  const char* variable = std::getenv("SIGHTLINE_THREADS");
  if (variable == nullptr || *variable == '\0') return available_cores();
  const std::string text = variable;
  int count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size() || count < 1 || count > 1024) {
    fail_usage("SIGHTLINE_THREADS is '" + text + "', expected a whole number, 1 to 1024");
  }
  return count;
}

std::string model_name(const ModelOptions& options) {
  if (!options.model.empty()) return options.model;
  const char* variable = std::getenv("SIGHTLINE_MODEL");
  return variable == nullptr ? "" : variable;
}

std::string short_model_name(const Model& model, const ModelOptions& options) {
  const std::string given = model_name(options);
  if (!given.empty() && !file_exists(given)) return given;
  std::error_code error;
  const std::filesystem::path whole =
      std::filesystem::absolute(given.empty() ? model.path() : given, error).lexically_normal();
  return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

void check_model_options(const ModelOptions& options) { thread_count(options); }

std::unique_ptr<Model> load_model(const ModelOptions& options, const ConsoleOptions& console,
                                  NeededTowers needed, std::optional<Dialect> dialect,
                                  ThreadPool* tokenizer_pool) {
  const std::string name = model_name(options);
  if (name.empty()) {
    note(console,
         "no --model given: using the demo model, which recognises 160 kinds of emoji-style drawings, and no "
         "photographs; for real work: " +
             printable(fetch_command(kRealModel)) + ", then --model " + kRealModel);
  }
  ModelSettings wanted = model_settings(options);
  wanted.dialect = dialect;
  wanted.tokenizer_pool = tokenizer_pool;
  std::unique_ptr<Model> model = with_model_remedy(name, [&] {
    std::unique_ptr<Model> opened = Model::open(name, wanted);
    if (needed == NeededTowers::image) opened->image_tower();
    if (needed == NeededTowers::text) opened->text_tower();
    if (needed == NeededTowers::both) opened->head();
    return opened;
  });
  for (const std::string& assumption : model->source().assumptions) note(console, printable(assumption));
  return model;
}

void load_tokenizer_of(const Model& model, const ConsoleOptions& console) {
  with_model_remedy(model.path(), [&] {
    model.processor().tokenizer();
    if (!find_tokenizer(model.source().files).found())
      note(console, "the model has no tokenizer; using " + std::string(model.config().family->title) +
                        "'s vocabulary");
  });
}

void check_report(const ItemOptions& items, const OutputOptions& output, const std::string& results) {
  if (is_stdout(items.report) && is_stdout(output.path))
    fail_usage("the report and the " + results + " cannot both go to stdout");
}

void check_distinct(const std::vector<std::string>& outputs) {
  std::set<std::filesystem::path> seen;
  for (const std::string& output : outputs) {
    if (output.empty() || is_stdout(output) || output.starts_with("/dev/")) continue;
    std::error_code error;
    const std::filesystem::path whole = std::filesystem::absolute(output, error).lexically_normal();
    if (!seen.insert(whole).second) {
      fail_usage("two outputs are the same file: " + output, "--report and --output need different names");
    }
  }
}

void check_outputs(const std::vector<std::string>& outputs,
                   std::initializer_list<std::span<const std::string>> inputs, const ModelOptions& model) {
  std::map<FileId, std::string> existing;
  for (const std::string& output : outputs) {
    if (output.empty() || is_stdout(output)) continue;
    if (const std::optional<FileId> id = regular_file_id(output)) existing.emplace(*id, output);
  }
  if (existing.empty()) return;
  const auto refuse = [&](const std::string& path, const std::string& what) {
    const std::optional<FileId> id = regular_file_id(path);
    if (!id) return;
    if (const auto found = existing.find(*id); found != existing.end()) fail_locked(found->second, what);
  };
  // A stat call for each of a million images would take seconds.
  const bool check_images =
      std::ranges::any_of(existing, [](const auto& entry) { return may_be_image(entry.second); });
  for (const std::span<const std::string> paths : inputs) {
    for (const std::string& path : paths) {
      if (path != "-" && (check_images || !has_image_extension(path))) refuse(path, "is an input: " + path);
    }
  }
  const std::string name = model_name(model);
  const std::string folder = with_model_remedy(name, [&] { return locate_model(name); });
  refuse(folder, "is the model");
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    refuse(entry.path().string(), "is a file of the model in " + folder);
  }
}

}  // namespace sightline::app
