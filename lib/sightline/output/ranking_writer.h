// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "sightline/files/file.h"
#include "sightline/output/table_writer.h"

namespace sightline {

/// What a ranking is about: captions ranked for each image, or images ranked for each caption (or for an
/// image that is a query like one).
enum class RankBy { image, caption };

/// One entry of a ranking, best first: a caption for `RankBy::image`, an image for `RankBy::caption`.
struct RankedScore {
  std::string_view label;  ///< caption or path, bytes as given
  std::int64_t index;      ///< of the label in its own input list
  float cosine, logit;     ///< NaN is written as null (json, jsonl), nothing (csv, tsv) or "-" (text)
  float probability;       ///< 0 to 1
  bool truncated;          ///< the caption was cut (`RankBy::image` only)
};

/// One image (or caption) and its scores. Views need to live until `write` returns.
struct Ranking {
  std::string_view label;               ///< path or caption, bytes as given
  std::int64_t index;                   ///< of the label in its input list
  std::string_view error_class;         ///< "TRUNC", ...; empty when it was scored
  std::string_view message;             ///< what was wrong with it
  std::span<const RankedScore> scores;  ///< in the order to be written; rank is the place in it, from 1
  bool truncated;                       ///< the caption was cut (`RankBy::caption` only)
  bool is_image_query = false;  ///< `label` is the path of an image: json's key is "like", not "caption"
};

struct RankingOptions {
  RankBy by = RankBy::image;
  bool color = false;       ///< text: escape sequences for a terminal
  bool probability = true;  ///< text: a column for the probability
};

/// Writes rankings in the forms that docs/cli.md gives for `score`. Begin, one `write` per ranking in input
/// order, finish; the caller commits the file. Failed rankings are one object in json and jsonl, a note in
/// text, nothing in csv and tsv.
class RankingWriter {
 public:
  virtual ~RankingWriter() = default;
  virtual void begin() {}
  virtual void write(const Ranking& ranking) = 0;
  virtual void finish() {}
};

/// Errors: usage for npy (a matrix of scores is a table: `make_table_writer`).
std::unique_ptr<RankingWriter> make_ranking_writer(TableFormat format, OutputFile& out,
                                                   const RankingOptions& options);

}  // namespace sightline
