// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <memory>

#include "batch/capitals_note.h"
#include "batch/embedding_info.h"
#include "batch/embedding_output.h"
#include "batch/item_report.h"
#include "batch/output_names.h"
#include "batch/stream_source.h"
#include "batch/written_array.h"
#include "cli/failure.h"
#include "cli/hints.h"
#include "cli/option_values.h"
#include "cli/signals.h"
#include "commands/commands.h"
#include "score/pairs.h"
#include "score/preview.h"
#include "score/query_options.h"
#include "score/report_facts.h"
#include "score/report_matrix.h"
#include "score/score_output.h"
#include "score/score_run.h"
#include "score/stored_images_shown.h"
#include "sightline/base/format.h"
#include "sightline/files/file.h"

namespace sightline::app {
namespace {

constexpr std::int64_t kMaxThumbnailSide = 1024;
constexpr std::int32_t kPreviewSide = 192;
constexpr std::int64_t kDefaultTopOfReport = 100;

/// `images`: those on the command line; in a second call, also those of the list. Returns whether stdin is
/// not used.
bool check_stdin(const ScoreOptions& o, const std::vector<std::string>& images) {
  auto uses = std::ranges::count(images, "-") + std::ranges::count(o.like, "-");
  for (const std::string& file : {o.input.list, o.captions.file, o.captions.labels_file}) {
    uses += file == "-" ? 1 : 0;
  }
  if (uses > 1) fail_usage("stdin can be read only once");
  return uses == 0;
}

void check_sources(const ScoreOptions& o) {
  const bool captions = has_captions(o.captions);
  if (has_images(o.input) && !o.image_embeddings.empty()) {
    fail_usage("images and --image-embeddings cannot be combined");
  }
  if (captions && !o.text_embeddings.empty()) {
    fail_usage("captions and --text-embeddings cannot be combined");
  }
  if (!has_images(o.input) && o.image_embeddings.empty()) {
    fail_usage("no image given",
               "give image files, a folder (. is the current one), -, --files-from LIST or "
               "--image-embeddings F.npy");
  }
  if (!captions && o.text_embeddings.empty() && o.like.empty()) {
    for (const std::string& image : o.input.images) {
      if (may_be_caption(image) && !file_exists(image))
        fail_usage("no caption given", "pass captions with -c: -c '" + printable(image) + "'");
    }
    fail_usage("no caption given",
               "add -c 'a photo of a cat', --captions FILE, --labels A,B, --text-embeddings F.npy or --like "
               "IMAGE");
  }
  if (o.image_embeddings == "-" || o.text_embeddings == "-") {
    fail_usage("stored embeddings cannot be read from stdin", "give the name of an .npy file");
  }
  if (o.any_model && o.image_embeddings.empty() && o.text_embeddings.empty()) {
    fail_usage("--any-model requires stored embeddings", "add --image-embeddings or --text-embeddings");
  }
  check_stdin(o, o.input.images);
}

void check(const ScoreOptions& o, const CommandLine& line, TableFormat format) {
  const bool npy = format == TableFormat::npy;
  if (o.values && !npy) fail_usage("--values requires npy output", "add -o OUT.npy or --format npy");
  if (o.no_index && !npy) fail_usage("--no-index requires npy output", "add -o OUT.npy or --format npy");
  if (npy && o.probability && o.values != ScoreValues::probability)
    fail_usage("--probability requires probabilities", "add --values probability");
  if (npy && o.top) fail_usage("--top cannot be used with npy output, which contains all scores");
  if (npy && o.threshold) fail_usage("--threshold cannot be used with npy output, which contains all scores");
  for (const char* name : {"--thumbnails", "--matrix"}) {
    if (line.given(name) && format != TableFormat::html)
      fail_usage(std::string(name) + " requires html output", "add -o REPORT.html or --format html");
  }
  check_report(o.items, o.output, "scores");
  check_model_options(o.model);
}

/// Whether the labels of all images are written, and not only those of the best ones.
bool needs_all_labels(const ScoreOptions& o, TableFormat format) {
  return format == TableFormat::npy || !o.by_caption() || !(o.top || o.threshold) || !o.items.report.empty();
}

/// How a run shows images.
struct Display {
  bool report = false;  ///< html
  TerminalPreview preview = {};

  bool shows_images() const { return report || preview.graphics != TerminalGraphics::none; }
};

Display display_of(const ScoreOptions& o, TableFormat format) {
  Display display{.report = format == TableFormat::html};
  const bool to_terminal = is_stdout(o.output.path) && stdout_is_terminal() && format == TableFormat::text;
  display.preview = terminal_preview(o.preview, to_terminal);
  return display;
}

ThumbnailOptions thumbnails_of(const ScoreOptions& o, const Display& display) {
  if (display.report) return {static_cast<std::int32_t>(o.thumbnails), true};
  if (!display.shows_images()) return {};
  return {kPreviewSide, display.preview.graphics == TerminalGraphics::iterm};
}

/// The images of a run, and those of folders that this build does not read.
struct Inputs {
  ImagePaths gathered;
  Streams streams;
  ExtensionCounts streamed_unsupported = {};
};

/// `inputs` must remain valid.
std::unique_ptr<ImageSide> open_image_side(const ScoreOptions& o, Inputs& inputs, TableFormat format,
                                           const Display& display) {
  if (!o.image_embeddings.empty()) {
    return in_stage(Stage::inputs, [&] {
      StoredRows rows = StoredRows::open(o.image_embeddings);
      if (needs_all_labels(o, format)) rows.load_labels();
      std::unique_ptr<ImageSide> stored = make_stored_images(std::move(rows));
      const bool shows_all = display.shows_images() && !o.by_caption();
      return shows_all ? with_thumbnails(std::move(stored), thumbnails_of(o, display)) : std::move(stored);
    });
  }
  const EncodingOptions encoding{o.model.batch, o.items.strict, thumbnails_of(o, display)};
  const std::vector<std::string>& paths = inputs.gathered.paths;
  const bool stdin_is_free = check_stdin(o, paths);
  const bool leave = inputs.streams == Streams::leave;
  const bool may_have_archives =
      !inputs.gathered.archives.empty() || (leave && std::ranges::count(paths, "-") > 0);
  if (!has_stream(o.input, inputs.streams) && !may_have_archives) {
    return make_image_files(paths, encoding);
  }
  const auto add_unsupported = [&](const UnsupportedImages& folder) {
    add_unsupported_images(o.console, folder, inputs.streamed_unsupported);
  };
  if (!leave) {  // all labels are needed, perhaps in several passes
    return make_archived_images(inputs.gathered, o.input.walk, add_unsupported, encoding);
  }
  return make_source_images(
      open_images(o.input, inputs.streams, inputs.gathered, stdin_is_free, add_unsupported), encoding);
}

/// `paths`: the images that are known.
void check_all_outputs(const ScoreOptions& o, const std::vector<std::string>& paths, TableFormat format) {
  std::vector<std::string> inputs = {o.captions.file, o.captions.labels_file, o.input.list,
                                     o.image_embeddings, o.text_embeddings};
  inputs.insert(inputs.end(), o.like.begin(), o.like.end());
  for (const std::string& stored : {o.image_embeddings, o.text_embeddings}) {
    if (stored.empty()) continue;
    const std::string name = described_name(stored);
    inputs.insert(inputs.end(), {index_path_of(name), info_path_of(name)});
  }
  const std::vector<std::string> outputs = output_names(o.output.path, format, o.items.report);
  check_outputs(outputs, {inputs, paths}, o.model);
}

/// The stored embeddings of a run; null where there are none.
struct StoredSides {
  const StoredRows *images, *texts;
};

DescribedArray described(const StoredRows& rows) { return {rows.file().path(), rows.info()}; }

void check_stored_sides(const ScoreOptions& o, const StoredSides& stored) {
  if (!o.any_model && stored.images && stored.texts)
    check_same_model(described(*stored.images), described(*stored.texts));
  if (stored.images) note_modality(o.console, described(*stored.images), Modality::image);
  if (stored.texts) note_modality(o.console, described(*stored.texts), Modality::text);
}

/// Stored embeddings must be those of the model and have its dimension.
void check_model_of_sides(const ScoreOptions& o, const StoredSides& stored, const Model& model) {
  for (const StoredRows* rows : {stored.images, stored.texts}) {
    if (rows != nullptr && !o.any_model) check_model_of(described(*rows), model, o.model);
  }
  for (const StoredRows* rows : {stored.images, stored.texts}) {
    if (rows != nullptr)
      in_stage(Stage::inputs, [&] { rows->file().require_columns(model.embedding_size()); });
  }
}

/// The image or query that a line of --fail-under names.
std::string low_score_subject(const ScoreOptions& o, const ImageSide& images, const QuerySide& queries,
                              std::int64_t index) {
  if (!o.by_caption()) return item_name(images.label(index));
  const std::string_view label = queries.label(index);
  return queries.is_image(index) ? item_name(label) : label.empty() ? "''" : printable(label);
}

/// This explains the exit status, so it is printed with -q, too.
int report_no_captions() {
  write_stderr("sightline: no captions found\n");
  return kExitNoUsableInput;
}

Head head_of(const ScoreOptions& o, const Model& model) {
  return o.probability ? model.head().with_rule(*o.probability) : model.head();
}

int run_score(ScoreOptions& o, const CommandLine& line) {
  check_sources(o);
  const TableFormat format = choose_format(o.output, Forms::rankings);
  if (format == TableFormat::npy) o.output.path = written_array(o.output.path);
  check(o, line, format);
  const Display display = display_of(o, format);
  // A browser cannot show a million cards.
  if (format == TableFormat::html && o.by_caption() && !o.top) o.top = kDefaultTopOfReport;
  note_captions_that_are_files(o);
  std::vector<Caption> captions =
      o.text_embeddings.empty() ? gather_captions(o.captions) : std::vector<Caption>();
  require_valid(captions);  // leaving one out would change the probabilities of all others
  if (captions.empty() && o.text_embeddings.empty() && o.like.empty()) return report_no_captions();
  std::optional<StoredRows> stored;
  if (!o.text_embeddings.empty())
    stored = in_stage(Stage::inputs, [&] { return StoredRows::open(o.text_embeddings); });
  // Rankings of images, and .npy to a pipe, need all images before the first row.
  const bool streams = !o.by_caption() && !needs_row_count(o.output, format) && !o.matrix;
  Inputs inputs{.gathered = {}, .streams = streams ? Streams::leave : Streams::gather};
  inputs.gathered = gather_images(o.input, inputs.streams);
  note_unsupported_images(o.console, inputs.gathered.unsupported);
  ThreadPool pool(thread_count(o.model));
  const std::unique_ptr<ImageSide> images = open_image_side(o, inputs, format, display);
  if (o.matrix) {
    const std::int64_t texts = stored ? stored->size() : std::ssize(captions);
    check_matrix_size(images->size(), texts + std::ssize(o.like));
  }
  install_signal_handlers();
  const StoredSides sides{images->stored(), stored ? &*stored : nullptr};
  check_stored_sides(o, sides);
  check_all_outputs(o, inputs.gathered.paths, format);
  const auto out =
      in_stage(Stage::output, [&] { return std::make_unique<ScoreOutput>(o.output, format, !o.no_index); });
  const auto report = in_stage(
      Stage::output, [&] { return std::make_unique<Report>(o.items.report, o.output.force, "path"); });
  Stopwatch watch(o.console);
  const std::unique_ptr<Model> model =
      load_model(o.model, o.console, NeededTowers::both, {}, captions.empty() ? nullptr : &pool);
  watch.lap("model loaded");
  check_model_of_sides(o, sides, *model);
  std::unique_ptr<FirstImages> first;
  if (!captions.empty()) {
    first = images->begin(*model, pool);
    load_tokenizer_of(*model, o.console);
    CapitalsNote(*model, o.model, o.console).check(captions);
  }
  const auto queries =
      stored ? in_stage(Stage::inputs, [&] { return std::make_unique<QuerySide>(std::move(*stored)); })
             : std::make_unique<QuerySide>(std::move(captions), *model, o.model.batch, pool);
  watch.lap("captions encoded");
  if (!o.like.empty()) {
    queries->add_images({.model = *model,
                         .pool = pool,
                         .batch = o.model.batch,
                         .strict = o.items.strict,
                         .thumbnails = thumbnails_of(o, display)},
                        o.like, o.console);
    watch.lap("queries encoded");
  }
  LowScores low(o.fail_under, o.by_caption(), images->known_size().has_value());
  std::unique_ptr<ShownImages> shown;
  ReportFacts facts;
  if (display.shows_images()) {
    shown = make_shown_images(
        {*images, *queries, *model, pool, thumbnails_of(o, display), o.output.path, o.by_caption()});
  }
  if (display.report) {
    facts = report_facts({o, line, *model, images->known_size(), *queries});
  }
  const ScoreRun run{
      o,    *model, head_of(o, *model), *images, *queries,       out->file(), out->index(), *report,
      pool, low,    shown.get(),        &facts,  display.preview};
  // What fails outside of an inner stage is the reading of stored embeddings.
  in_stage(Stage::inputs,
           [&] { format == TableFormat::npy ? write_matrix(run) : write_rankings(run, format); });
  throw_if_interrupted();
  watch.lap("images scored");
  watch.shape("scores", images->size(), queries->size());
  if (!inputs.streamed_unsupported.empty())
    inputs.gathered.unsupported.push_back({"", std::move(inputs.streamed_unsupported)});
  report->set_unsupported_images(unsupported_images_json(inputs.gathered.unsupported));
  publish(*out, *report);
  if (display.report) note_large_report(o, out->file().size());
  if (queries->size() == 0) {
    return report_no_captions();
  }
  const bool any_low = low.report([&](std::int64_t i) { return low_score_subject(o, *images, *queries, i); });
  const int status = finish_items(*report, o.console, "images");
  if (any_low) return kExitBelowLimit;
  return status == kExitSuccess && shown && shown->unreadable() > 0 ? kExitSkipped : status;
}

}  // namespace

CommandLine describe_score() {
  const auto o = std::make_shared<ScoreOptions>();
  CommandLine line;
  add_input_options(line, o->input);
  line.add({.names = {"-c", "--caption"},
            .value_name = "TEXT",
            .help = "caption; repeatable",
            .value = texts(o->captions.texts)});
  add_caption_options(line, o->captions);
  line.add({.names = {"--image-embeddings"},
            .value_name = "F.npy",
            .help = "stored embeddings to use instead of images",
            .value = text(o->image_embeddings),
            .completion = Completion::files,
            .excludes = {"--follow", "--hidden", "--exclude", "--tar"}});
  line.add({.names = {"--text-embeddings"},
            .value_name = "F.npy",
            .help = "stored embeddings to use instead of captions",
            .value = text(o->text_embeddings),
            .completion = Completion::files,
            .excludes = {"--invalid-utf8", "--text-cleaning"}});
  line.add({.names = {"--any-model"},
            .help = "accept stored embeddings of another model",
            .value = flag(o->any_model)});
  add_query_options(line, *o);
  add_pairs_option(line, *o);
  line.add({.names = {"--top"},
            .value_name = "K",
            .help = "keep only the K best scores of each ranking [all; 100 images in html]",
            .group = HelpGroup::output,
            .value = whole_number(o->top, 1, std::numeric_limits<std::int64_t>::max())});
  line.add({.names = {"--values"},
            .help = "values of .npy output [logit]",
            .group = HelpGroup::output,
            .value = optional_choice(o->values, score_values_choices())});
  line.add(
      {.names = {"--probability"},
       .help = "how logits become probabilities; auto: sigmoid if the model has a logit_bias, else softmax",
       .group = HelpGroup::output,
       .value = choice<std::optional<ScoreRule>>(
           o->probability,
           {{"auto", std::nullopt}, {"softmax", ScoreRule::softmax}, {"sigmoid", ScoreRule::sigmoid}})});
  line.add({.names = {"--no-index"},
            .help = "do not write OUT.index.json next to OUT.npy",
            .group = HelpGroup::output,
            .value = flag(o->no_index)});
  line.add({.names = {"--thumbnails"},
            .value_name = "N",
            .help = "longer side of the thumbnails in html output, in pixels; 0 leaves them out [256]",
            .group = HelpGroup::output,
            .value = whole_number(o->thumbnails, 0, kMaxThumbnailSide)});
  line.add({.names = {"--matrix"},
            .help = "add a heat map of all images and captions to html output (at most 200 of each)",
            .group = HelpGroup::output,
            .value = flag(o->matrix)});
  line.add({.names = {"--preview"},
            .help =
                "draw each image beside its ranking in text output to a terminal; auto: if the terminal is "
                "known to be able to",
            .group = HelpGroup::output,
            .value = with_default(
                choice<std::optional<TerminalGraphics>>(o->preview, {{"auto", std::nullopt},
                                                                     {"kitty", TerminalGraphics::kitty},
                                                                     {"iterm", TerminalGraphics::iterm},
                                                                     {"sixel", TerminalGraphics::sixel},
                                                                     {"none", TerminalGraphics::none}}),
                "none")});
  add_output_options(line, o->output, Forms::rankings);
  add_image_care_options(line, o->items, o->model);
  add_item_options(line, o->items, o->output, "image");
  add_model_options(line, o->model);
  add_image_model_options(line, o->model);
  add_text_model_options(line, o->model);
  add_console_options(line, o->console);
  add_progress_option(line, o->console);
  line.run = [o](const CommandLine& given) {
    if (given.given("--pairs")) return run_pairs(*o);
    check_queries(given, *o);
    return run_score(*o, given);
  };
  return line;
}

}  // namespace sightline::app
