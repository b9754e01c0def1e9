// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sightline::app {

/// Installs a SIGBUS handler. If another process truncates a memory-mapped file in use, the program ends with
/// one line on stderr and an exit status instead of a core dump: error[IO] and 5 for weights, error[TRUNC]
/// and 4 for stored embeddings. Any other SIGBUS has its default effect.
void install_mapped_file_guard();

}  // namespace sightline::app
