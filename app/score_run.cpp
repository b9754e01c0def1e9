#include "score_run.h"

#include <algorithm>
#include <numeric>

#include "embedding_output.h"
#include "failure.h"
#include "signals.h"

namespace sightline::app {
namespace {

constexpr std::int64_t kMaxScoresAtOnce = 64LL << 20;  ///< floats: captions of one group times images

/// Softmax of the logits of the given cosines.
std::vector<float> probabilities_of(std::span<const float> cosines, float scale) {
  std::vector<double> logits(cosines.size()), probabilities(cosines.size());
  for (std::size_t i = 0; i < cosines.size(); ++i) logits[i] = static_cast<double>(cosines[i] * scale);
  softmax(logits, probabilities);
  return {probabilities.begin(), probabilities.end()};
}

/// Numbers of `cosines`, best first; equal ones keep their order.
std::vector<std::size_t> best_first(std::span<const float> cosines, const ScoreOptions& options) {
  std::vector<std::size_t> order(cosines.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return cosines[a] > cosines[b]; });
  if (options.threshold) {
    std::erase_if(order, [&](std::size_t i) { return cosines[i] < *options.threshold; });
  }
  if (options.top && static_cast<std::size_t>(*options.top) < order.size()) {
    order.resize(static_cast<std::size_t>(*options.top));
  }
  return order;
}

/// Counts and reports images as they pass by.
class Items {
 public:
  explicit Items(const ScoreRun& run)
      : run_(run), progress_(run.options.console, run.images.size(), "images") {}

  void add(std::int64_t index, const ImageResult& result) {
    const std::string_view label = run_.images.label(index);
    const ItemStatus status{index, label, label, result.error_class, result.message, &result.warnings};
    report_item(run_.options.items, run_.options.console, progress_, status);
    in_stage(Stage::output, [&] { run_.report.add(status); });
  }
  void clear() { progress_.clear(); }

 private:
  const ScoreRun& run_;
  Progress progress_;
};

void rank_captions(const ScoreRun& run, RankingWriter& writer) {
  Items items(run);
  const float scale = run.clip.head().logit_scale();
  std::vector<float> cosines(static_cast<std::size_t>(run.captions.size()));
  std::vector<RankedScore> scores;
  run.images.for_each(run.clip, [&](std::int64_t image, const ImageResult& result) {
    items.add(image, result);
    scores.clear();
    if (result.error_class.empty()) {
      run.captions.cosines(result.embedding, 0, cosines, run.pool);
      const std::vector<float> probabilities = probabilities_of(cosines, scale);
      for (const std::size_t i : best_first(cosines, run.options)) {
        const auto caption = static_cast<std::int64_t>(i);
        scores.push_back({run.captions.label(caption), caption, cosines[i], cosines[i] * scale,
                          probabilities[i], run.captions.truncated(caption)});
      }
    } else if (run.options.output.drop_bad) {
      return;
    }
    if (stdout_is_terminal()) items.clear();
    in_stage(Stage::output, [&] {
      writer.write({run.images.label(image), image, result.error_class, result.message, scores, false});
      if (is_stdout(run.options.output.path) && stdout_is_terminal()) run.out.flush();
    });
  });
}

/// Cosines of captions [first, first + count) with every good image.
struct Group {
  std::vector<std::vector<float>> cosines;  ///< [caption][good image]
  std::vector<std::int64_t> images;         ///< the good ones
};

Group score_group(const ScoreRun& run, const ImageSide& images, std::int64_t first, std::int64_t count,
                  Items* items) {
  Group group;
  group.cosines.resize(static_cast<std::size_t>(count));
  std::vector<float> row(static_cast<std::size_t>(count));
  images.for_each(run.clip, [&](std::int64_t image, const ImageResult& result) {
    if (items != nullptr) items->add(image, result);
    if (!result.error_class.empty()) return;
    group.images.push_back(image);
    run.captions.cosines(result.embedding, first, row, run.pool);
    for (std::size_t i = 0; i < row.size(); ++i) group.cosines[i].push_back(row[i]);
  });
  return group;
}

/// Calls `use(caption, images, cosines)` for every caption in order.
template <class Use>
void for_each_caption(const ScoreRun& run, Use use) {
  Items items(run);
  const std::int64_t images = std::max<std::int64_t>(run.images.size(), 1);
  const std::int64_t step =
      std::clamp<std::int64_t>(kMaxScoresAtOnce / images, 1, std::max<std::int64_t>(run.captions.size(), 1));
  std::unique_ptr<ImageSide> kept;
  if (!run.images.cheap() && step < run.captions.size()) kept = keep_in_memory(run.images, run.clip);
  for (std::int64_t first = 0; first < run.captions.size(); first += step) {
    const std::int64_t count = std::min(step, run.captions.size() - first);
    const Group group =
        score_group(run, kept ? *kept : run.images, first, count, first == 0 ? &items : nullptr);
    for (std::int64_t i = 0; i < count; ++i) {
      throw_if_interrupted();
      use(first + i, group.images, group.cosines[static_cast<std::size_t>(i)]);
    }
  }
}

void rank_images(const ScoreRun& run, RankingWriter& writer) {
  const float scale = run.clip.head().logit_scale();
  for_each_caption(run, [&](std::int64_t caption, const std::vector<std::int64_t>& images,
                            const std::vector<float>& cosines) {
    const std::vector<float> probabilities = probabilities_of(cosines, scale);
    std::vector<RankedScore> scores;
    for (const std::size_t i : best_first(cosines, run.options)) {
      scores.push_back(
          {run.images.label(images[i]), images[i], cosines[i], cosines[i] * scale, probabilities[i], false});
    }
    in_stage(Stage::output, [&] {
      writer.write({run.captions.label(caption), caption, "", "", scores, run.captions.truncated(caption)});
    });
  });
}

void write_matrix_by_image(const ScoreRun& run, TableWriter& table) {
  Items items(run);
  const float scale = run.clip.head().logit_scale();
  const std::string& values = run.options.values;
  std::vector<float> row(static_cast<std::size_t>(run.captions.size()));
  run.images.for_each(run.clip, [&](std::int64_t image, const ImageResult& result) {
    items.add(image, result);
    const bool good = result.error_class.empty();
    if (!good && run.options.output.drop_bad) return;
    if (good) {
      run.captions.cosines(result.embedding, 0, row, run.pool);
      if (values == "probability") row = probabilities_of(row, scale);
      if (values != "probability" && values != "cosine") {
        for (float& value : row) value *= scale;
      }
    }
    in_stage(Stage::output, [&] {
      table.row({run.images.label(image), "path", result.error_class, result.message,
                 good ? std::span<const float>(row) : std::span<const float>()});
    });
  });
}

/// Probabilities over images need all images of a caption first.
void write_matrix_by_caption(const ScoreRun& run, TableWriter& table) {
  Tensor matrix(Shape{run.images.size(), run.captions.size()});
  std::vector<char> good(static_cast<std::size_t>(run.images.size()));
  const float scale = run.clip.head().logit_scale();
  for_each_caption(run, [&](std::int64_t caption, const std::vector<std::int64_t>& images,
                            const std::vector<float>& cosines) {
    const std::vector<float> probabilities = probabilities_of(cosines, scale);
    for (std::size_t i = 0; i < images.size(); ++i) {
      good[static_cast<std::size_t>(images[i])] = 1;
      matrix.view().row(images[i])[static_cast<std::size_t>(caption)] = probabilities[i];
    }
  });
  for (std::int64_t i = 0; i < run.images.size(); ++i) {
    const bool ok = good[static_cast<std::size_t>(i)] != 0;
    if (!ok && run.options.output.drop_bad) continue;
    in_stage(Stage::output, [&] {
      table.row({run.images.label(i), "path", ok ? "" : "SKIPPED", "",
                 ok ? std::span<const float>(matrix.view().row(i)) : std::span<const float>()});
    });
  }
}

}  // namespace

void write_rankings(const ScoreRun& run, TableFormat format) {
  const bool color = use_color(is_stdout(run.options.output.path) && stdout_is_terminal());
  const RankBy by = run.options.by_caption() ? RankBy::caption : RankBy::image;
  const auto writer = in_stage(Stage::output, [&] {
    return make_ranking_writer(format, run.out, {by, color});
  });
  in_stage(Stage::output, [&] { writer->begin(); });
  run.options.by_caption() ? rank_images(run, *writer) : rank_captions(run, *writer);
  in_stage(Stage::output, [&] { writer->finish(); });
}

void write_matrix(const ScoreRun& run) {
  const OutputOptions& options = run.options.output;
  const auto table = in_stage(Stage::output, [&] {
    return make_table_writer(TableFormat::npy, run.out, {options.dtype == "f16", options.drop_bad});
  });
  in_stage(Stage::output, [&] {
    table->begin(run.captions.size(), options.drop_bad ? std::nullopt : std::optional(run.images.size()));
  });
  const bool over_images = run.options.by_caption() && run.options.values == "probability";
  over_images ? write_matrix_by_caption(run, *table) : write_matrix_by_image(run, *table);
  in_stage(Stage::output, [&] { table->finish(); });
}

}  // namespace sightline::app
