// SPDX-License-Identifier: Apache-2.0
#include "sightline/output/ranking_writer.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "sightline/base/error.h"
#include "sightline/base/escape.h"
#include "sightline/base/format.h"
#include "sightline/output/html_writer.h"
#include "sightline/output/json_objects.h"
#include "sightline/output/separated_lines.h"

namespace sightline {
namespace {

// One of these objects:
// {"image":"a.jpg","status":"ok","scores":[{"caption":"dog","index":0,"cosine":...,"probability":...}]}
// {"caption":"a dog","index":0,"scores":[{"image":"a.jpg","index":3,...}]}
// {"like":"dog.jpg","index":1,"scores":[{"image":"a.jpg","index":3,...}]}
class JsonRankingWriter : public RankingWriter {
 public:
  JsonRankingWriter(OutputFile& out, bool lines, RankBy by) : objects_(out, lines), by_(by) {}

  void begin() override { objects_.begin(); }

  void write(const Ranking& ranking) override {
    std::string& text = objects_.open();
    const bool by_image = by_ == RankBy::image;
    const std::string_view query = ranking.is_image_query ? "like" : "caption";
    append_json_label(text, by_image ? "image" : query, ranking.label);
    if (!by_image) text += ",\"index\":" + std::to_string(ranking.index);
    if (ranking.truncated) text += ",\"truncated\":true";
    if (ranking.outcome.ok()) {
      if (by_image) text += ",\"status\":\"ok\"";
      text += ",\"scores\":[";
      for (const RankedScore& score : ranking.scores) append_score(text, score);
      if (!ranking.scores.empty()) text.pop_back();
      text += ']';
    } else {
      append_json_failure(text, ranking.outcome);
    }
    objects_.close();
  }

  void finish() override { objects_.finish(); }

 private:
  void append_score(std::string& text, const RankedScore& score) {
    text += '{';
    append_json_label(text, by_ == RankBy::image ? "caption" : "image", score.label);
    text += ",\"index\":" + std::to_string(score.index) + ",\"cosine\":";
    append_float(text, score.cosine);
    text += ",\"logit\":";
    append_float(text, score.logit);
    text += ",\"probability\":";
    append_float(text, score.probability);
    if (score.truncated) text += ",\"truncated\":true";
    text += "},";
  }

  JsonObjects objects_;
  RankBy by_;
};

// Both rankings have the same columns: image caption rank cosine logit probability.
class SeparatedRankingWriter : public RankingWriter {
 public:
  SeparatedRankingWriter(OutputFile& out, bool tabs, RankBy by) : lines_(out, tabs), by_(by) {}

  void begin() override {
    for (const std::string_view column : {"image", "caption", "rank", "cosine", "logit", "probability"})
      lines_.add(column);
    lines_.end_line();
    lines_.write();
  }

  void write(const Ranking& ranking) override {
    std::int64_t rank = 0;
    for (const RankedScore& score : ranking.scores) {
      lines_.add(by_ == RankBy::image ? ranking.label : score.label);
      lines_.add(by_ == RankBy::image ? score.label : ranking.label);
      lines_.add(std::to_string(++rank));
      for (const float value : {score.cosine, score.logit, score.probability}) lines_.add(value);
      lines_.end_line();
    }
    lines_.write();
  }

 private:
  SeparatedLines lines_;
  RankBy by_;
};

constexpr std::string_view kBold = "\x1b[1m", kGreen = "\x1b[32m", kRed = "\x1b[31m", kReset = "\x1b[0m";

// For reading on a terminal: the label of the query, then the probability (if requested), cosine and label of
// each score, best first. With a preview, the lines are beside the image that they are about.
class TextRankingWriter : public RankingWriter {
 public:
  TextRankingWriter(OutputFile& out, const RankingOptions& options) : out_(out), options_(options) {}

  void write(const Ranking& ranking) override {
    text_.clear();
    const bool by_image = options_.by == RankBy::image;
    const bool draws = options_.preview.graphics != TerminalGraphics::none;
    if (draws && by_image) begin_image(options_.images->image(ranking.index, ranking.label), kRowsOfQuery);
    if (draws && ranking.is_image_query)
      begin_image(options_.images->query(ranking.index, ranking.label), kRowsOfQuery);
    append_head(ranking);
    if (!by_image) end_image();
    bool best = true;
    for (std::size_t i = 0; i < ranking.scores.size(); ++i) {
      const RankedScore& score = ranking.scores[i];
      if (draws && !by_image) {
        if (i % kImagesTogether == 0)
          options_.images->prepare(
              ranking.scores.subspan(i, std::min(kImagesTogether, ranking.scores.size() - i)));
        begin_image(options_.images->image(score.index, score.label), kRowsOfResult);
      }
      append_line([&] {
        if (best) color(kGreen);
        append_score(score);
        if (best) color(kReset);
      });
      best = false;
      if (!by_image) end_image();
    }
    end_image();
    out_.write(text_);
  }

 private:
  static constexpr int kRowsOfQuery = 6, kRowsOfResult = 3;
  static constexpr std::size_t kImagesTogether = 64;

  void color(std::string_view code) {
    if (options_.color) text_ += code;
  }

  /// Draws an image in the next lines; the lines that follow are beside it.
  void begin_image(const ReportImage& image, int rows) {
    if (image.width == 0) return;
    const TerminalCells cells = cells_of(image, options_.preview, rows);
    left_ = cells.columns + 2;
    rows_ = cells.rows;
    // The lines are made first, because the terminal may scroll; then the cursor goes back.
    text_.append(static_cast<std::size_t>(rows_), '\n');
    text_ += "\x1b[" + std::to_string(rows_) + "A\x1b" + "7";
    append_terminal_image(text_, image, options_.preview, cells);
    text_ +=
        "\x1b"
        "8";
  }

  /// Goes below the image.
  void end_image() {
    if (rows_ > 0) text_.append(static_cast<std::size_t>(rows_), '\n');
    left_ = rows_ = 0;
  }

  template <class Append>
  void append_line(const Append& append) {
    if (left_ > 0) text_ += "\x1b[" + std::to_string(left_) + "G";
    append();
    text_ += '\n';
    if (rows_ > 0) --rows_;
  }

  void append_head(const Ranking& ranking) {
    append_line([&] {
      color(kBold);
      append_terminal_text(text_, ranking.label);
      color(kReset);
      if (ranking.truncated) text_ += "  (truncated)";
    });
    if (!ranking.outcome.ok()) append_failure(ranking.outcome);
  }

  void append_failure(const Outcome& outcome) {
    append_line([&] {
      text_ += "  ";
      color(kRed);
      text_.append("skipped: ").append(outcome.class_name()).append(": ");
      append_terminal_text(text_, outcome.message);
      color(kReset);
    });
  }

  void append_score(const RankedScore& score) {
    text_ += "  ";
    if (options_.probability) {
      append_fixed(text_, score.probability * 100.0F, 2, 6);
      text_ += std::isfinite(score.probability) ? "%  " : "   ";
    }
    append_fixed(text_, score.cosine, 4, 7);
    text_ += "  ";
    append_terminal_text(text_, score.label);
    if (score.truncated) text_ += "  (truncated)";
  }

  OutputFile& out_;
  RankingOptions options_;
  std::string text_;
  int left_ = 0;  ///< the column of lines beside an image; 0: there is none
  int rows_ = 0;  ///< lines that are still beside it
};

}  // namespace

std::unique_ptr<RankingWriter> make_ranking_writer(TableFormat format, OutputFile& out,
                                                   const RankingOptions& options) {
  switch (format) {
    case TableFormat::text:
      return std::make_unique<TextRankingWriter>(out, options);
    case TableFormat::json:
      return std::make_unique<JsonRankingWriter>(out, false, options.by);
    case TableFormat::jsonl:
      return std::make_unique<JsonRankingWriter>(out, true, options.by);
    case TableFormat::csv:
      return std::make_unique<SeparatedRankingWriter>(out, false, options.by);
    case TableFormat::tsv:
      return std::make_unique<SeparatedRankingWriter>(out, true, options.by);
    case TableFormat::html:
      return make_html_writer(out, options);
    case TableFormat::npy:
      break;
  }
  fail(ErrorCode::usage, "npy", "cannot hold rankings");
}

}  // namespace sightline
