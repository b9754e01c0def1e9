// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "cli/console.h"
#include "cli/option.h"
#include "cli/options.h"
#include "sightline/embeddings/shard.h"

namespace sightline::app {

/// The options that all commands share that write embeddings.
struct EmbeddingOptions {
  OutputOptions output;
  ItemOptions items;
  CheckpointOptions checkpoints;
  ModelOptions model;
  ConsoleOptions console;
  bool normalize = true;
  bool no_index = false;
  std::optional<Shard> shard;
};

/// The options about the rows that are written.
void add_row_options(CommandLine& line, EmbeddingOptions& options);
/// The options about failed items, checkpoints and the model. `what`: the kind of items, "image" or "text".
void add_run_options(CommandLine& line, EmbeddingOptions& options, const std::string& what);

/// Errors: usage.
void check_embedding_options(const EmbeddingOptions& options);

}  // namespace sightline::app
