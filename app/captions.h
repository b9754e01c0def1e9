#pragma once

#include <optional>
#include <string>
#include <vector>

namespace sightline::app {

/// Which texts, as the command line says.
struct CaptionOptions {
  std::vector<std::string> texts;      ///< -c, or the arguments of embed-text
  std::string file;                    ///< --captions; "-" is stdin
  std::optional<std::string> labels;   ///< --labels
  std::string labels_file;             ///< --labels-from; "-" is stdin
  std::vector<std::string> templates;  ///< --template
  std::string template_set;            ///< --templates
};

/// What stands in the results, and the texts whose embeddings' mean is its own: one, or one per template.
struct Caption {
  std::string label;
  std::vector<std::string> prompts;
};

/// Whether any of the four sources is given. Errors: usage when there is more than one, or templates without
/// labels.
bool has_captions(const CaptionOptions& options);

/// All captions in the order given, checked. Errors: usage (a template without {}, an empty label); those of
/// the files; utf8 with line and byte; limit above 1 MiB a text.
std::vector<Caption> gather_captions(const CaptionOptions& options);

}  // namespace sightline::app
