// SPDX-License-Identifier: Apache-2.0
#include "query_options.h"

#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <initializer_list>
#include <string>
#include <string_view>

#include "failure.h"
#include "score_run.h"
#include "sightline/base/format.h"
#include "sightline/files/file.h"

namespace sightline::app {
namespace {

constexpr std::string_view kPlainBytes =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+,@%:=-";

/// As a shell takes it for one word.
std::string shell_word(std::string_view text) {
  if (text.find_first_not_of(kPlainBytes) == std::string_view::npos) return std::string(text);
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

bool is_file(const std::string& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

/// "--image-embeddings and --strict exclude each other" for the first of `names` that is given.
void exclude(const CLI::App& parser, const std::string& option, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (parser.count(name) > 0) fail_usage(option + " and " + name + " exclude each other");
  }
}

void add_limit(CLI::App& parser, const std::string& name, std::optional<CosineLimit>& limit,
               const std::string& help) {
  const auto check = [](const std::string& text) {
    return parse_cosine(text) ? "" : "is '" + text + "', expected a cosine from -1 to 1";
  };
  parser
      .add_option_function<std::string>(
          name, [&limit](const std::string& text) { limit = parse_cosine(text); }, help)
      ->type_name("X")
      ->check(check)
      ->group("Output");
}

}  // namespace

void add_query_options(CLI::App& parser, ScoreOptions& o) {
  add_values(parser, "--like", o.like, "an image as the query, ranks images by it; repeatable", "Input")
      .type_name("IMAGE");
  add_choice(parser, "--by", o.by, {"image", "caption"},
             "rank captions for each image, or images for each caption [image; caption with --like]",
             "Output");
  add_limit(parser, "--threshold", o.threshold, "only scores whose cosine is at least X");
  add_limit(parser, "--fail-under", o.fail_under,
            "exit status 9 when the best cosine of an image (or of a caption, by caption) is below X");
}

void check_queries(const CLI::App& parser, const ScoreOptions& o) {
  const bool stored_images = !o.image_embeddings.empty();
  if (o.like.empty()) {
    if (stored_images) {
      exclude(parser, "--image-embeddings", {"--strict", "--lenient", "--preprocess", "--alpha", "--exif"});
    }
    return;
  }
  if (o.by == "image") {
    fail_usage("--by image and --like exclude each other", "--like ranks images, as --by caption does");
  }
  for (const std::string& path : o.like) {
    if (path.empty()) fail_usage("--like has an empty name", "name an image file, or - for stdin");
    if (path != "-" && is_directory(path)) {
      fail_inputs(ErrorCode::unsupported, path, "is a folder, but --like takes an image",
                  "give the images to rank as arguments, and each query as --like IMAGE");
    }
  }
  if (!has_captions(o.captions) && o.text_embeddings.empty()) {
    for (const char* name : {"--invalid-utf8", "--text-cleaning"}) {
      if (parser.count(name) > 0) fail_usage(std::string(name) + " is for captions, and none is given");
    }
  }
}

void note_captions_that_are_files(const ScoreOptions& o) {
  for (const std::string& text : o.captions.texts) {
    if (!is_file(text)) continue;
    note(o.console, "'" + printable(text) + "' is a file; to search by an image use --like " +
                        printable(shell_word(text)));
  }
}

}  // namespace sightline::app
