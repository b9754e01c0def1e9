// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <memory>

#include "cli/option_values.h"
#include "commands.h"
#include "embedding_info.h"
#include "embedding_output.h"
#include "failure.h"
#include "options.h"
#include "signals.h"
#include "text_batches.h"

namespace sightline::app {
namespace {

struct EmbedTextOptions {
  CaptionOptions captions;
  OutputOptions output;
  ItemOptions items;
  ModelOptions model;
  ConsoleOptions console;
  bool normalize = true;
  bool no_index = false;
};

// Captions that are sorted by length and encoded together: few at first, so that a reader soon has some, then
// twice as many each time; for the reader of a pipe only as many as are encoded in about kReaderWaits.
constexpr std::size_t kFewestAtOnce = 64;
constexpr std::size_t kMostAtOnce = 4096;  ///< bounds memory
constexpr std::chrono::milliseconds kReaderWaits(100);

std::size_t next_step(std::size_t step, std::chrono::steady_clock::duration took, bool reader_waits) {
  if (reader_waits && took > kReaderWaits) return std::max(step / 2, kFewestAtOnce);
  if (reader_waits && 2 * took > kReaderWaits) return step;
  return std::min(2 * step, kMostAtOnce);
}

std::vector<std::string> warnings_of(const Caption& caption, bool truncated, std::int64_t longest) {
  std::vector<std::string> warnings;
  if (caption.replaced > 0) {
    warnings.push_back("is not UTF-8: U+FFFD put in " + std::to_string(caption.replaced) +
                       (caption.replaced == 1 ? " place" : " places"));
  }
  if (truncated) {
    warnings.push_back("is longer than the model accepts and cut to " + std::to_string(longest) + " tokens");
  }
  return warnings;
}

/// What one run writes to.
struct Writing {
  const EmbedTextOptions& options;
  EmbeddingOutput& out;
  Report& report;
  Progress& progress;
  std::int64_t longest;
};

/// The embeddings of the captions from number `first` on.
void write_rows(const Writing& to, std::span<const Caption> captions, const TextEmbeddings& embedded,
                std::int64_t first) {
  for (std::size_t i = 0; i < captions.size(); ++i) {
    const Caption& caption = captions[i];
    const auto row = static_cast<std::int64_t>(i);
    const bool truncated = embedded.truncated[i] != 0;
    const std::vector<std::string> warnings = warnings_of(caption, truncated, to.longest);
    const std::string place = "text " + std::to_string(first + row + 1);
    ItemStatus status{first + row, caption.label, place, "", "", &warnings};
    EmbeddingRow values{caption.label, embedded.rows.view().row(row), "", "", embedded.tokens[i], truncated};
    if (caption.error) {
      status.subject = caption.error->subject();
      status.error_class = class_name(caption.error->code());
      status.message = caption.error->problem();
      values = {caption.label, {}, status.error_class, status.message, {}, false};
    }
    report_item(to.options.items, to.options.console, to.progress, status);
    if (to.out.to_terminal()) to.progress.clear();
    in_stage(Stage::output, [&] {
      to.report.add(status);
      to.out.row(values);
    });
  }
  in_stage(Stage::output, [&] {
    to.report.flush_to_reader();
    to.out.flush_to_reader();
  });
}

void check(const EmbedTextOptions& o) {
  if (!has_captions(o.captions))
    fail_usage("no text given", "give texts as arguments, --captions FILE or --labels A,B,C");
  if (is_stdout(o.items.report) && is_stdout(o.output.path)) {
    fail_usage("the report and the embeddings cannot both go to stdout");
  }
  check_model_options(o.model);
}

/// Under `--on-error stop` the first refusal ends the run before anything is opened.
std::vector<Caption> gather(const EmbedTextOptions& o) {
  std::vector<Caption> captions = gather_captions(o.captions);
  if (o.items.stop()) require_good(captions);
  return captions;
}

int run_embed_text(const EmbedTextOptions& o) {
  check(o);
  const TableFormat format = choose_format(o.output, TableFormat::jsonl, TableFormat::npy);
  const std::vector<Caption> captions = gather(o);
  arm_signals();
  std::vector<std::string> outputs = companions_of(o.output, format);
  outputs.insert(outputs.end(), {o.output.path, o.items.report});
  check_distinct(outputs);
  for (const std::string& output : outputs) {
    check_output(output, {o.captions.file, o.captions.labels_file}, o.model);
  }
  EmbeddingOutput out(o.output, format, {.key = "text", .with_index = !o.no_index});
  const auto report = in_stage(
      Stage::output, [&] { return std::make_unique<Report>(o.items.report, o.output.force, "text"); });
  Stopwatch watch(o.console);
  const std::unique_ptr<Model> clip = load_model(o.model, o.console);
  watch.lap("model loaded");
  const auto count = static_cast<std::int64_t>(captions.size());
  in_stage(Stage::output, [&] {
    out.begin(clip->embedding_size(), count,
              [&] { return text_info(*clip, o.model, o.captions, o.normalize); });
  });

  ThreadPool pool(thread_count(o.model));
  Progress progress(o.console, count, "texts");
  if (!captions.empty()) load_tokenizer_of(*clip, o.console);
  const std::int64_t longest = captions.empty() ? 0 : clip->processor().text_length();
  const Writing to{o, out, *report, progress, longest};
  const std::span<const Caption> all(captions);
  std::size_t step = kFewestAtOnce;
  for (std::size_t begin = 0; begin < all.size();) {
    const auto start = std::chrono::steady_clock::now();
    const auto part = all.subspan(begin, std::min(step, all.size() - begin));
    const TextEmbeddings embedded = encode_captions({*clip, o.model.batch, o.normalize}, part, pool);
    const auto took = std::chrono::steady_clock::now() - start;
    write_rows(to, part, embedded, static_cast<std::int64_t>(begin));
    begin += part.size();
    step = next_step(step, took, out.is_direct());
  }
  progress.clear();
  watch.lap("texts encoded");
  watch.shape("embeddings", count, clip->embedding_size());
  throw_if_interrupted();
  publish(out, *report);
  return finish_items(*report, o.console, "texts");
}

}  // namespace

CommandLine describe_embed_text() {
  const auto o = std::make_shared<EmbedTextOptions>();
  o->captions.texts_name = "TEXT";
  CommandLine line;
  line.add({.names = {"TEXT"}, .help = "texts to embed", .value = texts(o->captions.texts)});
  add_caption_options(line, o->captions);
  add_output_options(line, o->output, Forms::embeddings);
  add_embedding_options(line, o->normalize, o->no_index);
  add_item_options(line, o->items, o->output, "text");
  add_model_options(line, o->model);
  add_text_model_options(line, o->model);
  add_console_options(line, o->console);
  add_progress_option(line, o->console);
  line.run = [o](const CommandLine&) { return run_embed_text(*o); };
  return line;
}

}  // namespace sightline::app
