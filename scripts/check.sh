#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything that must hold before a change lands: installs what is missing, builds, runs all tests; then once more
# under AddressSanitizer and UBSan. Usage: scripts/check.sh [--quick|--long]
#   --quick: without the sanitizer build
#   --long:  the slow tests of tests/long as well
set -euo pipefail
cd "$(dirname "$0")/.."

quick=no long=no
case "${1:-}" in
  "") ;;
  --quick) quick=yes ;;
  --long) long=yes ;;
  *) echo "check.sh: unknown option '$1'; usage: scripts/check.sh [--quick|--long]" >&2; exit 2 ;;
esac

step() { printf '\n== %s (%s s)\n' "$1" "$SECONDS"; }
jobs=$(nproc)

step "install"
scripts/setup.sh --tests

if command -v clang-format-14 >/dev/null; then
  step "format"
  find app lib tests \( -name '*.h' -o -name '*.cpp' \) -print0 | xargs -0 clang-format-14 --dry-run -Werror
else
  step "format: skipped, clang-format-14 is not installed"
fi

step "build, release"
cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DSIGHTLINE_TESTS=ON -DSIGHTLINE_WERROR=ON >/dev/null
cmake --build build -j "$jobs"
step "test, release"
ctest --test-dir build --output-on-failure -j "$jobs"

if [[ $quick == no ]]; then
  step "build, AddressSanitizer + UBSan"
  cmake -S . -B build-sanitize -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1" \
        -DSIGHTLINE_TESTS=ON -DSIGHTLINE_SANITIZE=address,undefined >/dev/null
  cmake --build build-sanitize -j "$jobs"
  step "test, AddressSanitizer + UBSan"
  ctest --test-dir build-sanitize --output-on-failure -j "$jobs"
fi
if [[ $long == yes ]]; then
  for test in tests/long/*.py; do
    step "long test, $test"
    python3 "$test" --binary build/sightline
  done
fi
step "all checks passed"
