// SPDX-License-Identifier: Apache-2.0
#include "batch/written_array.h"

#include <filesystem>
#include <system_error>

#include "cli/failure.h"
#include "cli/options.h"
#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/embeddings/index_file.h"
#include "sightline/embeddings/info_file.h"
#include "sightline/embeddings/score_index.h"
#include "sightline/files/file.h"
#include "sightline/files/publishing.h"

namespace sightline::app {

std::string written_array(const std::string& output) {
  std::error_code error;
  if (is_stdout(output) || !std::filesystem::is_symlink(output, error)) return output;
  if (file_exists(output) && !std::filesystem::is_regular_file(output, error)) return output;
  std::string target = in_stage(Stage::output, [&] { return resolve_links(output); });
  // For messages; a file named "-" is not stdout.
  if (target.starts_with("./") && !output.starts_with("./") && target != "./-") target.erase(0, 2);
  for (const auto path_of : {index_path_of, info_path_of, score_index_path_of}) {
    const std::string beside = path_of(output);
    const bool follows = std::filesystem::is_symlink(beside, error) && same_file(beside, path_of(target));
    if (!file_exists(beside) || follows) continue;
    throw Failure(
        Stage::output,
        Error(ErrorCode::locked, beside, "lies beside a symbolic link and would describe another array"),
        "remove it; the files that describe the array lie beside " + printable(target));
  }
  return target;
}

}  // namespace sightline::app
