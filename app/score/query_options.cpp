// SPDX-License-Identifier: Apache-2.0
#include "score/query_options.h"

#include <sys/stat.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include "cli/failure.h"
#include "cli/option_values.h"
#include "score/score_run.h"
#include "sightline/base/format.h"
#include "sightline/files/file.h"

namespace sightline::app {
namespace {

constexpr std::string_view kPlainBytes =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+,@%:=-";

/// Quotes `text` as one shell word.
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

/// "--image-embeddings and --strict cannot be combined" for the first of `names` that is given.
void exclude(const CommandLine& line, const std::string& option, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (line.given(name)) fail_usage(option + " and " + name + " cannot be combined");
  }
}

OptionValue cosine(std::optional<CosineLimit>& limit) {
  OptionValue value;
  value.parse = [&limit](const std::string& text) -> std::string {
    limit = parse_cosine(text);
    return limit ? "" : "is '" + text + "', expected a cosine from -1 to 1";
  };
  return value;
}

}  // namespace

void add_query_options(CommandLine& line, ScoreOptions& o) {
  line.add({.names = {"--like"},
            .value_name = "IMAGE",
            .help = "rank images by their similarity to this image; repeatable",
            .value = texts(o.like),
            .completion = Completion::files});
  line.add({.names = {"--by"},
            .help = "rank captions for each image, or images for each caption [image; caption with --like]",
            .group = HelpGroup::output,
            .value = optional_choice(o.by, {{"image", RankBy::image}, {"caption", RankBy::caption}})});
  line.add({.names = {"--threshold"},
            .value_name = "X",
            .help = "keep only scores with a cosine of at least X",
            .group = HelpGroup::output,
            .value = cosine(o.threshold)});
  line.add({.names = {"--fail-under"},
            .value_name = "X",
            .help = "exit with status 9 if the best cosine of an image (with --by caption: of a caption) is "
                    "below X",
            .group = HelpGroup::output,
            .value = cosine(o.fail_under)});
}

void check_queries(const CommandLine& line, const ScoreOptions& o) {
  const bool stored_images = !o.image_embeddings.empty();
  if (o.like.empty()) {
    if (stored_images) {
      exclude(line, "--image-embeddings",
              {"--strict", "--lenient", "--preprocess", "--max-patches", "--alpha", "--exif"});
    }
    return;
  }
  if (o.by == RankBy::image) {
    fail_usage("--by image and --like cannot be combined", "--like ranks images, as --by caption does");
  }
  for (const std::string& path : o.like) {
    if (path.empty()) fail_usage("--like is empty, expected an image file or - for stdin");
    if (path != "-" && is_directory(path)) {
      fail_inputs(ErrorCode::unsupported, path, "is a folder, but --like takes an image file",
                  "give the images to rank as arguments, and each query with --like IMAGE");
    }
  }
  if (!has_captions(o.captions) && o.text_embeddings.empty()) {
    for (const char* name : {"--invalid-utf8", "--text-cleaning"}) {
      if (line.given(name)) fail_usage(std::string(name) + " requires captions, and none are given");
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
