// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <optional>

#include "batch/embedding_info.h"
#include "batch/embedding_options.h"
#include "batch/embedding_output.h"
#include "batch/image_batches.h"
#include "batch/image_shard.h"
#include "batch/item_report.h"
#include "batch/output_names.h"
#include "batch/report.h"
#include "batch/shard_selection.h"
#include "batch/stream_source.h"
#include "batch/update_run.h"
#include "batch/update_source.h"
#include "batch/written_array.h"
#include "cli/failure.h"
#include "cli/hints.h"
#include "cli/signals.h"
#include "commands/commands.h"

namespace sightline::app {
namespace {

constexpr std::size_t kRowsPerPause = 64;  // after which a checkpoint may be due

struct EmbedImageOptions : EmbeddingOptions {
  InputOptions input;
  UpdateOptions update;
};

void check(const EmbedImageOptions& o) {
  if (!has_images(o.input))
    fail_usage("no image given", "give image files, a folder (. is the current one), - or --files-from LIST");
  check_embedding_options(o);
}

/// `listed`: the paths of the inputs if these are known.
RunFacts facts_of(const EmbedImageOptions& o, const Model& model, ImageSource& source,
                  const std::vector<std::string>& listed, const ImageShard& shard) {
  RunFacts facts;
  facts.columns = model.embedding_size();
  facts.rows = source.size();
  facts.describe = [&] { return shard.describe(image_info(model, o.model, o.normalize)); };
  facts.precision = precision_of(model, o.model);
  facts.strict = o.items.strict;
  ListHash list;
  if (facts.rows) {
    for (const std::string& path : listed) list.add(path);
  }
  facts.list = list.hex();
  facts.with_stamps = true;
  facts.next_input = [&source]() -> std::optional<RunInput> {
    ImageItem item;
    if (!source.next_label(item)) return std::nullopt;
    return RunInput{std::move(item.path), item.stamp};
  };
  return facts;
}

int run_embed_image(EmbedImageOptions& o) {
  check(o);
  const TableFormat format = choose_format(o.output, Forms::embeddings);
  if (format == TableFormat::npy) o.output.path = written_array(o.output.path);
  const std::string earlier = array_to_update(o.update, o.output, format);
  o.output.in_place_again = o.output.in_place && o.checkpoints.resume;
  // The list of a shard is known as a whole.
  const Streams streams = o.shard || needs_row_count(o.output, format) ? Streams::gather : Streams::leave;
  ImagePaths gathered = gather_images(o.input, streams);
  const std::vector<std::string>& paths = gathered.paths;
  note_unsupported_images(o.console, gathered.unsupported);
  install_signal_handlers();
  const std::vector<std::string> outputs = output_names(o.output.path, format, o.items.report);
  check_outputs(outputs, {paths, {&o.input.list, 1}, files_to_update(earlier, o.output)}, o.model);
  if (!earlier.empty() && !(o.output.in_place && o.checkpoints.resume)) require_published(earlier);
  ImageShard shard(o.shard, gathered);
  ExtensionCounts streamed_unsupported;
  const auto source = shard.select(open_images(
      o.input, streams, gathered, o.input.list != "-" && std::ranges::count(paths, "-") == 0,
      [&](const UnsupportedImages& folder) {
        add_unsupported_images(o.console, folder, streamed_unsupported);
      },
      [&](std::int64_t inputs) { shard.add_archive(inputs); }));
  const IndexLines lines = o.update.lines();
  EmbeddingOutput out(o.output, format, {.key = "path", .with_index = !o.no_index, .lines = lines},
                      o.items.report, o.checkpoints);
  Stopwatch watch(o.console);
  const std::unique_ptr<Model> model = load_model(o.model, o.console, NeededTowers::image);
  watch.lap("model loaded");
  if (out.begin(facts_of(o, *model, *source, paths, shard))) {
    ImageHints hints(HintContext::embed_image);
    UpdateRun update(earlier, o.items.strict, out, o.console);
    out.keep_if_interrupted(o.console, [&] {
      Progress progress(o.console, source->size(), "images", out.done());
      const std::int64_t before = out.done();
      const auto write = [&](std::int64_t index, const std::string& path, const ImageResult& result) {
        const std::string hint = hints.about(path, result.outcome);
        const ItemStatus status{.index = index,
                                .label = path,
                                .subject = path,
                                .outcome = result.outcome,
                                .hint = hint,
                                .bytes = result.bytes,
                                .reused = result.stored.has_value()};
        report_item(o.items, o.console, progress, status);
        if (out.to_terminal()) progress.clear();
        in_stage(Stage::output, [&] {
          out.add(status, {.values = result.embedding, .file = result.file, .stamp = result.stamp});
        });
        update.add(path, result.file, result.outcome.ok(), status.reused);
      };
      const auto sink = [&](const ImageBlock& block) {
        for (std::size_t i = 0; i < block.results.size(); ++i) {
          write(before + block.first + static_cast<std::int64_t>(i), block.labels[i], block.results[i]);
          // A block may have thousands of rows that were not encoded.
          if (i % kRowsPerPause == kRowsPerPause - 1) in_stage(Stage::output, [&] { out.end_batch(); });
        }
        in_stage(Stage::output, [&] { out.end_batch(); });
      };
      ThreadPool pool(thread_count(o.model));
      const ImageRun run{.model = *model,
                         .pool = pool,
                         .batch = o.model.batch,
                         .normalize = o.normalize,
                         .strict = o.items.strict,
                         .describe_files = lines == IndexLines::full,
                         .stored = update.stored()};
      if (run.stored != nullptr) {
        UpdateSource unchanged(*source, *run.stored);
        encode_images(run, unchanged, sink);
      } else {
        encode_images(run, *source, sink);
      }
      progress.finish();
      watch.lap("images encoded");
      watch.shape("embeddings", out.done(), model->embedding_size());
      shard.finish();
      if (!streamed_unsupported.empty() && shard.reports_archives())
        gathered.unsupported.push_back({"", std::move(streamed_unsupported)});
      out.report().set_unsupported_images(unsupported_images_json(gathered.unsupported));
      if (out.done() > 0 || !shard.may_be_empty()) update.require_rows(o.output);
      if (o.update.update) out.report().set_reuse(update.summary());
      out.publish();
      update.print(o.console);
    });
  }
  shard.finish();
  return finish_shard(shard.may_be_empty(), out.report(), o.console, "images");
}

}  // namespace

CommandLine describe_embed_image() {
  const auto o = std::make_shared<EmbedImageOptions>();
  CommandLine line;
  add_input_options(line, o->input);
  add_row_options(line, *o);
  add_update_options(line, o->update);
  add_image_care_options(line, o->items, o->model);
  add_run_options(line, *o, "image");
  add_image_model_options(line, o->model);
  add_console_options(line, o->console);
  add_progress_option(line, o->console);
  line.run = [o](const CommandLine&) {
    name_shard_outputs(o->shard, o->output, o->items);
    return run_embed_image(*o);
  };
  return line;
}

}  // namespace sightline::app
