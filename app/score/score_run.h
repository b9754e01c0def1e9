// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "batch/report.h"
#include "cli/options.h"
#include "score/low_scores.h"
#include "score/query_side.h"
#include "score/score_sides.h"
#include "score/shown_images.h"
#include "sightline/embeddings/score_index.h"
#include "sightline/output/ranking_writer.h"

namespace sightline::app {

/// The kind of values in an array of scores.
enum class ScoreValues { probability, logit, cosine };
/// The values of `--values`.
const std::vector<Choice<ScoreValues>>& score_values_choices();

inline constexpr std::int64_t kDefaultThumbnailSide = 256;
/// The largest number of images, and of captions, of `--matrix`.
inline constexpr std::int64_t kMaxMatrixSide = 200;

struct ScoreOptions {
  InputOptions input;
  CaptionOptions captions;
  std::string pairs;              ///< file of images and captions; "-" is stdin
  std::vector<std::string> like;  ///< images as queries; "-" is stdin
  std::string image_embeddings, text_embeddings;
  OutputOptions output;
  ItemOptions items;
  ModelOptions model;
  ConsoleOptions console;
  std::optional<std::int64_t> top;
  std::optional<RankBy> by;              ///< nullopt: image, or caption with `like`
  std::optional<ScoreValues> values;     ///< for npy; nullopt: logit
  std::optional<ScoreRule> probability;  ///< nullopt: the rule of the model
  std::optional<CosineLimit> threshold, fail_under;
  std::int64_t thumbnails = kDefaultThumbnailSide;  ///< for html: the longer side; 0: none
  std::optional<TerminalGraphics> preview =
      TerminalGraphics::none;  ///< for text; nullopt: by the environment
  bool matrix = false;         ///< for html
  bool no_index = false;       ///< for npy
  bool any_model = false;      ///< accept stored embeddings of another model

  bool by_caption() const { return by == RankBy::caption || !like.empty(); }
};

/// Everything that a run needs after the files and the model are open.
struct ScoreRun {
  const ScoreOptions& options;
  const Model& model;
  const Head head;  ///< that of the model, with the rule of the options
  const ImageSide& images;
  const QuerySide& queries;
  OutputFile& out;
  ScoreIndexWriter* index;  ///< null if no index is written
  Report& report;
  ThreadPool& pool;
  LowScores& low;
  ShownImages* shown = nullptr;        ///< if the output shows images
  const ReportFacts* facts = nullptr;  ///< the head of a report
  TerminalPreview preview = {};
};

/// Ranks and writes the results; `write_matrix` writes them as npy. The caller commits the files. Errors:
/// those of the sides; Failure of Stage::output.
void write_rankings(const ScoreRun& run, TableFormat format);
void write_matrix(const ScoreRun& run);

}  // namespace sightline::app
