#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From nothing to a ranking: installs what is missing, builds, and ranks captions on the sample images with the demo
# model that ships in data/. Usage: scripts/demo.sh
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
if [[ ! -f build/CMakeCache.txt ]]; then
  cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DSIGHTLINE_TESTS=OFF >/dev/null
fi
echo "demo: building (about a minute and a half on two cores, the first time)"
cmake --build build --target sightline >build/demo.log 2>&1 || { cat build/demo.log; exit 1; }

echo
echo '$ build/sightline score data/images --labels-from data/images/labels.txt --top 3'
build/sightline score data/images --labels-from data/images/labels.txt --top 3
