// SPDX-License-Identifier: Apache-2.0
#include "batch/tar_extension.h"

#include <algorithm>
#include <iterator>

#include "sightline/base/ascii.h"

namespace sightline::app {
namespace {

// bzip2, xz and lz4 are refused by name when the archive is opened.
constexpr std::string_view kTarExtensions[] = {".tar",     ".tar.gz", ".tgz",    ".tar.zst", ".tzst",
                                               ".tar.bz2", ".tbz2",   ".tar.xz", ".txz",     ".tar.lz4"};

}  // namespace

bool has_tar_extension(std::string_view path) {
  const std::string lower = to_lower_ascii(path);
  return std::any_of(std::begin(kTarExtensions), std::end(kTarExtensions),
                     [&](std::string_view extension) { return lower.ends_with(extension); });
}

}  // namespace sightline::app
