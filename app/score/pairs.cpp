// SPDX-License-Identifier: Apache-2.0
#include "score/pairs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>

#include "batch/capitals_note.h"
#include "batch/item_report.h"
#include "batch/output_names.h"
#include "cli/failure.h"
#include "cli/hints.h"
#include "cli/option_values.h"
#include "cli/signals.h"
#include "score/pair_scorer.h"
#include "score/pair_source.h"
#include "score/score_run.h"
#include "sightline/base/format.h"
#include "sightline/files/file.h"
#include "sightline/output/pair_writer.h"

namespace sightline::app {
namespace {

// Pairs of a block. The first blocks are small, so that results appear early.
constexpr std::size_t kMinPairs = 64, kMaxPairs = 1024;
// These bound the memory: a caption has up to 1 MiB, a member of an archive up to 256 MiB.
constexpr std::size_t kMaxCaptionBytes = 16U << 20, kMaxImageBytesOfBlock = 64U << 20;
constexpr std::chrono::milliseconds kPatience(200);  // a pair from a pipe waits so long for the next ones

/// Reads up to `most` pairs, fewer if no more arrive in time. Returns false at the end.
bool read_block(PairSource& source, std::size_t most, PairBlock& block) {
  block.images.clear();
  block.captions.clear();
  std::size_t caption_bytes = 0, image_bytes = 0;
  Pair pair;
  if (!source.next(pair)) return false;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (bool more = true; more;) {
    caption_bytes += pair.caption.label.size();
    image_bytes += pair.image.bytes ? pair.image.bytes->size() : 0;
    block.images.push_back(std::move(pair.image));
    block.captions.push_back(std::move(pair.caption));
    if (block.images.size() >= most || caption_bytes > kMaxCaptionBytes ||
        image_bytes > kMaxImageBytesOfBlock)
      break;
    const auto left = deadline - std::chrono::steady_clock::now();
    const auto patience = std::chrono::duration_cast<std::chrono::milliseconds>(left);
    more = source.ready(std::max(patience, std::chrono::milliseconds(0))) && source.next(pair);
  }
  return true;
}

/// Writes the results and counts them.
class PairOutput {
 public:
  PairOutput(const ScoreOptions& options, OutputFile& out, TableFormat format, Report& report,
             const Model& model, std::optional<std::int64_t> total)
      : options_(options),
        out_(out),
        report_(report),
        model_(model),
        to_terminal_(is_stdout(options.output.path) && stdout_is_terminal()),
        writer_(
            in_stage(Stage::output, [&] { return make_pair_writer(format, out, use_color(to_terminal_)); })),
        progress_(options.console, total, "pairs"),
        hints_(HintContext::pair) {
    in_stage(Stage::output, [&] { writer_->begin(); });
  }

  void write(const PairBlock& block, std::int64_t number, const PairResult& result) {
    const auto n = static_cast<std::size_t>(number);
    const std::string& image = block.images[n].path;
    const Caption& caption = block.captions[n];
    const Outcome outcome = outcome_of(image, caption, result);
    const std::string hint = caption.error ? "" : hints_.about(image, outcome);
    const ItemStatus status{.index = index_++,
                            .label = image,
                            .subject = caption.error ? caption.error->subject() : image,
                            .outcome = outcome,
                            .hint = hint,
                            .bytes = result.bytes,
                            .caption = caption.label};
    report_item(options_.items, options_.console, progress_, status);
    if (to_terminal_) progress_.clear();
    const bool good = outcome.ok();
    const float score = clipscore(result.cosine);
    if (good) sum_ += static_cast<double>(score);
    in_stage(Stage::output, [&] {
      report_.add(status);
      if (!good && options_.output.drop_bad) return;
      writer_->write({image, caption.label, outcome, result.cosine, model_.head().logit(result.cosine), score,
                      result.truncated});
    });
  }

  void flush_to_reader() {
    if (to_terminal_) progress_.clear();
    in_stage(Stage::output, [&] {
      report_.flush_to_reader();
      out_.flush_to_reader();
    });
  }

  /// Writes the end of the output and the summary of the report.
  void finish() {
    progress_.finish();
    in_stage(Stage::output, [&] { writer_->finish(); });
    std::string json = "{\"count\":" + std::to_string(report_.ok()) + ",\"mean\":";
    append_double(json, mean());
    report_.set_clipscore(json + "}");
  }

  void print_mean() const {
    if (report_.ok() == 0) return;
    std::array<char, 64> text;
    std::snprintf(text.data(), text.size(), "%.4f", mean());
    note(options_.console, std::string("mean CLIPScore: ") + text.data() + " (" +
                               std::to_string(report_.ok()) + (report_.ok() == 1 ? " pair)" : " pairs)"));
  }

 private:
  /// NaN, which JSON shows as null, without pairs.
  double mean() const { return report_.ok() == 0 ? std::nan("") : sum_ / static_cast<double>(report_.ok()); }

  const ScoreOptions& options_;
  Outcome outcome_of(const std::string& image, const Caption& caption, const PairResult& result) const {
    if (caption.error) return failed_outcome(*caption.error);
    Outcome outcome = result.image->outcome;
    if (!outcome.ok() && is_directory(image)) outcome.message = "is a folder, expected an image";
    const std::int64_t longest = result.truncated ? model_.processor().text_length() : 0;
    for (const std::string& text : caption_warnings(caption, result.truncated, longest))
      outcome.warnings.push_back("caption " + text);
    return outcome;
  }

  OutputFile& out_;
  Report& report_;
  const Model& model_;
  const bool to_terminal_;
  std::unique_ptr<PairWriter> writer_;
  Progress progress_;
  ImageHints hints_;
  std::int64_t index_ = 0;
  double sum_ = 0;
};

TableFormat format_of(const OutputOptions& options) {
  const TableFormat format = choose_format(options, Forms::pairs);
  if (format == TableFormat::npy || format == TableFormat::html) {
    fail_usage(std::string("--pairs cannot be written as ") + (format == TableFormat::npy ? "npy" : "html"),
               "write jsonl, json, csv, tsv or text");
  }
  return format;
}

void check(const ScoreOptions& o) {
  if (!o.input.images.empty())
    fail_usage("IMAGE and --pairs cannot be combined", "the file of pairs names the images");
  check_report(o.items, o.output, "scores");
  check_model_options(o.model);
}

}  // namespace

void add_pairs_option(CommandLine& line, ScoreOptions& o) {
  line.add({.names = {"--pairs"},
            .value_name = "FILE",
            .help =
                "score each pair of image and caption (CLIPScore): one per line, separated by a tab, or a "
                "tar archive with k.jpg and k.txt; - is stdin",
            .value = text(o.pairs),
            .completion = Completion::files,
            .excludes = {"--files-from",
                         "--null",
                         "--follow",
                         "--hidden",
                         "--exclude",
                         "--caption",
                         "--captions",
                         "--labels",
                         "--labels-from",
                         "--template",
                         "--templates",
                         "--image-embeddings",
                         "--text-embeddings",
                         "--any-model",
                         "--like",
                         "--by",
                         "--top",
                         "--threshold",
                         "--fail-under",
                         "--values",
                         "--thumbnails",
                         "--matrix",
                         "--preview",
                         "--probability",
                         "--no-index",
                         "--output-dtype"}});
}

int run_pairs(const ScoreOptions& o) {
  check(o);
  const TableFormat format = format_of(o.output);
  install_signal_handlers();
  const std::vector<std::string> outputs = output_names(o.output.path, format, o.items.report);
  check_outputs(outputs, {{&o.pairs, 1}}, o.model);
  // Existing outputs, which only --force would replace.
  std::vector<std::string> replaced;
  std::ranges::copy_if(outputs, std::back_inserter(replaced), [](const std::string& output) {
    return !output.empty() && !is_stdout(output) && file_exists(output);
  });
  const auto check_image = [&](const std::string& image) {
    throw_if_interrupted();
    for (const std::string& output : replaced) {
      if (image != "-" && same_file(output, image))
        throw Failure(Stage::output, Error(ErrorCode::locked, output, "is an input: " + image));
    }
  };
  const std::unique_ptr<PairSource> source = open_pairs(o.pairs, {o.captions.invalid_utf8, check_image});
  const auto out =
      in_stage(Stage::output, [&] { return std::make_unique<OutputFile>(o.output.path, o.output.force); });
  const auto report = in_stage(
      Stage::output, [&] { return std::make_unique<Report>(o.items.report, o.output.force, "image"); });
  Stopwatch watch(o.console);
  const std::unique_ptr<Model> model = load_model(o.model, o.console, NeededTowers::both);
  load_tokenizer_of(*model, o.console);
  CapitalsNote capitals(*model, o.model, o.console);
  watch.lap("model loaded");
  ThreadPool pool(thread_count(o.model));
  PairScorer scorer(*model, {o.model.batch, o.items.strict}, pool);
  PairOutput output(o, *out, format, *report, *model, source->size());
  PairBlock block;
  for (std::size_t most = kMinPairs; read_block(*source, most, block); most = std::min(2 * most, kMaxPairs)) {
    capitals.check(block.captions);
    scorer.score(
        block, [&](std::int64_t pair, const PairResult& result) { output.write(block, pair, result); },
        [&] { output.flush_to_reader(); });
  }
  throw_if_interrupted();
  output.finish();
  watch.lap("pairs scored");
  publish(*out, *report);
  output.print_mean();
  if (const std::string hint = source->hint(); !hint.empty()) note(o.console, hint);
  return finish_items(*report, o.console, "pairs");
}

}  // namespace sightline::app
