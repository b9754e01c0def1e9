#include "captions.h"

#include <algorithm>

#include "failure.h"
#include "inputs.h"
#include "sightline/base/format.h"
#include "sightline/io/file.h"
#include "sightline/model/locate.h"

namespace sightline::app {
namespace {

constexpr std::size_t kMaxTextBytes = 1U << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kDefaultTemplate = "a photo of a {}";

/// Errors: utf8 with the position of the first wrong byte (from 1), limit.
void check_text(std::string_view text, const std::string& subject) {
  if (text.size() > kMaxTextBytes) {
    fail_inputs(ErrorCode::limit, subject,
                "has " + std::to_string(text.size()) + " bytes, at most 1048576 are accepted");
  }
  if (is_utf8(text)) return;
  std::size_t position = 0;
  while (const int length = utf8_sequence_length(text.substr(position))) {
    position += static_cast<std::size_t>(length);
  }
  fail_inputs(ErrorCode::utf8, subject, "byte " + std::to_string(position + 1) + " is not UTF-8");
}

std::vector<std::string> read_lines(const std::string& path) {
  const std::string text = read_text_file(path);
  std::string_view rest = text;
  if (rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  std::vector<std::string> lines = split_lines(rest);
  const std::string name = path == "-" ? "stdin" : path;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    check_text(lines[i], name + ": line " + std::to_string(i + 1));
  }
  return lines;
}

std::vector<std::string> split_labels(std::string_view text) {
  std::vector<std::string> labels;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    std::string_view label = text.substr(begin, end - begin);
    while (label.starts_with(' ')) label.remove_prefix(1);
    while (label.ends_with(' ')) label.remove_suffix(1);
    if (label.empty()) fail_usage("--labels has an empty label", "write it as --labels cat,dog");
    labels.emplace_back(label);
    begin = end + 1;
  }
  return labels;
}

std::vector<std::string> read_templates(const CaptionOptions& options) {
  std::vector<std::string> templates = options.templates;
  if (!options.template_set.empty()) {
    if (options.template_set != "openai-imagenet") {
      fail_usage("unknown template set '" + options.template_set + "'",
                 "the set that exists: openai-imagenet");
    }
    const std::string path = join_path(data_folder(), "templates/openai-imagenet.txt");
    for (std::string& line : read_lines(path)) templates.push_back(std::move(line));
  }
  if (templates.empty()) templates.emplace_back(kDefaultTemplate);
  for (const std::string& text : templates) {
    check_text(text, "--template");
    if (text.find("{}") == std::string::npos) {
      fail_usage("template '" + text + "' has no {}",
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

std::vector<Caption> labelled(std::vector<std::string> labels, const std::vector<std::string>& templates) {
  std::vector<Caption> captions;
  for (std::string& label : labels) {
    Caption caption;
    for (const std::string& text : templates) {
      caption.prompts.push_back(fill(text, label));
      check_text(caption.prompts.back(), "label '" + label + "' in its template");
    }
    caption.label = std::move(label);
    captions.push_back(std::move(caption));
  }
  return captions;
}

}  // namespace

bool has_captions(const CaptionOptions& options) {
  const bool labels = options.labels.has_value() || !options.labels_file.empty();
  const int sources = static_cast<int>(!options.texts.empty()) + static_cast<int>(!options.file.empty()) +
                      static_cast<int>(options.labels.has_value()) +
                      static_cast<int>(!options.labels_file.empty());
  if (sources > 1)
    fail_usage("captions from more than one place",
               "give one of: captions, --captions, --labels, --labels-from");
  if (!labels && (!options.templates.empty() || !options.template_set.empty())) {
    fail_usage("templates need labels", "give --labels or --labels-from");
  }
  return sources == 1;
}

std::vector<Caption> gather_captions(const CaptionOptions& options) {
  if (options.labels.has_value() || !options.labels_file.empty()) {
    const std::vector<std::string> templates = read_templates(options);
    std::vector<std::string> labels =
        options.labels ? split_labels(*options.labels) : read_lines(options.labels_file);
    if (options.labels) {
      for (const std::string& label : labels) check_text(label, "--labels");
    }
    return labelled(std::move(labels), templates);
  }
  std::vector<std::string> texts = options.file.empty() ? options.texts : read_lines(options.file);
  std::vector<Caption> captions;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (options.file.empty()) check_text(texts[i], "caption " + std::to_string(i + 1));
    captions.push_back({texts[i], {texts[i]}});
  }
  return captions;
}

}  // namespace sightline::app
