// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sightline/output/ranking_writer.h"

namespace sightline {

/// A page that any browser shows offline, as `score -f html` writes it (docs/cli.md): one card per image, or
/// a sheet of cards for each caption. It is streamed; memory does not depend on the number of rankings.
std::unique_ptr<RankingWriter> make_html_writer(OutputFile& out, const RankingOptions& options);

}  // namespace sightline
