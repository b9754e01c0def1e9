#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'TEXT'
usage: scripts/check.sh [--quick|--long] [--fuzz-seconds N] [--only STEP[,STEP...]]

Checks that a change can be merged: installs missing packages, builds, and runs all tests; then again with
AddressSanitizer and UBSan.

  --quick           without the sanitizer build
  --long            the slow steps as well
  --fuzz-seconds N  how long each fuzz target runs [60]
  --only STEPS      run only these steps, in the given order

Steps: install format release sanitize
Steps of --long: scripts cluster tsan tidy arm64 fuzz
  scripts  tests/long/*.py: large folders, kills at random times, failing system calls, packages,
           reports in a headless browser
  cluster  scripts/cluster on Slurm, GNU parallel, Spark and an S3 server; each is skipped where it cannot start
  tsan     the tests with threads, under ThreadSanitizer (clang)
  tidy     clang-tidy with the checks of .clang-tidy over lib/
  arm64    the layers below weights, cross-compiled and run by qemu
  fuzz     each target of tests/fuzz with libFuzzer, AddressSanitizer and UBSan (clang); new inputs and
           crashing inputs are kept in build-fuzz

A step whose tools are missing and cannot be installed is skipped; the skipped steps are listed at the end.
TEXT
}

fail_usage() {
  echo "check.sh: $1" >&2
  usage >&2
  exit 2
}

steps="install format release sanitize"
long_steps="scripts cluster tsan tidy arm64 fuzz"
chosen=$steps fuzz_seconds=60
while [[ $# -gt 0 ]]; do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --quick) chosen="install format release" ;;
    --long) chosen="$steps $long_steps" ;;
    --fuzz-seconds)
      [[ "${2:-}" =~ ^[1-9][0-9]*$ ]] || fail_usage "--fuzz-seconds needs a number of seconds"
      fuzz_seconds=$2; shift ;;
    --only)
      chosen=${2:-}; chosen=${chosen//,/ }; shift
      for name in $chosen; do
        [[ " $steps $long_steps " == *" $name "* ]] || fail_usage "unknown step '$name'"
      done
      [[ "$chosen" == *[^\ ]* ]] || fail_usage "--only needs the names of steps" ;;
    *) fail_usage "unknown option '$1'" ;;
  esac
  shift
done
readonly fuzz_seconds jobs=$(nproc)
reasons=$(mktemp)
trap 'rm -f "$reasons"' EXIT

# skip REASON: skips the current step
skip() {
  echo "skipped: $*"
  echo "$step: $*" >>"$reasons"
  exit 77
}

# try_install COMMAND PACKAGE...: installs the packages if the command is missing and they can be installed
try_install() {
  local tool=$1
  shift
  command -v "$tool" >/dev/null && return
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-remove --no-install-recommends "$@" >/dev/null || true
  fi
}

# need COMMAND PACKAGE...: the same, and skips the step if the command is still missing
need() {
  try_install "$@"
  command -v "$1" >/dev/null || skip "$1 is missing (package $2)"
}

# configure FOLDER OPTION...: a build with the tests; a folder that was configured keeps its generator
configure() {
  local folder=$1 generator=(-G Ninja)
  shift
  [[ ! -f "$folder/CMakeCache.txt" ]] || generator=()
  cmake -S . -B "$folder" "${generator[@]}" -DSIGHTLINE_TESTS=ON "$@" >/dev/null
}

run_install() { scripts/setup.sh --tests; }

run_format() {
  command -v clang-format-14 >/dev/null || skip "clang-format-14 is missing"
  find app lib tests \( -name '*.h' -o -name '*.cpp' \) -print0 | xargs -0 clang-format-14 --dry-run -Werror
}

run_release() {
  configure build -DCMAKE_BUILD_TYPE=Release -DSIGHTLINE_WERROR=ON -DSIGHTLINE_PCH=tests
  cmake --build build -j "$jobs"
  echo "built after $((SECONDS - begin)) s"
  ctest --test-dir build --output-on-failure -j "$jobs"
}

run_sanitize() {
  configure build-sanitize -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1" \
            -DSIGHTLINE_SANITIZE=address,undefined -DSIGHTLINE_PCH=all
  cmake --build build-sanitize -j "$jobs"
  echo "built after $((SECONDS - begin)) s"
  ctest --test-dir build-sanitize --output-on-failure -j "$jobs"
}

source scripts/check_long.sh

for step in $chosen; do
  printf '\n== %s\n' "$step"
  begin=$SECONDS status=0
  set +e  # a function called in a condition would run on after its first error
  (set -e; "run_$step")
  status=$?
  set -e
  echo "== $step: $((SECONDS - begin)) s"
  if [[ $status != 0 && $status != 77 ]]; then
    echo "check.sh: step $step failed" >&2
    exit 1
  fi
done
if [[ -s $reasons ]]; then
  printf '\nskipped steps:\n'
  sed 's/^/  /' "$reasons"
fi
printf '\n== all checks passed (%s s)\n' "$SECONDS"
