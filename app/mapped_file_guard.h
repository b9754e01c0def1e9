// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sightline::app {

/// From now on a mapped file that another process truncates while it is in use ends the program with one line
/// on stderr and an exit status, not with a signal and a core dump: weights with error[IO] and 5, stored
/// embeddings with error[TRUNC] and 4. A SIGBUS from anywhere else keeps its meaning.
void install_mapped_file_guard();

}  // namespace sightline::app
