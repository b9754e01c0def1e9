// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Compiles a function several times and lets the loader choose by processor (GNU function multiversioning).
/// Plain loops then use AVX2 or AVX-512 where they exist; a processor's results are the same bits in every
/// run. By feature level, not by processor name: a name matches one family only.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define SIGHTLINE_VECTOR_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define SIGHTLINE_VECTOR_CLONES
#endif
