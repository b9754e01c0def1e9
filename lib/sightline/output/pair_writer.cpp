// SPDX-License-Identifier: Apache-2.0
#include "sightline/output/pair_writer.h"

#include <string>

#include "sightline/base/error.h"
#include "sightline/base/escape.h"
#include "sightline/base/format.h"

namespace sightline {
namespace {

// {"image":"a.jpg","caption":"a dog","status":"ok","cosine":...,"logit":...,"clipscore":...}
class JsonPairWriter : public PairWriter {
 public:
  JsonPairWriter(OutputFile& out, bool lines) : out_(out), lines_(lines) {}

  void begin() override {
    if (!lines_) out_.write("[");
  }

  void write(const ScoredPair& pair) override {
    text_ = lines_ ? "{" : first_ ? "\n{" : ",\n{";
    first_ = false;
    append_json_label(text_, "image", pair.image);
    text_ += ',';
    append_json_label(text_, "caption", pair.caption);
    if (pair.error_class.empty()) {
      text_ += ",\"status\":\"ok\",\"cosine\":";
      append_float(text_, pair.cosine);
      text_ += ",\"logit\":";
      append_float(text_, pair.logit);
      text_ += ",\"clipscore\":";
      append_float(text_, pair.clipscore);
      if (pair.truncated) text_ += ",\"truncated\":true";
    } else {
      append_json_failure(text_, pair.error_class, pair.message);
    }
    text_ += lines_ ? "}\n" : "}";
    out_.write(text_);
  }

  void finish() override {
    if (!lines_) out_.write(first_ ? "]\n" : "\n]\n");
  }

 private:
  OutputFile& out_;
  bool lines_;
  bool first_ = true;
  std::string text_;
};

// Columns: image caption status cosine logit clipscore.
class SeparatedPairWriter : public PairWriter {
 public:
  SeparatedPairWriter(OutputFile& out, bool tabs) : out_(out), tabs_(tabs) {}

  void begin() override {
    text_.clear();
    for (const std::string_view column : {"image", "caption", "status", "cosine", "logit", "clipscore"})
      append_field(column);
    end_line();
  }

  void write(const ScoredPair& pair) override {
    const bool good = pair.error_class.empty();
    text_.clear();
    append_field(pair.image);
    append_field(pair.caption);
    append_field(good ? "ok" : "skipped");
    for (const float value : {pair.cosine, pair.logit, pair.clipscore}) {
      if (good) append_field_float(text_, value);
      text_ += separator();
    }
    end_line();
  }

 private:
  char separator() const { return tabs_ ? '\t' : ','; }

  void append_field(std::string_view field) {
    tabs_ ? append_tsv_field(text_, field) : append_csv_field(text_, field);
    text_ += separator();
  }

  void end_line() {
    text_.pop_back();  // the separator after the last field
    text_ += tabs_ ? kTsvLineEnd : kCsvLineEnd;
    out_.write(text_);
  }

  OutputFile& out_;
  bool tabs_;
  std::string text_;
};

constexpr std::string_view kRed = "\x1b[31m", kReset = "\x1b[0m";

// For reading on a terminal: CLIPScore, cosine, image and caption.
class TextPairWriter : public PairWriter {
 public:
  TextPairWriter(OutputFile& out, bool color) : out_(out), color_(color) {}

  void write(const ScoredPair& pair) override {
    const bool good = pair.error_class.empty();
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
      text_.append("  (skipped: ").append(pair.error_class).append(")");
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
      break;
  }
  fail(ErrorCode::usage, "npy", "cannot hold pairs");
}

}  // namespace sightline
