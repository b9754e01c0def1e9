#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Shows what sightline does, starting from a fresh checkout: installs the packages that are missing (scripts/setup.sh),
# builds the program in build/, and ranks captions on the sample images with the demo model that ships in data/.
# Usage: scripts/demo.sh
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
  "") ;;
  -h | --help) sed -n '3,5s/^# //p' "$0"; exit 0 ;;
  *) echo "demo.sh: unknown option '$1'; usage: scripts/demo.sh" >&2; exit 2 ;;
esac
scripts/setup.sh
# A folder without build files may have a cache all the same: that of a configuration that failed.
if [[ ! -f build/build.ninja && ! -f build/Makefile ]]; then
  mkdir -p build
  rm -rf build/CMakeCache.txt build/CMakeFiles
  cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release >build/demo.log 2>&1 || { cat build/demo.log; exit 1; }
fi
echo "demo: building (a few minutes on two cores, the first time)"
cmake --build build --target sightline >build/demo.log 2>&1 || { cat build/demo.log; exit 1; }

echo
echo '$ build/sightline score data/images --labels-from data/images/labels.txt --top 3'
build/sightline score data/images --labels-from data/images/labels.txt --top 3
