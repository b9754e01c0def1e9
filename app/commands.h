// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

namespace CLI {
class App;
}

namespace sightline::app {

/// One subcommand: its parser, what its help shows besides the options, and what it does.
struct Command {
  CLI::App* parser;
  std::string_view arguments;  ///< "[IMAGE...] (-c TEXT... | ...)"
  std::string_view examples;   ///< lines for the foot of the help
  std::function<int()> run;    ///< the exit code
};

Command add_score(CLI::App& app);
Command add_embed_image(CLI::App& app);
Command add_embed_text(CLI::App& app);
Command add_convert_weights(CLI::App& app);
Command add_info(CLI::App& app);

}  // namespace sightline::app
