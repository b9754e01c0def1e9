#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The arithmetic of docs/cluster.md: core-hours, money, network and storage of a large job.
#
# usage: [IMAGES=N] [ROW=B] [GB_MONTH=D] cost.sh MILLISECONDS BYTES CORES PRICE
#
# MILLISECONDS of one core and BYTES of input per image, CORES at a time, PRICE of a core-hour. IMAGES [10^9], ROW bytes
# per row [2048], GB_MONTH: price of a gigabyte and month of storage [0.02].
set -eu

if (($# != 4)); then
  echo "usage: [IMAGES=N] [ROW=B] [GB_MONTH=D] cost.sh MILLISECONDS BYTES CORES PRICE" >&2
  exit 2
fi
# 180 bytes: a line of the index (about 70) and a line of the report (about 110).
awk -v images="${IMAGES:-1e9}" -v row="${ROW:-2048}" -v gb_month="${GB_MONTH:-0.02}" \
    -v ms="$1" -v bytes="$2" -v cores="$3" -v price="$4" 'BEGIN {
  hours = images * ms / 3.6e6; rate = cores * 1000 / ms; written = row + 180
  printf "%.0f core-hours, %.1f hours on %d cores, $%.0f\n", hours, hours / cores, cores, hours * price
  printf "%.0f images/s, %.2f GB/s of input\n", rate, rate * bytes / 1e9
  printf "%.1f TB of input, %.1f TB of output, $%.0f a month\n", images * bytes / 1e12, images * written / 1e12,
         images * (bytes + written) / 1e9 * gb_month
}'
