// SPDX-License-Identifier: Apache-2.0
#include "score/score_run.h"

#include <deque>
#include <optional>
#include <span>
#include <string>

#include "cli/failure.h"
#include "cli/signals.h"
#include "score/ranker.h"
#include "score/report_matrix.h"
#include "score/score_pass.h"
#include "score/stored_ranking.h"

namespace sightline::app {
namespace {

Ranker ranker_of(const ScoreRun& run) {
  const std::optional<CosineLimit>& limit = run.options.threshold;
  return Ranker(run.head, run.options.top, limit ? std::optional(limit->value) : std::nullopt);
}

void rank_captions(const ScoreRun& run, RankingWriter& writer, ReportMatrix* matrix) {
  ItemReporter items(run);
  Ranker ranker = ranker_of(run);
  const auto describe = [&](std::size_t i, RankedScore& score) {
    score.index = static_cast<std::int64_t>(i);
    score.label = run.queries.label(score.index);
    score.truncated = run.queries.truncated(score.index);
  };
  const auto use = [&](const ScoredImage& image) {
    const ImageResult& result = image.result;
    std::span<const RankedScore> scores;
    if (result.outcome.ok()) {
      scores = ranker.rank(image.cosines, describe);
    } else if (run.options.output.drop_bad) {
      return;
    }
    if (matrix != nullptr)
      matrix->add(image.label, result.outcome.ok() ? image.cosines : std::span<const float>());
    items.clear_progress();
    in_stage(Stage::output, [&] { writer.write({image.label, image.index, result.outcome, scores, false}); });
  };
  for_each_image(run, run.images, 0, run.queries.size(), &items, use);
  items.finish();
}

/// Each thread ranks the images of one query; the results are written in order.
void rank_images(const ScoreRun& run, RankingWriter& writer, ReportMatrix* matrix) {
  std::vector<Ranker> rankers(static_cast<std::size_t>(run.pool.size()), ranker_of(run));
  std::vector<std::span<const RankedScore>> scores(rankers.size());
  std::vector<std::deque<std::string>> labels(rankers.size());  // a deque does not move its elements
  for_each_group(run, [&](std::int64_t first, const Group& group) {
    if (matrix != nullptr) matrix->add(group);
    const std::int64_t count = std::ssize(group.cosines);
    for (std::int64_t begin = 0; begin < count; begin += std::ssize(rankers)) {
      throw_if_interrupted();
      const std::int64_t together = std::min(std::ssize(rankers), count - begin);
      run.pool.run(together, [&](std::int64_t i, int) {
        const auto n = static_cast<std::size_t>(i);
        labels[n].clear();
        const auto describe = [&](std::size_t place, RankedScore& score) {
          score.index = group.images[place];
          score.label = labels[n].emplace_back(run.images.label(score.index));
        };
        scores[n] = rankers[n].rank(group.cosines[static_cast<std::size_t>(begin + i)], describe);
      });
      in_stage(Stage::output, [&] {
        const Outcome good;
        for (std::int64_t i = 0; i < together; ++i) {
          const std::int64_t query = first + begin + i;
          writer.write({run.queries.label(query), query, good, scores[static_cast<std::size_t>(i)],
                        run.queries.truncated(query), run.queries.is_image(query)});
        }
      });
    }
  });
}

void add_stored_images(const ScoreRun& run, ReportMatrix& matrix) {
  for_each_image(run, run.images, 0, run.queries.size(), nullptr, [&](const ScoredImage& image) {
    matrix.add(run.images.label(image.index),
               image.result.outcome.ok() ? image.cosines : std::span<const float>());
  });
}

/// The parts of a report after its rankings.
void write_end(const ScoreRun& run, RankingWriter& writer, const ReportMatrix* matrix) {
  if (run.shown != nullptr && !run.options.output.drop_bad) {
    for (const ShownImages::Skipped& image : run.shown->skipped())
      writer.skipped(image.index, image.label, image.outcome);
  }
  if (matrix != nullptr) matrix->write(writer);
  writer.finish();
}

}  // namespace

void write_rankings(const ScoreRun& run, TableFormat format) {
  const bool color = use_color(is_stdout(run.options.output.path) && stdout_is_terminal());
  const RankBy by = run.options.by_caption() ? RankBy::caption : RankBy::image;
  // With one caption a softmax is always 100 %, and over images it mainly depends on their number.
  const bool says_something = run.queries.size() > 1 || run.head.rule() == ScoreRule::sigmoid;
  const bool probability = by == RankBy::image && says_something;
  const auto writer = in_stage(Stage::output, [&] {
    return make_ranking_writer(format, run.out, {by, color, probability, run.facts, run.shown, run.preview});
  });
  in_stage(Stage::output, [&] { writer->begin(); });
  std::optional<ReportMatrix> collected;
  if (run.options.matrix) collected.emplace(run);
  ReportMatrix* matrix = collected ? &*collected : nullptr;
  if (!run.options.by_caption()) {
    rank_captions(run, *writer, matrix);
  } else if (const StoredRows* rows = run.images.stored()) {
    rank_stored_images(run, *writer, *rows, format != TableFormat::text);  // text shows no probability
    if (matrix != nullptr) add_stored_images(run, *matrix);
  } else {
    rank_images(run, *writer, matrix);
  }
  in_stage(Stage::output, [&] { write_end(run, *writer, matrix); });
}

}  // namespace sightline::app
