// SPDX-License-Identifier: Apache-2.0
#include "score/stored_ranking.h"

#include <algorithm>

#include "cli/failure.h"
#include "cli/signals.h"
#include "score/score_pass.h"
#include "sightline/embeddings/search.h"

namespace sightline::app {
namespace {

/// The largest number of queries that one pass over the stored images serves: limited by the memory for what
/// is kept.
std::int64_t queries_of_pass(const ScoreRun& run, const StoredRows& rows, bool probability) {
  constexpr std::int64_t kMaxKept = 16LL << 20;          // number of candidates
  constexpr std::int64_t kMaxQueryNumbers = 16LL << 20;  // number of floats
  constexpr std::int64_t kMaxSums = 1LL << 30;           // number of rows times queries
  const std::int64_t images = std::max<std::int64_t>(rows.size(), 1);
  std::int64_t kept = images;
  if (run.options.top && *run.options.top < images / run.pool.size())
    kept = *run.options.top * run.pool.size();
  std::int64_t most = std::min(kMaxKept / kept, kMaxQueryNumbers / std::max<std::int64_t>(rows.width(), 1));
  if (probability) most = std::min(most, kMaxSums / images);
  return std::max<std::int64_t>(most, 1);
}

/// Reports the stored images of a part of the file.
void report_part(const ScoreRun& run, ItemReporter& items, std::int64_t first, std::int64_t count,
                 std::span<const ZeroRow> zeros) {
  const auto result_of = [](const ZeroRow& row) {
    ImageResult result;
    result.outcome = row.entry.outcome;
    result.outcome.warnings.clear();  // they were reported when the row was written
    if (result.outcome.ok()) result.outcome.warnings.emplace_back(kZeroRowWarning);
    return result;
  };
  if (run.options.items.report.empty()) {
    for (const ZeroRow& row : zeros) items.add(row.image, result_of(row));
    items.add_good(count - std::ssize(zeros));
  } else {
    const ImageResult good;
    for (std::int64_t image = first; image < first + count; ++image) {
      const bool zero = !zeros.empty() && zeros.front().image == image;
      items.add(image, zero ? result_of(zeros.front()) : good);
      if (zero) zeros = zeros.subspan(1);
    }
  }
  items.flush_to_reader();
}

/// A ranking of stored images with the labels that it refers to.
struct LabelledRanking {
  std::vector<std::string> labels;
  std::vector<RankedScore> scores;
};

LabelledRanking labelled(const ScoreRun& run, StoredSearch& search, std::int64_t query, bool probability) {
  LabelledRanking ranking;
  const std::vector<Candidate> best = search.ranking(query);
  ranking.labels.reserve(best.size());
  ranking.scores.reserve(best.size());
  for (const Candidate& candidate : best) {
    const float share = !probability                            ? 0
                        : run.head.rule() == ScoreRule::sigmoid ? run.head.probability(candidate.cosine)
                                                                : search.probability(query, candidate.cosine);
    ranking.labels.push_back(run.images.label(candidate.image));
    ranking.scores.push_back({ranking.labels.back(), candidate.image, candidate.cosine,
                              run.head.logit(candidate.cosine), share, false});
  }
  return ranking;
}

/// Each thread sorts the images of one query; the results are written in order.
void write_search(const ScoreRun& run, RankingWriter& writer, StoredSearch& search, std::int64_t first,
                  std::int64_t count, bool probability) {
  std::vector<LabelledRanking> rankings(static_cast<std::size_t>(run.pool.size()));
  for (std::int64_t begin = 0; begin < count; begin += std::ssize(rankings)) {
    throw_if_interrupted();
    const std::int64_t together = std::min(std::ssize(rankings), count - begin);
    run.pool.run(together, [&](std::int64_t i, int) {
      rankings[static_cast<std::size_t>(i)] = labelled(run, search, begin + i, probability);
    });
    in_stage(Stage::output, [&] {
      const Outcome good;
      for (std::int64_t i = 0; i < together; ++i) {
        const std::int64_t query = first + begin + i;
        writer.write({run.queries.label(query), query, good, rankings[static_cast<std::size_t>(i)].scores,
                      run.queries.truncated(query), run.queries.is_image(query)});
      }
    });
  }
}

}  // namespace

void rank_stored_images(const ScoreRun& run, RankingWriter& writer, const StoredRows& rows,
                        bool probability) {
  ItemReporter items(run);
  const std::optional<CosineLimit>& limit = run.options.threshold;
  const bool sums = probability && run.head.rule() == ScoreRule::softmax;
  const SearchLimits limits{run.options.top, limit ? std::optional(limit->value) : std::nullopt,
                            run.options.fail_under.has_value(),
                            sums ? std::optional(run.head.logit_scale()) : std::nullopt};
  const std::int64_t step = queries_of_pass(run, rows, sums);
  for (std::int64_t first = 0; first < run.queries.size(); first += step) {
    const std::int64_t count = std::min(step, run.queries.size() - first);
    const Tensor queries = run.queries.rows(first, count, rows.width());
    StoredSearch search(rows, queries.view(), limits, run.pool);
    std::int64_t good = 0;
    search.run(
        [&](std::int64_t begin, std::int64_t part, std::span<const ZeroRow> zeros) {
          good +=
              part - std::ranges::count_if(zeros, [](const ZeroRow& row) { return !row.entry.outcome.ok(); });
          if (first == 0) report_part(run, items, begin, part, zeros);
        },
        [] { throw_if_interrupted(); });
    for (std::int64_t i = 0; i < count && good > 0 && limits.best; ++i) {
      const float best = search.best_cosine(i);
      run.low.add(0, first + i, {&best, 1});
    }
    items.clear_progress();
    write_search(run, writer, search, first, count, probability);
    items.flush_to_reader();
  }
  items.finish();
}

}  // namespace sightline::app
