// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "cli/failure.h"
#include "cli/signals.h"
#include "score/ranker.h"
#include "score/score_pass.h"
#include "score/score_run.h"

namespace sightline::app {
namespace {

ScoreValues values_of(const ScoreRun& run) { return run.options.values.value_or(ScoreValues::logit); }

/// Writes a row of the array, and its name to the index.
void write_matrix_row(const ScoreRun& run, TableWriter& table, const TableRow& row) {
  in_stage(Stage::output, [&] {
    table.row(row);
    if (run.index != nullptr) run.index->row(row.label);
  });
}

void finish_index(const ScoreRun& run) {
  if (run.index == nullptr) return;
  run.index->end_rows();
  for (std::int64_t i = 0; i < run.queries.size(); ++i) run.index->column(run.queries.label(i));
  run.index->finish(name_in(score_values_choices(), values_of(run)));
}

void write_matrix_by_image(const ScoreRun& run, TableWriter& table) {
  ItemReporter items(run);
  const ScoreValues values = values_of(run);
  std::vector<float> row;
  std::vector<double> probabilities;
  const auto use = [&](const ScoredImage& image) {
    const ImageResult& result = image.result;
    const bool good = result.outcome.ok();
    if (!good && run.options.output.drop_bad) return;
    if (good) {
      row.assign(image.cosines.begin(), image.cosines.end());
      if (values == ScoreValues::probability) {
        run.head.probabilities(image.cosines, probabilities);
        std::copy(probabilities.begin(), probabilities.end(), row.begin());
      } else if (values == ScoreValues::logit) {
        for (float& value : row) value = run.head.logit(value);
      }
    }
    write_matrix_row(
        run, table,
        {image.label, "path", result.outcome, good ? std::span<const float>(row) : std::span<const float>()});
  };
  for_each_image(run, run.images, 0, run.queries.size(), &items, use);
  items.finish();
}

/// Probabilities over images are known only after all images of a caption have been scored.
void write_matrix_by_caption(const ScoreRun& run, TableWriter& table) {
  Tensor matrix(Shape{run.images.size(), run.queries.size()});
  std::vector<char> good(static_cast<std::size_t>(run.images.size()));
  std::vector<double> probabilities;
  for_each_group(run, [&](std::int64_t first, const Group& group) {
    for (const std::int64_t image : group.images) good[static_cast<std::size_t>(image)] = 1;
    std::int64_t caption = first;
    for (const std::vector<float>& cosines : group.cosines) {
      throw_if_interrupted();
      run.head.probabilities(cosines, probabilities);
      for (std::size_t i = 0; i < cosines.size(); ++i) {
        matrix.view().row(group.images[i])[static_cast<std::size_t>(caption)] =
            static_cast<float>(probabilities[i]);
      }
      ++caption;
    }
  });
  // The array contains no error classes, so any of them stands for all.
  const Outcome good_outcome, skipped = failed_outcome(ErrorCode::corrupt, "");
  for (std::int64_t i = 0; i < run.images.size(); ++i) {
    const bool ok = good[static_cast<std::size_t>(i)] != 0;
    if (!ok && run.options.output.drop_bad) continue;
    write_matrix_row(run, table,
                     {run.images.label(i), "path", ok ? good_outcome : skipped,
                      ok ? std::span<const float>(matrix.view().row(i)) : std::span<const float>()});
  }
}

}  // namespace

const std::vector<Choice<ScoreValues>>& score_values_choices() {
  static const std::vector<Choice<ScoreValues>> choices = {{"probability", ScoreValues::probability},
                                                           {"logit", ScoreValues::logit},
                                                           {"cosine", ScoreValues::cosine}};
  return choices;
}

void write_matrix(const ScoreRun& run) {
  const OutputOptions& options = run.options.output;
  const auto table = in_stage(Stage::output, [&] {
    return make_table_writer(TableFormat::npy, run.out, {options.dtype == DType::f16, options.drop_bad});
  });
  in_stage(Stage::output, [&] {
    table->begin(run.queries.size(), options.drop_bad ? std::nullopt : run.images.known_size());
  });
  const bool over_images = run.options.by_caption() && values_of(run) == ScoreValues::probability &&
                           run.head.rule() == ScoreRule::softmax;
  over_images ? write_matrix_by_caption(run, *table) : write_matrix_by_image(run, *table);
  in_stage(Stage::output, [&] {
    table->finish();
    finish_index(run);
  });
}

}  // namespace sightline::app
