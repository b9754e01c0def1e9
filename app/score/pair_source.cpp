// SPDX-License-Identifier: Apache-2.0
#include "score/pair_source.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "batch/image_extensions.h"
#include "batch/line_reader.h"
#include "batch/tar_source.h"
#include "cli/failure.h"
#include "score/tar_pairs.h"
#include "sightline/base/escape.h"
#include "sightline/containers/byte_stream.h"

namespace sightline::app {
namespace {

constexpr std::size_t kMaxPairBytes = 4 << 20;
constexpr std::string_view kPairRemedy =
    "each line is IMAGE, a tab and CAPTION; a tab within one of them is written as \\t";

std::string text_of(std::string_view field) {
  std::string text;
  append_tsv_text(text, field);
  return text;
}

class PairLines : public PairSource {
 public:
  PairLines(std::unique_ptr<LineReader> lines, PairSourceOptions options)
      : lines_(std::move(lines)), options_(std::move(options)) {
    if (!lines_->is_regular()) return;
    count_ = 0;
    Fields fields;
    while (next_line(fields)) {
      check_image(text_of(fields.image));
      ++*count_;
    }
    lines_->rewind();
  }

  bool next(Pair& pair) override {
    Fields fields;
    if (!next_line(fields)) return false;
    pair.image = {.path = text_of(fields.image)};
    if (!count_) check_image(pair.image.path);
    const auto place = [&] {
      return lines_->name() + ": line " + std::to_string(lines_->number()) + ": caption";
    };
    pair.caption = make_caption(text_of(fields.caption), options_.invalid_utf8, place);
    return true;
  }

  bool ready(std::chrono::milliseconds patience) override { return lines_->ready(patience); }

  std::optional<std::int64_t> size() const override { return count_; }

 private:
  struct Fields {
    std::string_view image, caption;  ///< with escapes
  };

  bool next_line(Fields& fields) {
    std::string_view line;
    do {
      if (!lines_->next(line)) return false;
    } while (line.empty());
    const auto tabs = std::ranges::count(line, '\t');
    if (tabs != 1) {
      const std::string problem = "line " + std::to_string(lines_->number()) + " has " +
                                  (tabs == 0 ? "no tab" : std::to_string(tabs) + " tabs") +
                                  ", expected one between image and caption";
      fail_inputs(ErrorCode::header, lines_->name(), problem, kPairRemedy);
    }
    const std::size_t tab = line.find('\t');
    fields = {line.substr(0, tab), line.substr(tab + 1)};
    return true;
  }

  void check_image(const std::string& path) {
    if (checked_ == path) return;
    if (path == "-" && (lines_->is_stdin() || std::exchange(stdin_is_used_, true)))
      fail_usage("stdin can be read only once");
    if (options_.check_image) options_.check_image(path);
    checked_ = path;
  }

  std::unique_ptr<LineReader> lines_;
  PairSourceOptions options_;
  std::optional<std::int64_t> count_;
  std::optional<std::string> checked_;
  bool stdin_is_used_ = false;
};

/// What a LineReader has not returned as lines.
class RestOfLines : public ByteStream {
 public:
  explicit RestOfLines(std::unique_ptr<LineReader> lines) : lines_(std::move(lines)) {}
  std::size_t read(std::span<std::byte> out) override { return lines_->read_bytes(out); }

 private:
  std::unique_ptr<LineReader> lines_;
};

/// Finds out whether the file has lines or is an archive. May wait for its first bytes.
std::unique_ptr<PairSource> choose_source(const std::string& path, std::unique_ptr<LineReader> lines,
                                          PairSourceOptions options) {
  const bool has_name = lines->is_regular() && !lines->is_stdin();
  const std::string name = lines->is_stdin() ? "-" : path;
  const std::string_view head = lines->head(kTarBlockBytes);
  // Lines are never compressed, so the name of an archive is assumed where there is none.
  if (head.empty() || !is_tar(as_bytes(head), has_name ? path : "-.tar"))
    return std::make_unique<PairLines>(std::move(lines), std::move(options));
  return in_stage(Stage::inputs, [&] {
    auto rest = std::make_unique<RestOfLines>(std::move(lines));
    auto stream = has_name ? open_byte_stream(path)
                           : decompress(std::make_unique<BufferedStream>(std::move(rest)), name);
    return std::make_unique<TarPairs>(name, std::move(stream), options.invalid_utf8);
  });
}

/// The pairs of a pipe, whose kind is not known before its first bytes arrive.
class PipedPairs : public PairSource {
 public:
  PipedPairs(std::string path, std::unique_ptr<LineReader> lines, PairSourceOptions options)
      : path_(std::move(path)), lines_(std::move(lines)), options_(std::move(options)) {}

  bool next(Pair& pair) override {
    if (source_ == nullptr) source_ = choose_source(path_, std::move(lines_), std::move(options_));
    return source_->next(pair);
  }
  bool ready(std::chrono::milliseconds patience) override {
    return source_ != nullptr && source_->ready(patience);
  }
  std::optional<std::int64_t> size() const override { return std::nullopt; }

 private:
  std::string path_;
  std::unique_ptr<LineReader> lines_;
  PairSourceOptions options_;
  std::unique_ptr<PairSource> source_;
};

}  // namespace

std::unique_ptr<PairSource> open_pairs(const std::string& path, PairSourceOptions options) {
  auto lines = std::make_unique<LineReader>(path, LineRules{.max_line_bytes = kMaxPairBytes});
  if (lines->is_regular()) return choose_source(path, std::move(lines), std::move(options));
  return std::make_unique<PipedPairs>(path, std::move(lines), std::move(options));
}

}  // namespace sightline::app
