// SPDX-License-Identifier: Apache-2.0
#include "sightline/output/pair_writer.h"

#include <string>

#include "sightline/base/error.h"
#include "sightline/base/escape.h"
#include "sightline/base/format.h"
#include "sightline/output/json_objects.h"
#include "sightline/output/separated_lines.h"

namespace sightline {
namespace {

// {"image":"a.jpg","caption":"a dog","status":"ok","cosine":...,"logit":...,"clipscore":...}
class JsonPairWriter : public PairWriter {
 public:
  JsonPairWriter(OutputFile& out, bool lines) : objects_(out, lines) {}

  void begin() override { objects_.begin(); }

  void write(const ScoredPair& pair) override {
    std::string& text = objects_.open();
    append_json_label(text, "image", pair.image);
    text += ',';
    append_json_label(text, "caption", pair.caption);
    if (pair.outcome.ok()) {
      text += ",\"status\":\"ok\",\"cosine\":";
      append_float(text, pair.cosine);
      text += ",\"logit\":";
      append_float(text, pair.logit);
      text += ",\"clipscore\":";
      append_float(text, pair.clipscore);
      if (pair.truncated) text += ",\"truncated\":true";
    } else {
      append_json_failure(text, pair.outcome);
    }
    objects_.close();
  }

  void finish() override { objects_.finish(); }

 private:
  JsonObjects objects_;
};

// Columns: image caption status cosine logit clipscore.
class SeparatedPairWriter : public PairWriter {
 public:
  SeparatedPairWriter(OutputFile& out, bool tabs) : lines_(out, tabs) {}

  void begin() override {
    for (const std::string_view column : {"image", "caption", "status", "cosine", "logit", "clipscore"})
      lines_.add(column);
    lines_.end_line();
    lines_.write();
  }

  void write(const ScoredPair& pair) override {
    const bool good = pair.outcome.ok();
    for (const std::string_view text : {pair.image, pair.caption, std::string_view(good ? "ok" : "skipped")})
      lines_.add(text);
    for (const float value : {pair.cosine, pair.logit, pair.clipscore})
      good ? lines_.add(value) : lines_.add_empty();
    lines_.end_line();
    lines_.write();
  }

 private:
  SeparatedLines lines_;
};

constexpr std::string_view kRed = "\x1b[31m", kReset = "\x1b[0m";

// For reading on a terminal: CLIPScore, cosine, image and caption.
class TextPairWriter : public PairWriter {
 public:
  TextPairWriter(OutputFile& out, bool color) : out_(out), color_(color) {}

  void write(const ScoredPair& pair) override {
    const bool good = pair.outcome.ok();
    text_.clear();
    append_score(good, pair.clipscore);
    append_score(good, pair.cosine);
    text_ += "  ";
    append_terminal_text(text_, pair.image);
    text_ += "  ";
    append_terminal_text(text_, pair.caption);
    if (pair.truncated) text_ += "  (truncated)";
    if (!good) {
      color(kRed);
      text_.append("  (skipped: ").append(pair.outcome.class_name()).append(")");
      color(kReset);
    }
    text_ += '\n';
    out_.write(text_);
  }

 private:
  void append_score(bool good, float score) {
    text_ += "  ";
    good ? append_fixed(text_, score, 4, 7) : void(text_ += "      -");
  }

  void color(std::string_view code) {
    if (color_) text_ += code;
  }

  OutputFile& out_;
  bool color_;
  std::string text_;
};

}  // namespace

std::unique_ptr<PairWriter> make_pair_writer(TableFormat format, OutputFile& out, bool color) {
  switch (format) {
    case TableFormat::text:
      return std::make_unique<TextPairWriter>(out, color);
    case TableFormat::json:
      return std::make_unique<JsonPairWriter>(out, false);
    case TableFormat::jsonl:
      return std::make_unique<JsonPairWriter>(out, true);
    case TableFormat::csv:
      return std::make_unique<SeparatedPairWriter>(out, false);
    case TableFormat::tsv:
      return std::make_unique<SeparatedPairWriter>(out, true);
    case TableFormat::npy:
    case TableFormat::html:
      break;
  }
  fail(ErrorCode::usage, format == TableFormat::npy ? "npy" : "html", "cannot hold pairs");
}

}  // namespace sightline
