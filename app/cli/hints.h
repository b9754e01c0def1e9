// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/base/outcome.h"

namespace sightline::app {

/// The option of this program that corresponds to `name` in other programs, if it is in `known`; "" if there
/// is none. Both include the dashes.
std::string option_instead_of(std::string_view name, const std::vector<std::string>& known);
/// Advice on an option of other programs; "" if there is none.
std::string remark_on_option(std::string_view name);

/// The same for commands.
std::string command_instead_of(std::string_view name);
std::string remark_on_command(std::string_view name);

/// Whether an IMAGE that does not exist may be a caption: it contains spaces, or is a plain word.
bool may_be_caption(const std::string& path);

/// How an image was given.
enum class HintContext {
  score,        ///< an argument of `score`
  query,        ///< an image of `--like`
  embed_image,  ///< an argument of `embed-image`
  pair,         ///< a line of `--pairs`
};

/// Hints, printed as a second line, for images that fail because of a probable mistake: a quoted pattern, a
/// URL, a caption without -c, a list without --files-from. Each kind of mistake is explained once per run.
class ImageHints {
 public:
  /// `labels`: whether --labels was given.
  explicit ImageHints(HintContext about, bool labels = false) : about_(about), labels_(labels) {}

  /// The hint to print below the error of `path`; "" if there is none.
  std::string about(const std::string& path, const Outcome& outcome);

 private:
  std::string explain(const std::string& path, std::string_view message, std::string& kind) const;

  HintContext about_;
  bool labels_;
  std::set<std::string> explained_;
};

}  // namespace sightline::app
