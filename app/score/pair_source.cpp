// SPDX-License-Identifier: Apache-2.0
#include "score/pair_source.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "batch/image_extensions.h"
#include "batch/line_reader.h"
#include "batch/tar_source.h"
#include "cli/failure.h"
#include "sightline/base/escape.h"

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
  PairLines(const std::string& path, PairSourceOptions options)
      : lines_(path, {.max_line_bytes = kMaxPairBytes}), options_(std::move(options)) {
    if (!lines_.is_regular()) return;
    if (!lines_.is_stdin() && (has_tar_extension(path) || is_tar_file(path)))
      fail_inputs(ErrorCode::unsupported, path, "is a tar archive, expected lines of text", kPairRemedy);
    count_ = 0;
    Fields fields;
    while (next_line(fields)) {
      check_image(text_of(fields.image));
      ++*count_;
    }
    lines_.rewind();
  }

  bool next(Pair& pair) override {
    Fields fields;
    if (!next_line(fields)) return false;
    pair.image = text_of(fields.image);
    if (!count_) check_image(pair.image);
    const auto place = [&] {
      return lines_.name() + ": line " + std::to_string(lines_.number()) + ": caption";
    };
    pair.caption = make_caption(text_of(fields.caption), options_.invalid_utf8, place);
    return true;
  }

  bool ready(std::chrono::milliseconds patience) override { return lines_.ready(patience); }

  std::optional<std::int64_t> size() const override { return count_; }

 private:
  struct Fields {
    std::string_view image, caption;  ///< with escapes
  };

  bool next_line(Fields& fields) {
    std::string_view line;
    do {
      if (!lines_.next(line)) return false;
    } while (line.empty());
    const auto tabs = std::ranges::count(line, '\t');
    if (tabs != 1) {
      const std::string problem = "line " + std::to_string(lines_.number()) + " has " +
                                  (tabs == 0 ? "no tab" : std::to_string(tabs) + " tabs") +
                                  ", expected one between image and caption";
      fail_inputs(ErrorCode::header, lines_.name(), problem, kPairRemedy);
    }
    const std::size_t tab = line.find('\t');
    fields = {line.substr(0, tab), line.substr(tab + 1)};
    return true;
  }

  void check_image(const std::string& path) {
    if (checked_ == path) return;
    if (path == "-" && (lines_.is_stdin() || std::exchange(stdin_is_used_, true)))
      fail_usage("stdin can be read only once");
    if (options_.check_image) options_.check_image(path);
    checked_ = path;
  }

  LineReader lines_;
  PairSourceOptions options_;
  std::optional<std::int64_t> count_;
  std::optional<std::string> checked_;
  bool stdin_is_used_ = false;
};

}  // namespace

std::unique_ptr<PairSource> open_pairs(const std::string& path, PairSourceOptions options) {
  return std::make_unique<PairLines>(path, std::move(options));
}

}  // namespace sightline::app
