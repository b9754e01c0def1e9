// SPDX-License-Identifier: Apache-2.0
#include "batch/embedding_options.h"

#include "batch/shard_selection.h"

namespace sightline::app {

void add_row_options(CommandLine& line, EmbeddingOptions& options) {
  add_output_options(line, options.output, Forms::embeddings);
  add_embedding_options(line, options.normalize, options.no_index);
  add_shard_option(line, options.shard);
}

void add_run_options(CommandLine& line, EmbeddingOptions& options, const std::string& what) {
  add_item_options(line, options.items, options.output, what);
  add_checkpoint_options(line, options.checkpoints);
  add_model_options(line, options.model);
}

void check_embedding_options(const EmbeddingOptions& options) {
  check_report(options.items, options.output, "embeddings");
  check_model_options(options.model);
}

}  // namespace sightline::app
