#include "score_run.h"

#include "failure.h"
#include "ranker.h"
#include "score_pass.h"
#include "signals.h"

namespace sightline::app {
namespace {

Ranker ranker_of(const ScoreRun& run) {
  return Ranker(run.clip.head().logit_scale(), run.options.top, run.options.threshold);
}

void rank_captions(const ScoreRun& run, RankingWriter& writer) {
  Items items(run);
  Ranker ranker = ranker_of(run);
  const auto describe = [&](std::size_t i, RankedScore& score) {
    score.index = static_cast<std::int64_t>(i);
    score.label = run.queries.label(score.index);
    score.truncated = run.queries.truncated(score.index);
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
  for_each_image(run, run.images, 0, run.queries.size(), use);
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
          writer.write({run.queries.label(caption), caption, "", "", scores[static_cast<std::size_t>(i)],
                        run.queries.truncated(caption)});
        }
      });
    }
  });
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

}  // namespace sightline::app
