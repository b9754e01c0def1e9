// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include "batch/capitals_note.h"
#include "batch/embedding_info.h"
#include "batch/embedding_options.h"
#include "batch/embedding_output.h"
#include "batch/item_report.h"
#include "batch/output_names.h"
#include "batch/shard_selection.h"
#include "batch/text_batches.h"
#include "batch/written_array.h"
#include "cli/failure.h"
#include "cli/option_values.h"
#include "cli/signals.h"
#include "commands/commands.h"

namespace sightline::app {
namespace {

struct EmbedTextOptions : EmbeddingOptions {
  CaptionOptions captions;
};

// Number of captions that are sorted by their ids and encoded together: the more, the more prefixes they
// share. For the reader of a pipe, the first step is small, so that rows arrive early, and the number is
// limited to what is encoded in about kReaderInterval. It doubles each time.
constexpr std::size_t kMinCaptionsPerStep = 64;
constexpr std::size_t kFirstStepOfFile = 1024;     ///< for output that is read at the end
constexpr std::size_t kMaxCaptionsPerStep = 4096;  ///< bounds memory
constexpr std::chrono::milliseconds kReaderInterval(100);

std::size_t next_step(std::size_t step, std::chrono::steady_clock::duration elapsed, bool has_reader) {
  if (has_reader && elapsed > kReaderInterval) return std::max(step / 2, kMinCaptionsPerStep);
  if (has_reader && 2 * elapsed > kReaderInterval) return step;
  return std::min(2 * step, kMaxCaptionsPerStep);
}

/// The outputs of one run.
struct Writing {
  const EmbedTextOptions& options;
  EmbeddingOutput& out;
  Progress& progress;
  std::int64_t longest;
};

/// Writes the embeddings of the captions; the first one has index `first`.
void write_rows(const Writing& to, std::span<const Caption> captions, const TextEmbeddings& embedded,
                std::int64_t first) {
  for (std::size_t i = 0; i < captions.size(); ++i) {
    const Caption& caption = captions[i];
    const auto row = static_cast<std::int64_t>(i);
    const bool truncated = embedded.truncated[i] != 0;
    Outcome outcome = caption.error ? failed_outcome(*caption.error) : Outcome();
    outcome.warnings = caption_warnings(caption, truncated, to.longest);
    const std::string place =
        caption.error ? caption.error->subject() : "text " + std::to_string(first + row + 1);
    const ItemStatus status{
        .index = first + row, .label = caption.label, .subject = place, .outcome = outcome};
    EmbeddingRow values;
    if (outcome.ok()) values = {embedded.rows.view().row(row), embedded.tokens[i], truncated};
    report_item(to.options.items, to.options.console, to.progress, status);
    if (to.out.to_terminal()) to.progress.clear();
    in_stage(Stage::output, [&] { to.out.add(status, values); });
  }
  in_stage(Stage::output, [&] { to.out.end_batch(); });
}

void check(const EmbedTextOptions& o) {
  if (!has_captions(o.captions))
    fail_usage("no text given", "give texts as arguments, --captions FILE or --labels A,B,C");
  check_embedding_options(o);
}

/// With `--on-error stop`, the first refused text ends the run before any file is opened.
std::vector<Caption> gather(const EmbedTextOptions& o) {
  std::vector<Caption> captions = gather_captions(o.captions);
  if (o.items.stop()) require_valid(captions);
  return captions;
}

RunFacts facts_of(const EmbedTextOptions& o, const Model& model, std::span<const Caption> captions,
                  const std::optional<ShardInfo>& shard) {
  RunFacts facts;
  facts.columns = model.embedding_size();
  facts.rows = std::ssize(captions);
  facts.describe = [&] { return with_shard(text_info(model, o.model, o.captions, o.normalize), shard); };
  facts.precision = precision_of(model, o.model);
  ListHash list;
  for (const Caption& caption : captions) {
    list.add(caption.label);
    for (const std::string& prompt : caption.prompts) list.add(prompt);
  }
  facts.list = list.hex();
  facts.next_input = [captions, next = std::size_t{0}]() mutable -> std::optional<RunInput> {
    if (next == captions.size()) return std::nullopt;
    return RunInput{captions[next++].label};
  };
  return facts;
}

/// Encodes the captions that are not done yet.
void write_all_rows(const EmbedTextOptions& o, const Model& model, std::span<const Caption> captions,
                    ThreadPool& pool, EmbeddingOutput& out) {
  Progress progress(o.console, std::ssize(captions), "texts", out.done());
  if (!captions.empty()) {
    load_tokenizer_of(model, o.console);
    CapitalsNote(model, o.model, o.console).check(captions.subspan(static_cast<std::size_t>(out.done())));
  }
  const std::int64_t longest = captions.empty() ? 0 : model.processor().text_length();
  const Writing to{o, out, progress, longest};
  std::size_t step = out.is_direct() ? kMinCaptionsPerStep : kFirstStepOfFile;
  for (auto begin = static_cast<std::size_t>(out.done()); begin < captions.size();) {
    const auto start = std::chrono::steady_clock::now();
    const auto part = captions.subspan(begin, std::min(step, captions.size() - begin));
    const TextEmbeddings embedded = encode_captions({model, o.model.batch, o.normalize}, part, pool);
    const auto elapsed = std::chrono::steady_clock::now() - start;
    write_rows(to, part, embedded, static_cast<std::int64_t>(begin));
    begin += part.size();
    step = next_step(step, elapsed, out.is_direct());
  }
  progress.finish();
}

int run_embed_text(EmbedTextOptions& o) {
  check(o);
  const TableFormat format = choose_format(o.output, Forms::embeddings);
  if (format == TableFormat::npy) o.output.path = written_array(o.output.path);
  std::vector<Caption> captions = gather(o);
  const std::optional<ShardInfo> shard = keep_shard(o.shard, captions);
  install_signal_handlers();
  const std::vector<std::string> outputs = output_names(o.output.path, format, o.items.report);
  check_outputs(outputs, {{&o.captions.file, 1}, {&o.captions.labels_file, 1}}, o.model);
  EmbeddingOutput out(o.output, format, {.key = "text", .with_index = !o.no_index}, o.items.report,
                      o.checkpoints);
  Stopwatch watch(o.console);
  ThreadPool pool(thread_count(o.model));
  const std::unique_ptr<Model> model =
      load_model(o.model, o.console, NeededTowers::text, {}, captions.empty() ? nullptr : &pool);
  watch.lap("model loaded");
  if (out.begin(facts_of(o, *model, captions, shard))) {
    out.keep_if_interrupted(o.console, [&] {
      write_all_rows(o, *model, captions, pool, out);
      watch.lap("texts encoded");
      watch.shape("embeddings", out.done(), model->embedding_size());
      throw_if_interrupted();
      out.publish();
    });
  }
  return finish_shard(shard && shard->inputs > 0, out.report(), o.console, "texts");
}

}  // namespace

CommandLine describe_embed_text() {
  const auto o = std::make_shared<EmbedTextOptions>();
  o->captions.texts_name = "TEXT";
  CommandLine line;
  line.add({.names = {"TEXT"}, .help = "texts to embed", .value = texts(o->captions.texts)});
  add_caption_options(line, o->captions);
  add_row_options(line, *o);
  add_run_options(line, *o, "text");
  add_text_model_options(line, o->model);
  add_console_options(line, o->console);
  add_progress_option(line, o->console);
  line.run = [o](const CommandLine&) {
    name_shard_outputs(o->shard, o->output, o->items);
    return run_embed_text(*o);
  };
  return line;
}

}  // namespace sightline::app
