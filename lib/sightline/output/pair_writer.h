// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "sightline/files/file.h"
#include "sightline/output/table_writer.h"

namespace sightline {

/// An image, its caption and their scores. Views must remain valid until `write` returns.
struct ScoredPair {
  std::string_view image, caption;  ///< exact bytes
  const Outcome& outcome;           ///< of the image or the caption
  float cosine = 0, logit = 0;      ///< NaN is written as in rankings
  float clipscore = 0;
  bool truncated = false;  ///< the caption was truncated
};

/// Writes scored pairs in the formats that docs/cli.md lists for `score --pairs`. Call `begin`, then `write`
/// for each pair in input order, then `finish`; the caller commits the file. A failed pair is written with
/// the status "skipped" and no scores.
class PairWriter {
 public:
  virtual ~PairWriter() = default;
  virtual void begin() {}
  virtual void write(const ScoredPair& pair) = 0;
  virtual void finish() {}
};

/// `color`: text: use escape sequences for a terminal. Errors: usage for npy and html, which do not hold
/// pairs.
std::unique_ptr<PairWriter> make_pair_writer(TableFormat format, OutputFile& out, bool color);

}  // namespace sightline
