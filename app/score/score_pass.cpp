// SPDX-License-Identifier: Apache-2.0
#include "score/score_pass.h"

#include <algorithm>
#include <memory>

#include "batch/item_report.h"
#include "cli/failure.h"

namespace sightline::app {
namespace {

constexpr std::int64_t kMaxScoresPerGroup = 64LL
                                            << 20;   ///< number of floats: queries of one group times images
constexpr std::int64_t kScoresPerBlock = 1LL << 18;  ///< number of floats, small enough for the caches

}  // namespace

ItemReporter::ItemReporter(const ScoreRun& run, bool receives_images)
    : run_(run),
      receives_images_(receives_images),
      to_terminal_(is_stdout(run.options.output.path) && stdout_is_terminal()),
      progress_(run.options.console, run.images.known_size(), "images"),
      hints_(HintContext::score, run.options.captions.labels.has_value()) {}

void ItemReporter::clear_progress() {
  if (to_terminal_) progress_.clear();
}

void ItemReporter::flush_to_reader() {
  clear_progress();
  in_stage(Stage::output, [&] {
    run_.report.flush_to_reader();
    run_.out.flush_to_reader();
  });
}

void ItemReporter::add(std::int64_t index, const ImageResult& result) {
  add(index, run_.images.label(index), result);
}

void ItemReporter::add(std::int64_t index, const std::string& label, const ImageResult& result) {
  const std::string hint = hints_.about(label, result.outcome);
  const ItemStatus status{.index = index,
                          .label = label,
                          .subject = label,
                          .outcome = result.outcome,
                          .hint = hint,
                          .bytes = result.bytes};
  report_item(run_.options.items, run_.options.console, progress_, status);
  if (run_.shown != nullptr && receives_images_) run_.shown->take(index, label, result);
  in_stage(Stage::output, [&] { run_.report.add(status); });
}

void ItemReporter::add_low(const std::string& label, float best) {
  progress_.clear();
  const CosineLimit& limit = *run_.options.fail_under;
  write_stderr("sightline: " + low_score_line(item_name(label), best, limit) + "\n");
}

void ItemReporter::add_good(std::int64_t count) {
  progress_.advance_by(count);
  run_.report.add_good(count);
}

void for_each_image(const ScoreRun& run, const ImageSide& images, std::int64_t first, std::int64_t count,
                    ItemReporter* items, UseScores use) {
  std::vector<float> scores;
  std::string label;
  images.for_each(run.model, run.pool, [&](const ImageBlock& block) {
    const std::int64_t rows = std::ssize(block.results);
    const std::int64_t most =
        std::clamp<std::int64_t>(kScoresPerBlock / std::max<std::int64_t>(count, 1), 1, rows);
    scores.resize(static_cast<std::size_t>(most * count));
    for (std::int64_t begin = 0; begin < rows; begin += most) {
      const std::int64_t part = std::min(most, rows - begin);
      if (count > 0) {
        run.queries.cosines(block.rows.slice_rows(begin, part), first, {scores.data(), Shape{part, count}},
                            block.pool);
      }
      for (std::int64_t i = 0; i < part; ++i) {
        const std::int64_t image = block.first + begin + i;
        const ImageResult& result = block.results[static_cast<std::size_t>(begin + i)];
        const std::span<const float> cosines =
            std::span(scores).subspan(static_cast<std::size_t>(i * count), static_cast<std::size_t>(count));
        if (items != nullptr) {
          label =
              block.labels.empty() ? images.label(image) : block.labels[static_cast<std::size_t>(begin + i)];
          items->add(image, label, result);
        }
        if (result.outcome.ok()) {
          const std::optional<float> low = run.low.add(image, first, cosines);
          if (low && items != nullptr) items->add_low(label, *low);
        }
        use({image, label, result, cosines});
      }
      if (items != nullptr) items->flush_to_reader();
    }
  });
}

namespace {

Group score_group(const ScoreRun& run, const ImageSide& images, std::int64_t first, std::int64_t count,
                  ItemReporter* items) {
  Group group;
  group.cosines.resize(static_cast<std::size_t>(count));
  for (std::vector<float>& row : group.cosines) row.reserve(static_cast<std::size_t>(images.size()));
  const auto use = [&](const ScoredImage& image) {
    if (!image.result.outcome.ok()) return;
    group.images.push_back(image.index);
    for (std::size_t i = 0; i < image.cosines.size(); ++i) group.cosines[i].push_back(image.cosines[i]);
  };
  for_each_image(run, images, first, count, items, use);
  return group;
}

}  // namespace

void for_each_group(const ScoreRun& run, FunctionRef<void(std::int64_t first, const Group& group)> use) {
  const std::int64_t images = std::max<std::int64_t>(run.images.size(), 1);
  const std::int64_t step =
      std::clamp<std::int64_t>(kMaxScoresPerGroup / images, 1, std::max<std::int64_t>(run.queries.size(), 1));
  const bool several_passes = !run.images.is_cheap() && step < run.queries.size();
  ItemReporter items(run, !several_passes);
  std::unique_ptr<ImageSide> kept;
  if (several_passes)
    kept =
        keep_in_memory(run.images, run.model, run.pool, [&](std::int64_t index, const ImageResult& result) {
          if (run.shown != nullptr) run.shown->take(index, run.images.label(index), result);
        });
  for (std::int64_t first = 0; first < run.queries.size(); first += step) {
    const std::int64_t count = std::min(step, run.queries.size() - first);
    const Group group =
        score_group(run, kept ? *kept : run.images, first, count, first == 0 ? &items : nullptr);
    items.clear_progress();
    use(first, group);
    items.flush_to_reader();
  }
  items.finish();
}

}  // namespace sightline::app
