// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sightline/files/file.h"
#include "sightline/output/report_images.h"
#include "sightline/output/table_writer.h"
#include "sightline/output/terminal_image.h"

namespace sightline {

/// The queries of a ranking: captions are ranked for each image, or images for each caption (or for each
/// query image).
enum class RankBy { image, caption };

/// One entry of a ranking, best first: a caption for `RankBy::image`, an image for `RankBy::caption`.
struct RankedScore {
  std::string_view label;  ///< caption or path, exact bytes
  std::int64_t index;      ///< index of the label in its own input list
  float cosine, logit;     ///< NaN is written as null (json, jsonl), as an empty field (csv, tsv) or as "-"
                           ///< (text)
  float probability;       ///< 0 to 1
  bool truncated;          ///< the caption was truncated (`RankBy::image` only)
};

/// One query, an image or a caption, and its scores. Views must remain valid until `write` returns.
struct Ranking {
  std::string_view label;               ///< path or caption, exact bytes
  std::int64_t index;                   ///< index of the label in its input list
  const Outcome& outcome;               ///< of the query
  std::span<const RankedScore> scores;  ///< in output order; the rank is the position, counted from 1
  bool truncated;                       ///< the caption was truncated (`RankBy::caption` only)
  bool is_image_query = false;  ///< `label` is the path of an image: the JSON key is "like" instead of
                                ///< "caption"
};

/// The head of a report: names and values.
struct ReportFacts {
  std::vector<std::pair<std::string, std::string>> facts;
};

struct RankingOptions {
  RankBy by = RankBy::image;
  bool color = false;                  ///< text: use escape sequences for a terminal
  bool probability = true;             ///< text, html: show the probability
  const ReportFacts* facts = nullptr;  ///< html: required, and must outlive the writer
  ReportImages* images = nullptr;      ///< html: the same; text: for previews
  TerminalPreview preview = {};        ///< text: draws the images
};

/// The cosines of all images and captions.
struct ScoreMatrix {
  std::vector<std::string_view> rows;     ///< images
  std::vector<std::string_view> columns;  ///< captions, then query images
  std::vector<float> cosines;             ///< [rows, columns]; NaN for an image that was skipped
};

/// Writes rankings in the formats that docs/cli.md lists for `score`. Call `begin`, then `write` once per
/// ranking in input order, then `finish`; the caller commits the file. A failed ranking is one object in json
/// and jsonl, a note in text, and absent from csv and tsv.
class RankingWriter {
 public:
  virtual ~RankingWriter() = default;
  virtual void begin() {}
  virtual void write(const Ranking& ranking) = 0;
  /// html with `RankBy::caption`: adds an image that is in no ranking. Call it after the last ranking.
  virtual void skipped(std::int64_t /*index*/, std::string_view /*label*/, const Outcome& /*outcome*/) {}
  /// html: adds a heat map. Call it last.
  virtual void matrix(const ScoreMatrix& /*matrix*/) {}
  virtual void finish() {}
};

/// Errors: usage for npy; `make_table_writer` writes matrices of scores.
std::unique_ptr<RankingWriter> make_ranking_writer(TableFormat format, OutputFile& out,
                                                   const RankingOptions& options);

}  // namespace sightline
