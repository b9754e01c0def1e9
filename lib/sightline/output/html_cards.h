// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sightline/output/ranking_writer.h"

namespace sightline {

/// The parts of a report in HTML, appended to a string. Each card keeps its content in a `noscript` element,
/// which report.js turns into elements when the card comes into view.
class HtmlCards {
 public:
  explicit HtmlCards(const RankingOptions& options) : options_(options) {}

  /// The card of an image with its captions, or of an image that was skipped.
  void append_card(std::string& out, const Ranking& ranking);
  /// The beginning of the section of a caption or of an image of `--like`.
  void append_sheet_head(std::string& out, const Ranking& ranking);
  /// The card of an image in such a section.
  void append_ranked_image(std::string& out, const RankedScore& score, std::int64_t rank);

 private:
  void append_image(std::string& out, const ReportImage& image, std::string_view label) const;
  void append_score(std::string& out, const RankedScore& score) const;

  RankingOptions options_;
};

/// A table of cosines in colours.
void append_matrix(std::string& out, const ScoreMatrix& matrix);

}  // namespace sightline
