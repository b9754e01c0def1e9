// SPDX-License-Identifier: Apache-2.0
#include "sightline/output/html_cards.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "sightline/base/escape.h"
#include "sightline/base/format.h"
#include "sightline/output/html_escape.h"

namespace sightline {
namespace {

constexpr int kLevels = 21;  ///< of colours in report.css

/// ` name="text"`
void append_attribute(std::string& out, std::string_view name, std::string_view text) {
  out.append(" ").append(name).append("=\"");
  append_html_text(out, text);
  out += '"';
}

/// The same for a number, with all its digits; nothing for NaN.
void append_number(std::string& out, std::string_view name, float value) {
  if (!std::isfinite(value)) return;
  out.append(" ").append(name).append("=\"");
  append_float(out, value);
  out += '"';
}

void append_index(std::string& out, std::string_view name, std::int64_t value) {
  out.append(" ").append(name).append("=\"").append(std::to_string(value)).append("\"");
}

/// A share of 1 in per cent, rounded correctly: the product is exact in double.
void append_percent(std::string& out, float share) {
  std::array<char, 64> buffer;
  const double percent = static_cast<double>(share) * 100.0;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), percent, std::chars_format::fixed, 2).ptr;
  out.append(buffer.data(), end);
  out += '%';
}

/// An element for text of a user, which cannot change the order of what surrounds it.
void append_isolated(std::string& out, std::string_view text) {
  out += "<bdi>";
  append_html_text(out, text.empty() ? "(empty)" : text);
  out += "</bdi>";
}

/// Attributes of an element with a score: all digits of its numbers, as in JSON.
void append_values(std::string& out, const RankedScore& score) {
  append_number(out, "data-cosine", score.cosine);
  append_number(out, "data-logit", score.logit);
  append_number(out, "data-probability", score.probability);
}

void append_values_title(std::string& out, const RankedScore& score) {
  out += " title=\"cosine ";
  append_float(out, score.cosine);
  out += ", logit ";
  append_float(out, score.logit);
  out += ", probability ";
  append_float(out, score.probability);
  out += '"';
}

/// `share`: 0 to 1.
void append_bar(std::string& out, float share) {
  out += "<svg class=\"bar\" aria-hidden=\"true\"><rect height=\"100%\" width=\"";
  append_percent(out, std::isfinite(share) ? std::clamp(share, 0.0F, 1.0F) : 0.0F);
  out += "\"/></svg>";
}

/// The beginning of a link to the file of an image, or of an element in its place.
void append_link(std::string& out, const ReportImage& image, std::string_view attributes) {
  if (image.link.empty()) {
    out.append("<span ").append(attributes).append(">");
  } else {
    out.append("<a ").append(attributes).append(" target=\"_blank\" rel=\"noopener\" href=\"");
    out.append(image.link).append("\">");
  }
}

void append_link_end(std::string& out, const ReportImage& image) {
  out += image.link.empty() ? "</span>" : "</a>";
}

void append_thumbnail(std::string& out, const ReportImage& image, std::string_view description) {
  out.append("<img src=\"data:").append(image.media_type).append(";base64,");
  append_base64(out, image.file);
  out += '"';
  append_index(out, "width", image.width);
  append_index(out, "height", image.height);
  append_attribute(out, "alt", description);
  out += '>';
}

void append_problem(std::string& out, std::string_view error_class, std::string_view message) {
  out += "<p class=\"problem\">";
  out.append(error_class).append(": ");
  append_html_text(out, message);
  out += "</p>\n";
}

}  // namespace

void HtmlCards::append_image(std::string& out, const ReportImage& image, std::string_view label) const {
  if (!image.file.empty()) {
    append_link(out, image, "class=\"open\"");
    append_thumbnail(out, image, label);
    append_link_end(out, image);
  }
  out += "<p class=\"path\">";
  if (image.file.empty() && !image.link.empty()) {
    append_link(out, image, "class=\"file\"");
    append_isolated(out, label);
    append_link_end(out, image);
  } else {
    append_isolated(out, label);
  }
  out += "</p>\n";
  if (!image.problem_class.empty()) append_problem(out, image.problem_class, image.problem);
}

void HtmlCards::append_score(std::string& out, const RankedScore& score) const {
  out += "<li";
  append_index(out, "data-caption", score.index);
  append_values(out, score);
  append_values_title(out, score);
  out += '>';
  append_isolated(out, score.label);
  if (options_.probability) {
    out += "<span class=\"number\">";
    append_percent(out, score.probability);
    out += "</span> ";
  }
  out += "<span class=\"number\">";
  append_fixed(out, score.cosine, 4, 0);
  out += score.truncated ? "</span> <span class=\"number\">(truncated)</span>" : "</span>";
  append_bar(out, options_.probability ? score.probability : score.cosine);
  out += "</li>\n";
}

void HtmlCards::append_card(std::string& out, const Ranking& ranking) {
  const bool good = ranking.outcome.ok();
  out += good ? "<li class=\"card\"" : "<li class=\"card skipped\"";
  append_index(out, "data-index", ranking.index);
  append_attribute(out, "data-label", ranking.label);
  if (!ranking.scores.empty()) {
    append_number(out, "data-cosine", ranking.scores.front().cosine);
    append_attribute(out, "data-best", ranking.scores.front().label);
  }
  out += "><noscript>\n";
  append_image(out, options_.images->image(ranking.index, ranking.label), ranking.label);
  if (!good) {
    append_problem(out, ranking.outcome.class_name(), ranking.outcome.message);
  } else if (ranking.scores.empty()) {
    out += "<p class=\"note\">No caption is in this ranking.</p>\n";
  } else {
    out += "<ol class=\"scores\" aria-label=\"captions, best first\">\n";
    for (const RankedScore& score : ranking.scores) append_score(out, score);
    out += "</ol>\n";
  }
  out += "</noscript></li>\n";
}

void HtmlCards::append_sheet_head(std::string& out, const Ranking& ranking) {
  const std::string id = "q" + std::to_string(ranking.index);
  out.append("<section class=\"sheet\" aria-labelledby=\"").append(id).append("-name\" id=\"").append(id);
  out += '"';
  append_index(out, "data-query", ranking.index);
  out.append(">\n<h2 id=\"").append(id).append("-name\">");
  if (ranking.is_image_query) out += "Like ";
  append_isolated(out, ranking.label);
  out += ranking.truncated ? " (truncated)</h2>\n" : "</h2>\n";
  if (!ranking.is_image_query) return;
  const ReportImage image = options_.images->query(ranking.index, ranking.label);
  if (image.file.empty() && image.link.empty()) return;
  out += "<p class=\"query\">";
  append_link(out, image, "class=\"file\"");
  if (image.file.empty()) {
    append_isolated(out, ranking.label);
  } else {
    append_thumbnail(out, image, "query: " + std::string(ranking.label));
  }
  append_link_end(out, image);
  out += "</p>\n";
}

void HtmlCards::append_ranked_image(std::string& out, const RankedScore& score, std::int64_t rank) {
  out += "<li class=\"card\"";
  append_index(out, "data-index", score.index);
  append_index(out, "data-rank", rank);
  append_attribute(out, "data-label", score.label);
  append_values(out, score);
  out += "><noscript>\n";
  append_image(out, options_.images->image(score.index, score.label), score.label);
  out += "<p class=\"number\"";
  append_values_title(out, score);
  out.append(">").append(std::to_string(rank)).append(". ");
  append_fixed(out, score.cosine, 4, 0);
  append_bar(out, score.cosine);
  out += "</p>\n</noscript></li>\n";
}

void append_matrix(std::string& out, const ScoreMatrix& matrix) {
  float low = INFINITY, high = -INFINITY;
  for (const float value : matrix.cosines) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  constexpr std::size_t kMaxColumnsWithNumbers = 12;
  out += "<section class=\"matrix\" aria-labelledby=\"matrix-name\">\n<h2 id=\"matrix-name\">Cosines</h2>\n";
  out += "<p class=\"note\">From light to dark: ";
  append_fixed(out, low, 4, 0);
  out += " to ";
  append_fixed(out, high, 4, 0);
  out +=
      ". Each row is an image, each column a caption or a query image.</p>\n<p class=\"readout\"></p>\n"
      "<div class=\"frame\">";
  out += matrix.columns.size() > kMaxColumnsWithNumbers ? "<table class=\"dense\">\n" : "<table>\n";
  out += "<thead><tr><td></td>";
  for (const std::string_view column : matrix.columns) {
    out += "<th scope=\"col\"";
    append_attribute(out, "title", column);
    out += "><span>";
    append_isolated(out, column);
    out += "</span></th>";
  }
  out += "</tr></thead>\n<tbody>\n";
  for (std::size_t r = 0; r < matrix.rows.size(); ++r) {
    out += "<tr><th scope=\"row\"";
    append_attribute(out, "title", matrix.rows[r]);
    out += '>';
    append_isolated(out, matrix.rows[r]);
    out += "</th>";
    for (std::size_t c = 0; c < matrix.columns.size(); ++c) {
      const float value = matrix.cosines[r * matrix.columns.size() + c];
      const float place = high > low ? (value - low) / (high - low) : 0.5F;
      const int level = std::isfinite(value) ? static_cast<int>(place * (kLevels - 1) + 0.5F) : -1;
      out.append("<td class=\"h").append(level < 0 ? "x" : std::to_string(level)).append("\" title=\"");
      append_field_float(out, value);
      out += "\">";
      append_fixed(out, value, 4, 0);
      out += "</td>";
    }
    out += "</tr>\n";
  }
  out += "</tbody></table></div>\n</section>\n";
}

}  // namespace sightline
