#include "score_run.h"

#include <algorithm>

#include "embedding_output.h"
#include "failure.h"
#include "hints.h"
#include "ranker.h"
#include "signals.h"

namespace sightline::app {
namespace {

constexpr std::int64_t kMaxScoresAtOnce = 64LL << 20;  ///< floats: captions of one group times images
constexpr std::int64_t kScoresOfABlock = 1LL << 18;    ///< floats: the scores of some images in the caches

Ranker ranker_of(const ScoreRun& run) {
  return Ranker(run.clip.head().logit_scale(), run.options.top, run.options.threshold);
}

/// Counts and reports images as they pass by.
class Items {
 public:
  explicit Items(const ScoreRun& run)
      : run_(run),
        progress_(run.options.console, run.images.size(), "images"),
        hints_("score", run.options.captions.labels.has_value()) {}

  void add(std::int64_t index, const ImageResult& result) {
    const std::string_view label = run_.images.label(index);
    const std::string hint = hints_.about(std::string(label), result.error_class, result.message);
    const ItemStatus status{index, label, label, result.error_class, result.message, &result.warnings, hint};
    report_item(run_.options.items, run_.options.console, progress_, status);
    in_stage(Stage::output, [&] { run_.report.add(status); });
  }
  void clear() { progress_.clear(); }

 private:
  const ScoreRun& run_;
  Progress progress_;
  ImageHints hints_;
};

using UseScores =
    FunctionRef<void(std::int64_t image, const ImageResult& result, std::span<const float> cosines)>;

/// Calls `use` for every image in order, with its cosines with captions [first, first + count).
void for_each_image(const ScoreRun& run, const ImageSide& images, std::int64_t first, std::int64_t count,
                    UseScores use) {
  std::vector<float> scores;
  images.for_each(run.clip, run.pool, [&](const ImageBlock& block) {
    const std::int64_t rows = std::ssize(block.results);
    const std::int64_t most =
        std::clamp<std::int64_t>(kScoresOfABlock / std::max<std::int64_t>(count, 1), 1, rows);
    scores.resize(static_cast<std::size_t>(most * count));
    for (std::int64_t begin = 0; begin < rows; begin += most) {
      const std::int64_t part = std::min(most, rows - begin);
      if (count > 0) {
        run.captions.cosines(block.rows.slice_rows(begin, part), first, {scores.data(), Shape{part, count}},
                             run.pool);
      }
      for (std::int64_t i = 0; i < part; ++i) {
        use(block.first + begin + i, block.results[static_cast<std::size_t>(begin + i)],
            std::span(scores).subspan(static_cast<std::size_t>(i * count), static_cast<std::size_t>(count)));
      }
    }
  });
}

void rank_captions(const ScoreRun& run, RankingWriter& writer) {
  Items items(run);
  Ranker ranker = ranker_of(run);
  const auto describe = [&](std::size_t i, RankedScore& score) {
    score.index = static_cast<std::int64_t>(i);
    score.label = run.captions.label(score.index);
    score.truncated = run.captions.truncated(score.index);
  };
  const auto use = [&](std::int64_t image, const ImageResult& result, std::span<const float> cosines) {
    items.add(image, result);
    std::span<const RankedScore> scores;
    if (result.error_class.empty()) {
      scores = ranker.rank(cosines, describe);
    } else if (run.options.output.drop_bad) {
      return;
    }
    if (stdout_is_terminal()) items.clear();
    in_stage(Stage::output, [&] {
      writer.write({run.images.label(image), image, result.error_class, result.message, scores, false});
      if (is_stdout(run.options.output.path) && stdout_is_terminal()) run.out.flush();
    });
  };
  for_each_image(run, run.images, 0, run.captions.size(), use);
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
  for (std::vector<float>& row : group.cosines) row.reserve(static_cast<std::size_t>(images.size()));
  const auto use = [&](std::int64_t image, const ImageResult& result, std::span<const float> cosines) {
    if (items != nullptr) items->add(image, result);
    if (!result.error_class.empty()) return;
    group.images.push_back(image);
    for (std::size_t i = 0; i < cosines.size(); ++i) group.cosines[i].push_back(cosines[i]);
  };
  for_each_image(run, images, first, count, use);
  return group;
}

/// Calls `use(first, group)` for groups of captions in order.
template <class Use>
void for_each_group(const ScoreRun& run, Use use) {
  Items items(run);
  const std::int64_t images = std::max<std::int64_t>(run.images.size(), 1);
  const std::int64_t step =
      std::clamp<std::int64_t>(kMaxScoresAtOnce / images, 1, std::max<std::int64_t>(run.captions.size(), 1));
  std::unique_ptr<ImageSide> kept;
  if (!run.images.cheap() && step < run.captions.size())
    kept = keep_in_memory(run.images, run.clip, run.pool);
  for (std::int64_t first = 0; first < run.captions.size(); first += step) {
    const std::int64_t count = std::min(step, run.captions.size() - first);
    use(first, score_group(run, kept ? *kept : run.images, first, count, first == 0 ? &items : nullptr));
  }
}

/// Each thread ranks a caption of its own; they are written in order.
void rank_images(const ScoreRun& run, RankingWriter& writer) {
  std::vector<Ranker> rankers(static_cast<std::size_t>(run.pool.size()), ranker_of(run));
  std::vector<std::span<const RankedScore>> scores(rankers.size());
  for_each_group(run, [&](std::int64_t first, const Group& group) {
    const auto describe = [&](std::size_t i, RankedScore& score) {
      score.index = group.images[i];
      score.label = run.images.label(score.index);
    };
    const std::int64_t count = std::ssize(group.cosines);
    for (std::int64_t begin = 0; begin < count; begin += std::ssize(rankers)) {
      throw_if_interrupted();
      const std::int64_t together = std::min(std::ssize(rankers), count - begin);
      run.pool.run(together, [&](std::int64_t i, int) {
        const auto n = static_cast<std::size_t>(i);
        scores[n] = rankers[n].rank(group.cosines[static_cast<std::size_t>(begin + i)], describe);
      });
      in_stage(Stage::output, [&] {
        for (std::int64_t i = 0; i < together; ++i) {
          const std::int64_t caption = first + begin + i;
          writer.write({run.captions.label(caption), caption, "", "", scores[static_cast<std::size_t>(i)],
                        run.captions.truncated(caption)});
        }
      });
    }
  });
}

void write_matrix_by_image(const ScoreRun& run, TableWriter& table) {
  Items items(run);
  const float scale = run.clip.head().logit_scale();
  const std::string& values = run.options.values;
  std::vector<float> row;
  std::vector<double> probabilities;
  const auto use = [&](std::int64_t image, const ImageResult& result, std::span<const float> cosines) {
    items.add(image, result);
    const bool good = result.error_class.empty();
    if (!good && run.options.output.drop_bad) return;
    if (good) {
      row.assign(cosines.begin(), cosines.end());
      if (values == "probability") {
        probabilities_of(cosines, scale, probabilities);
        std::copy(probabilities.begin(), probabilities.end(), row.begin());
      }
      if (values != "probability" && values != "cosine") {
        for (float& value : row) value *= scale;
      }
    }
    in_stage(Stage::output, [&] {
      table.row({run.images.label(image), "path", result.error_class, result.message,
                 good ? std::span<const float>(row) : std::span<const float>()});
    });
  };
  for_each_image(run, run.images, 0, run.captions.size(), use);
}

/// Probabilities over images need all images of a caption first.
void write_matrix_by_caption(const ScoreRun& run, TableWriter& table) {
  Tensor matrix(Shape{run.images.size(), run.captions.size()});
  std::vector<char> good(static_cast<std::size_t>(run.images.size()));
  const float scale = run.clip.head().logit_scale();
  std::vector<double> probabilities;
  for_each_group(run, [&](std::int64_t first, const Group& group) {
    for (const std::int64_t image : group.images) good[static_cast<std::size_t>(image)] = 1;
    std::int64_t caption = first;
    for (const std::vector<float>& cosines : group.cosines) {
      throw_if_interrupted();
      probabilities_of(cosines, scale, probabilities);
      for (std::size_t i = 0; i < cosines.size(); ++i) {
        matrix.view().row(group.images[i])[static_cast<std::size_t>(caption)] =
            static_cast<float>(probabilities[i]);
      }
      ++caption;
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
