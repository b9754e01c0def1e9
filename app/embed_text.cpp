#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "commands.h"
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
  ModelOptions model;
  ConsoleOptions console;
  bool normalize = true;
  bool no_index = false;
};

constexpr std::size_t kCaptionsAtOnce = 4096;  ///< sorted by length together; bounds memory

void write_rows(EmbeddingOutput& out, std::span<const Caption> captions, const TextEmbeddings& embedded) {
  for (std::size_t i = 0; i < captions.size(); ++i) {
    const auto row = embedded.rows.view().row(static_cast<std::int64_t>(i));
    out.row({captions[i].label, row, "", "", embedded.tokens[i], embedded.truncated[i] != 0});
  }
}

int run_embed_text(const EmbedTextOptions& o) {
  if (!has_captions(o.captions))
    fail_usage("no text given", "name texts, or --captions FILE, or --labels A,B,C");
  check_model_options(o.model);
  const TableFormat format = choose_format(o.output, TableFormat::jsonl, TableFormat::npy);
  const std::vector<Caption> captions = gather_captions(o.captions);
  arm_signals();
  const std::string index = format == TableFormat::npy && !o.no_index ? index_path_of(o.output.path) : "";
  for (const std::string& output : {o.output.path, index}) {
    check_output(output, {o.captions.file, o.captions.labels_file}, o.model);
  }
  EmbeddingOutput out(o.output, format, {.key = "text", .with_index = !o.no_index});
  Stopwatch watch(o.console);
  const std::unique_ptr<CLIP> clip = load_model(o.model, o.console);
  watch.lap("model loaded");
  const auto count = static_cast<std::int64_t>(captions.size());
  in_stage(Stage::output, [&] { out.begin(clip->embedding_size(), count); });

  ThreadPool pool(thread_count(o.model));
  Progress progress(o.console, count, "texts");
  const std::span<const Caption> all(captions);
  for (std::size_t begin = 0; begin < all.size(); begin += kCaptionsAtOnce) {
    const auto part = all.subspan(begin, std::min(kCaptionsAtOnce, all.size() - begin));
    const TextEmbeddings embedded = encode_captions({*clip, o.model.batch, o.normalize}, part, pool);
    in_stage(Stage::output, [&] { write_rows(out, part, embedded); });
    for (std::size_t i = 0; i < part.size(); ++i) progress.advance(false);
  }
  progress.clear();
  watch.lap("texts encoded");
  watch.shape("embeddings", count, clip->embedding_size());
  throw_if_interrupted();
  in_stage(Stage::output, [&] { out.commit(); });
  if (captions.empty()) note(o.console, "no texts found");
  return captions.empty() ? kExitNothing : kExitDone;
}

}  // namespace

Command add_embed_text(CLI::App& app) {
  const auto o = std::make_shared<EmbedTextOptions>();
  CLI::App* parser = app.add_subcommand("embed-text", "Writes one embedding per text");
  add_values(*parser, "TEXT", o->captions.texts, "texts", "Input");
  add_caption_options(*parser, o->captions);
  add_output_options(*parser, o->output);
  parser->add_flag("--normalize,!--no-normalize", o->normalize, "divide by the L2 norm [yes]")
      ->group("Output");
  parser->add_flag("--no-index", o->no_index, "no OUT.index.jsonl beside OUT.npy")->group("Output");
  add_model_options(*parser, o->model);
  add_text_model_options(*parser, o->model);
  add_console_options(*parser, o->console);
  return {parser, "[TEXT...] [-o OUT] [options]",
          "  sightline embed-text 'a photo of a cat' 'a dog'\n"
          "  sightline embed-text --captions captions.txt -o captions.npy\n"
          "  sightline embed-text --labels cat,dog --templates openai-imagenet -o c.npy\n",
          [o] { return run_embed_text(*o); }};
}

}  // namespace sightline::app
