// SPDX-License-Identifier: Apache-2.0
#include "batch/captions.h"

#include <algorithm>

#include "batch/text_list.h"
#include "batch/utf8_repair.h"
#include "cli/failure.h"
#include "sightline/base/format.h"
#include "sightline/files/file.h"
#include "sightline/model/data_folder.h"
#include "sightline/model/locate.h"

namespace sightline::app {
namespace {

constexpr std::size_t kMaxTextBytes = 1U << 20;
constexpr std::size_t kMaxInlineLabelBytes = 1000;
constexpr std::string_view kDefaultTemplate = "a photo of a {}";

/// Position of the first byte that is not UTF-8, from 1.
std::size_t first_invalid_byte(std::string_view text) {
  std::size_t position = 0;
  while (const int length = utf8_sequence_length(text.substr(position))) {
    position += static_cast<std::size_t>(length);
  }
  return position + 1;
}

/// Makes a caption without prompts; repairs it if requested, and refuses it if it is too long or not UTF-8.
Caption check_text(std::string text, InvalidUtf8 invalid_utf8, CaptionPlace place) {
  Caption caption;
  if (invalid_utf8 == InvalidUtf8::replace && !is_utf8(text)) {
    RepairedText repaired = repair_utf8(text);
    text = std::move(repaired.text);
    caption.replaced = repaired.replaced;
  }
  if (text.size() > kMaxTextBytes) {
    const std::string problem =
        "has " + std::to_string(text.size()) + " bytes, expected at most " + std::to_string(kMaxTextBytes);
    caption.error.emplace(ErrorCode::limit, place(), problem);
    text.resize(kMaxInlineLabelBytes);
  } else if (!is_utf8(text)) {
    caption.error.emplace(ErrorCode::utf8, place(),
                          "byte " + std::to_string(first_invalid_byte(text)) + " is not UTF-8");
  }
  caption.label = std::move(text);
  return caption;
}

enum class Whitespace {
  keep,   ///< an empty line is an empty caption
  strip,  ///< trim each line and ignore blank lines
};

std::vector<Caption> read_lines(const std::string& path, const CaptionOptions& options,
                                Whitespace whitespace) {
  const std::string name = path == "-" ? "standard input" : path;
  std::vector<Caption> captions;
  for (ListLine& line : read_list(path)) {
    if (whitespace == Whitespace::strip) {
      line.text = trim(line.text);
      if (line.text.empty()) continue;
    }
    captions.push_back(check_text(std::move(line.text), options.invalid_utf8,
                                  [&] { return name + ": line " + std::to_string(line.number); }));
  }
  return captions;
}

/// Checks texts from the command line; messages call them `what` with their number.
std::vector<Caption> check_arguments(const std::vector<std::string>& texts, const CaptionOptions& options,
                                     std::string_view what) {
  std::vector<Caption> captions;
  for (const std::string& text : texts) {
    captions.push_back(check_text(text, options.invalid_utf8, [&] {
      return std::string(what) + " " + std::to_string(captions.size() + 1);
    }));
  }
  return captions;
}

std::vector<std::string> split_labels(std::string_view text) {
  std::vector<std::string> labels;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view label = trim(text.substr(begin, end - begin));
    if (label.empty()) {
      // The shell splits at spaces: in `--labels cat, dog`, "dog" is a separate argument.
      fail_usage("--labels has an empty label", text.ends_with(',') && text.size() > 1
                                                    ? "quote a list that contains spaces: --labels 'cat, dog'"
                                                    : "example: --labels cat,dog");
    }
    labels.emplace_back(label);
    begin = end + 1;
  }
  return labels;
}

std::vector<Caption> read_templates(const CaptionOptions& options) {
  std::vector<Caption> templates = check_arguments(options.templates, options, "--template");
  if (!options.template_set.empty()) {
    const std::string path = join_path(data_folder().string(), "templates/" + options.template_set + ".txt");
    for (Caption& line : read_lines(path, options, Whitespace::keep)) templates.push_back(std::move(line));
  }
  if (templates.empty()) templates.emplace_back().label = kDefaultTemplate;
  require_valid(templates);
  for (const Caption& text : templates) {
    if (text.label.find("{}") == std::string::npos) {
      fail_usage("template '" + text.label + "' has no {}",
                 "{} is where the label goes: --template 'a photo of a {}'");
    }
  }
  return templates;
}

std::string fill(std::string_view text, std::string_view label) {
  std::string filled;
  for (std::size_t at = text.find("{}"); at != std::string_view::npos; at = text.find("{}")) {
    filled.append(text.substr(0, at)).append(label);
    text.remove_prefix(at + 2);
  }
  return filled.append(text);
}

/// Inserts the label into all templates; refuses the caption if a prompt is too long.
void fill_templates(Caption& caption, const std::vector<Caption>& templates, const CaptionOptions& options) {
  for (const Caption& text : templates) {
    Caption prompt = check_text(fill(text.label, caption.label), options.invalid_utf8, [&] {
      return "label '" + caption.label.substr(0, kMaxInlineLabelBytes) + "' in its template";
    });
    if (prompt.error) {
      caption.error = std::move(prompt.error);
      caption.prompts.clear();
      return;
    }
    caption.prompts.push_back(std::move(prompt.label));
  }
}

}  // namespace

const std::vector<Choice<InvalidUtf8>>& invalid_utf8_choices() {
  static const std::vector<Choice<InvalidUtf8>> choices = {{"refuse", InvalidUtf8::refuse},
                                                           {"replace", InvalidUtf8::replace}};
  return choices;
}

std::vector<std::string> template_sets() { return {"openai-imagenet"}; }

bool has_captions(const CaptionOptions& options) {
  const bool labels = options.labels.has_value() || !options.labels_file.empty();
  const int sources = static_cast<int>(!options.texts.empty()) + static_cast<int>(!options.file.empty()) +
                      static_cast<int>(options.labels.has_value()) +
                      static_cast<int>(!options.labels_file.empty());
  if (sources > 1)
    fail_usage("use only one of " + std::string(options.texts_name) +
               ", --captions, --labels, --labels-from");
  if (!labels && (!options.templates.empty() || !options.template_set.empty())) {
    fail_usage("templates require labels", "add --labels or --labels-from");
  }
  return sources == 1;
}

std::vector<std::string> templates_of(const CaptionOptions& options) {
  std::vector<std::string> templates;
  if (!options.labels && options.labels_file.empty()) return templates;
  for (const Caption& line : read_templates(options)) templates.push_back(line.label);
  return templates;
}

std::vector<Caption> gather_captions(const CaptionOptions& options) {
  const bool labels = options.labels.has_value() || !options.labels_file.empty();
  const std::vector<Caption> templates = labels ? read_templates(options) : std::vector<Caption>();
  const std::string& file = labels ? options.labels_file : options.file;
  std::vector<Caption> captions =
      !file.empty() ? read_lines(file, options, labels ? Whitespace::strip : Whitespace::keep)
      : labels      ? check_arguments(split_labels(*options.labels), options, "label")
                    : check_arguments(options.texts, options, "caption");
  for (Caption& caption : captions) {
    if (caption.error) continue;
    if (labels) {
      fill_templates(caption, templates, options);
    } else {
      caption.prompts = {caption.label};
    }
  }
  return captions;
}

Caption make_caption(std::string text, InvalidUtf8 invalid_utf8, CaptionPlace place) {
  Caption caption = check_text(std::move(text), invalid_utf8, place);
  if (!caption.error) caption.prompts = {caption.label};
  return caption;
}

std::vector<std::string> caption_warnings(const Caption& caption, bool truncated, std::int64_t longest) {
  std::vector<std::string> warnings;
  if (caption.replaced > 0) {
    warnings.push_back("is not UTF-8; " + std::to_string(caption.replaced) +
                       (caption.replaced == 1 ? " invalid sequence" : " invalid sequences") +
                       " replaced with U+FFFD");
  }
  if (truncated) {
    warnings.push_back("is longer than the model accepts; truncated to " + std::to_string(longest) +
                       " tokens");
  }
  return warnings;
}

void require_valid(std::span<const Caption> captions) {
  for (const Caption& caption : captions) {
    if (caption.error) throw Failure(Stage::inputs, *caption.error);
  }
}

}  // namespace sightline::app
