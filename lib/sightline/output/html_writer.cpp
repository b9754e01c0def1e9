// SPDX-License-Identifier: Apache-2.0
#include "sightline/output/html_writer.h"

#include <algorithm>
#include <string>

#include "sightline/output/html_cards.h"
#include "sightline/output/html_escape.h"
#include "sightline/output/report_parts.h"

namespace sightline {
namespace {

constexpr std::size_t kImagesTogether = 64;  ///< of a sheet, that are read at a time

std::string facts_of(const ReportFacts& facts) {
  std::string text;
  for (const auto& [name, value] : facts.facts) {
    text += "<div><dt>";
    append_html_text(text, name);
    text += "</dt><dd><bdi>";
    append_html_text(text, value);
    text += "</bdi></dd></div>\n";
  }
  return text;
}

class HtmlRankingWriter : public RankingWriter {
 public:
  HtmlRankingWriter(OutputFile& out, const RankingOptions& options)
      : out_(out), options_(options), cards_(options), rest_(kReportPage) {}

  void begin() override {
    const bool by_image = options_.by == RankBy::image;
    put("policy", "default-src 'none'; img-src data:; style-src 'sha256-" + std::string(kReportStyleHash) +
                      "'; script-src 'sha256-" + std::string(kReportScriptHash) +
                      "'; base-uri 'none'; form-action 'none'");
    const std::string title = by_image ? "Captions ranked for each image" : "Images ranked for each query";
    put("title", title);
    put("style", kReportStyle);
    put("by", by_image ? "image" : "caption");
    put("title", title);
    put("facts", facts_of(*options_.facts));
    put("filter", by_image ? "path or best caption" : "path");
    put_until("body");
    if (by_image) begin_list("", kListEnd);
  }

  void write(const Ranking& ranking) override {
    text_.clear();
    if (options_.by == RankBy::image) {
      ranking.outcome.ok() ? ++images_ : ++skipped_;
      cards_.append_card(text_, ranking);
      return out_.write(text_);
    }
    cards_.append_sheet_head(text_, ranking);
    text_ += kListBegin;
    out_.write(text_);
    std::int64_t rank = 0;
    for (std::size_t i = 0; i < ranking.scores.size(); i += kImagesTogether) {
      const auto part = ranking.scores.subspan(i, std::min(kImagesTogether, ranking.scores.size() - i));
      options_.images->prepare(part);
      for (const RankedScore& score : part) {
        text_.clear();
        cards_.append_ranked_image(text_, score, ++rank);
        out_.write(text_);
      }
    }
    out_.write(kListEnd);
    out_.write(ranking.scores.empty() ? "<p class=\"note\">No image is in this ranking.</p>\n</section>\n"
                                      : "</section>\n");
    ++sheets_;
  }

  void skipped(std::int64_t index, std::string_view label, const Outcome& outcome) override {
    if (skipped_++ == 0) {
      end_list();
      begin_list(
          "<section aria-labelledby=\"skipped-images\">\n<h2 id=\"skipped-images\">Skipped images</h2>\n",
          "</ol>\n</section>\n");
    }
    text_.clear();
    cards_.append_card(text_, {label, index, outcome, {}, false});
    out_.write(text_);
  }

  void matrix(const ScoreMatrix& matrix) override {
    end_list();
    text_.clear();
    append_matrix(text_, matrix);
    out_.write(text_);
  }

  void finish() override {
    end_list();
    std::string counts;
    if (options_.by == RankBy::image) {
      counts = std::to_string(images_) + (images_ == 1 ? " image" : " images");
    } else {
      counts = std::to_string(sheets_) + (sheets_ == 1 ? " ranking" : " rankings");
    }
    put("counts", counts + ", " + std::to_string(skipped_) + " skipped");
    put("script", kReportScript);
    out_.write(rest_);
  }

 private:
  static constexpr std::string_view kListBegin = "<ol class=\"cards\">\n", kListEnd = "</ol>\n";

  /// Writes the page up to the place of a value, which is next in it.
  void put_until(std::string_view name) {
    const std::string mark = "{{" + std::string(name) + "}}";
    const std::size_t at = rest_.find(mark);
    out_.write(rest_.substr(0, at));
    rest_.remove_prefix(at + mark.size());
  }
  void put(std::string_view name, std::string_view value) {
    put_until(name);
    out_.write(value);
  }

  /// Begins a list of cards after `head`; `end` is what ends it.
  void begin_list(std::string_view head, std::string_view end) {
    out_.write(head);
    out_.write(kListBegin);
    list_end_ = end;
  }
  /// Ends the list that is open, if there is one.
  void end_list() {
    out_.write(list_end_);
    list_end_ = "";
  }

  OutputFile& out_;
  RankingOptions options_;
  HtmlCards cards_;
  std::string_view rest_;  ///< of the page
  std::string text_;
  std::int64_t images_ = 0, skipped_ = 0, sheets_ = 0;
  std::string_view list_end_;
};

}  // namespace

std::unique_ptr<RankingWriter> make_html_writer(OutputFile& out, const RankingOptions& options) {
  return std::make_unique<HtmlRankingWriter>(out, options);
}

}  // namespace sightline
