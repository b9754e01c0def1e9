// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sightline::app {

/// The option of this program that does what `name` does in other programs, if it is one of `known`; "" when
/// there is none. Both with their dashes.
std::string option_instead_of(std::string_view name, const std::vector<std::string>& known);
/// What to do instead of an option that other programs have; "" when nothing is known.
std::string remark_on_option(std::string_view name);

/// The same for commands.
std::string command_instead_of(std::string_view name);
std::string remark_on_command(std::string_view name);

/// Whether an IMAGE that is not there may be a caption: it has blanks, or is a plain word.
bool may_be_caption(const std::string& path);

/// What an image was given as.
enum class HintsAbout {
  score,        ///< an argument of `score`
  query,        ///< an image of `--like`
  embed_image,  ///< an argument of `embed-image`
};

/// Second lines for images that fail because something else was meant: a quoted pattern, a URL, a caption
/// without -c, a list without --files-from. Each kind of mistake is explained once in a run.
class ImageHints {
 public:
  /// `labels`: whether --labels was given.
  explicit ImageHints(HintsAbout about, bool labels = false) : about_(about), labels_(labels) {}

  /// What to print below the error of `path`; "" when there is nothing to say.
  std::string about(const std::string& path, std::string_view error_class, std::string_view message);

 private:
  std::string explain(const std::string& path, std::string_view message, std::string& kind) const;

  HintsAbout about_;
  bool labels_;
  std::set<std::string> explained_;
};

}  // namespace sightline::app
