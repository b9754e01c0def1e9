// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/error.h"

namespace sightline::app {

/// What happens to a text that is not UTF-8.
enum class InvalidUtf8 { refuse, replace };
/// "refuse" or "replace"
std::string_view name_of(InvalidUtf8 choice);

/// The published template sets that ship with the program.
std::vector<std::string> template_sets();

/// Which texts, as the command line says.
struct CaptionOptions {
  std::vector<std::string> texts;      ///< -c, or the arguments of embed-text
  std::string_view texts_name = "-c";  ///< what messages call them
  std::string file;                    ///< --captions; "-" is stdin
  std::optional<std::string> labels;   ///< --labels
  std::string labels_file;             ///< --labels-from; "-" is stdin
  std::vector<std::string> templates;  ///< --template
  std::string template_set;            ///< --templates: one of `template_sets`
  InvalidUtf8 invalid_utf8 = InvalidUtf8::refuse;
};

/// What stands in the results, and the texts whose embeddings' mean is its own: one, or one per template.
struct Caption {
  std::string label;                 ///< the first 1,000 bytes of a text above 1 MiB
  std::vector<std::string> prompts;  ///< none when it is refused
  std::int64_t replaced = 0;         ///< how many U+FFFD `--invalid-utf8 replace` put into it
  std::optional<Error> error;        ///< why it is refused, with its place: "captions.txt: line 7"
};

/// Whether any of the four sources is given. Errors: usage when there is more than one, or templates without
/// labels.
bool has_captions(const CaptionOptions& options);

/// All captions in the order given, those that are refused (utf8 with line and byte; limit above 1 MiB a
/// text) among them. Errors: usage (a template without {}, an empty label); those of the files and templates.
std::vector<Caption> gather_captions(const CaptionOptions& options);

/// The templates that labels are put into; none where there are no labels. Errors: as `gather_captions`.
std::vector<std::string> templates_of(const CaptionOptions& options);

/// Errors: Failure of Stage::inputs, the first refusal among them.
void require_good(std::span<const Caption> captions);

}  // namespace sightline::app
