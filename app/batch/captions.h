// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/option_values.h"
#include "sightline/base/error.h"
#include "sightline/base/function_ref.h"

namespace sightline::app {

/// What happens to a text that is not UTF-8.
enum class InvalidUtf8 { refuse, replace };
/// The values of `--invalid-utf8`; the first one is the default.
const std::vector<Choice<InvalidUtf8>>& invalid_utf8_choices();

/// The published template sets that ship with the program.
std::vector<std::string> template_sets();

/// The texts given on the command line.
struct CaptionOptions {
  std::vector<std::string> texts;      ///< -c, or the arguments of embed-text
  std::string_view texts_name = "-c";  ///< their name in messages
  std::string file;                    ///< --captions; "-" is stdin
  std::optional<std::string> labels;   ///< --labels
  std::string labels_file;             ///< --labels-from; "-" is stdin
  std::vector<std::string> templates;  ///< --template
  std::string template_set;            ///< --templates: one of `template_sets`
  InvalidUtf8 invalid_utf8 = InvalidUtf8::refuse;
};

/// A caption as it appears in the results, and the texts whose mean embedding represents it: one, or one per
/// template.
struct Caption {
  std::string label;                 ///< the first 1,000 bytes of a text above 1 MiB
  std::vector<std::string> prompts;  ///< empty if the caption is refused
  std::int64_t replaced = 0;         ///< number of U+FFFD inserted by `--invalid-utf8 replace`
  std::optional<Error> error;        ///< why it is refused, with the location: "captions.txt: line 7"
};

using CaptionPlace = FunctionRef<std::string()>;  ///< location of a text: "captions.txt: line 7"

/// A caption of its own, without templates: repaired if requested, refused if it is too long or not UTF-8.
Caption make_caption(std::string text, InvalidUtf8 invalid_utf8, CaptionPlace place);

/// What a report says about a good caption: it was repaired, or truncated to `longest` tokens.
std::vector<std::string> caption_warnings(const Caption& caption, bool truncated, std::int64_t longest);

/// Whether any of the four sources is given. Errors: usage if there is more than one, or templates without
/// labels.
bool has_captions(const CaptionOptions& options);

/// All captions in the given order, including refused ones (utf8 with line and byte; limit above 1 MiB per
/// text). Errors: usage (a template without {}, an empty label); those of reading the files and templates.
std::vector<Caption> gather_captions(const CaptionOptions& options);

/// The templates into which labels are inserted; empty if there are no labels. Errors: as `gather_captions`.
std::vector<std::string> templates_of(const CaptionOptions& options);

/// Errors: Failure of Stage::inputs for the first refused caption.
void require_valid(std::span<const Caption> captions);

}  // namespace sightline::app
