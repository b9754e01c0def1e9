// SPDX-License-Identifier: Apache-2.0
#include "sightline/output/ranking_writer.h"

#include <cmath>
#include <string>

#include "sightline/base/error.h"
#include "sightline/base/escape.h"
#include "sightline/base/format.h"

namespace sightline {
namespace {

// One of these objects:
// {"image":"a.jpg","status":"ok","scores":[{"caption":"dog","index":0,"cosine":...,"probability":...}]}
// {"caption":"a dog","index":0,"scores":[{"image":"a.jpg","index":3,...}]}
// {"like":"dog.jpg","index":1,"scores":[{"image":"a.jpg","index":3,...}]}
class JsonRankingWriter : public RankingWriter {
 public:
  JsonRankingWriter(OutputFile& out, bool lines, RankBy by) : out_(out), lines_(lines), by_(by) {}

  void begin() override {
    if (!lines_) out_.write("[");
  }

  void write(const Ranking& ranking) override {
    text_ = lines_ ? "{" : first_ ? "\n{" : ",\n{";
    first_ = false;
    const bool by_image = by_ == RankBy::image;
    const std::string_view query = ranking.is_image_query ? "like" : "caption";
    append_json_label(text_, by_image ? "image" : query, ranking.label);
    if (!by_image) text_ += ",\"index\":" + std::to_string(ranking.index);
    if (ranking.truncated) text_ += ",\"truncated\":true";
    if (ranking.error_class.empty()) {
      if (by_image) text_ += ",\"status\":\"ok\"";
      text_ += ",\"scores\":[";
      for (const RankedScore& score : ranking.scores) append_score(score);
      if (!ranking.scores.empty()) text_.pop_back();
      text_ += ']';
    } else {
      append_json_failure(text_, ranking.error_class, ranking.message);
    }
    text_ += lines_ ? "}\n" : "}";
    out_.write(text_);
  }

  void finish() override {
    if (!lines_) out_.write(first_ ? "]\n" : "\n]\n");
  }

 private:
  void append_score(const RankedScore& score) {
    text_ += '{';
    append_json_label(text_, by_ == RankBy::image ? "caption" : "image", score.label);
    text_ += ",\"index\":" + std::to_string(score.index) + ",\"cosine\":";
    append_float(text_, score.cosine);
    text_ += ",\"logit\":";
    append_float(text_, score.logit);
    text_ += ",\"probability\":";
    append_float(text_, score.probability);
    if (score.truncated) text_ += ",\"truncated\":true";
    text_ += "},";
  }

  OutputFile& out_;
  bool lines_;
  RankBy by_;
  bool first_ = true;
  std::string text_;
};

// Both rankings have the same columns: image caption rank cosine logit probability.
class SeparatedRankingWriter : public RankingWriter {
 public:
  SeparatedRankingWriter(OutputFile& out, bool tabs, RankBy by) : out_(out), tabs_(tabs), by_(by) {}

  void begin() override {
    text_.clear();
    for (const std::string_view column : {"image", "caption", "rank", "cosine", "logit", "probability"}) {
      append_field(column);
    }
    end_line();
    out_.write(text_);
  }

  void write(const Ranking& ranking) override {
    text_.clear();
    std::int64_t rank = 0;
    for (const RankedScore& score : ranking.scores) {
      append_field(by_ == RankBy::image ? ranking.label : score.label);
      append_field(by_ == RankBy::image ? score.label : ranking.label);
      append_field(std::to_string(++rank));
      for (const float value : {score.cosine, score.logit, score.probability}) {
        append_field_float(text_, value);
        text_ += separator();
      }
      end_line();
    }
    out_.write(text_);
  }

 private:
  char separator() const { return tabs_ ? '\t' : ','; }

  void append_field(std::string_view field) {
    if (tabs_) {
      append_tsv_field(text_, field);
    } else {
      append_csv_field(text_, field);
    }
    text_ += separator();
  }

  void end_line() {
    text_.pop_back();  // the separator after the last field
    text_ += tabs_ ? kTsvLineEnd : kCsvLineEnd;
  }

  OutputFile& out_;
  bool tabs_;
  RankBy by_;
  std::string text_;
};

constexpr std::string_view kBold = "\x1b[1m", kGreen = "\x1b[32m", kRed = "\x1b[31m", kReset = "\x1b[0m";

// For reading on a terminal: the label of the query, then the probability (if requested), cosine and label of
// each score, best first.
class TextRankingWriter : public RankingWriter {
 public:
  TextRankingWriter(OutputFile& out, const RankingOptions& options)
      : out_(out), color_(options.color), probability_(options.probability) {}

  void write(const Ranking& ranking) override {
    text_.clear();
    color(kBold);
    append_terminal_text(text_, ranking.label);
    color(kReset);
    text_ += ranking.truncated ? "  (truncated)\n" : "\n";
    if (!ranking.error_class.empty()) append_failure(ranking);
    bool best = true;
    for (const RankedScore& score : ranking.scores) {
      if (best) color(kGreen);
      append_score(score);
      if (best) color(kReset);
      text_ += '\n';
      best = false;
    }
    out_.write(text_);
  }

 private:
  void color(std::string_view code) {
    if (color_) text_ += code;
  }

  void append_failure(const Ranking& ranking) {
    text_ += "  ";
    color(kRed);
    text_.append("skipped: ").append(ranking.error_class).append(": ");
    append_terminal_text(text_, ranking.message);
    color(kReset);
    text_ += '\n';
  }

  void append_score(const RankedScore& score) {
    text_ += "  ";
    if (probability_) {
      append_fixed(text_, score.probability * 100.0F, 2, 6);
      text_ += std::isfinite(score.probability) ? "%  " : "   ";
    }
    append_fixed(text_, score.cosine, 4, 7);
    text_ += "  ";
    append_terminal_text(text_, score.label);
    if (score.truncated) text_ += "  (truncated)";
  }

  OutputFile& out_;
  bool color_, probability_;
  std::string text_;
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
    case TableFormat::npy:
      break;
  }
  fail(ErrorCode::usage, "npy", "cannot hold rankings");
}

}  // namespace sightline
