#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Embeds N shards with GNU parallel, on this machine or over ssh, then merges and verifies them.
#
# usage: [JOBS=J] [THREADS=T] [HOSTS=HOST,HOST...] parallel.sh N OUT.npy INPUT... [OPTION...]
#
# INPUT and OPTION are arguments of `sightline embed-image`. At most J shards (the default is one) run at a time on each
# host, with T threads each (the default is all cores). HOSTS are those of `parallel --sshlogin`, and `:` is this
# machine; all have the working folder under the same path. A shard that fails is tried twice more, if possible on
# another host, and continues where it stopped. Run the same command again to continue after failures.
set -eu

if (($# < 3)); then
  echo "usage: [JOBS=J] [THREADS=T] [HOSTS=HOST,HOST...] parallel.sh N OUT.npy INPUT... [OPTION...]" >&2
  exit 2
fi
readonly shards=$1 output=$2
shift 2
scripts=$(cd "$(dirname "$0")" && pwd)

# Skipped images (status 3) do not fail a shard.
# shellcheck disable=SC2016  # expanded by the shell that runs a shard
shard='"$@" || { status=$?; [ "$status" = 3 ] || exit "$status"; }'

threads=()
[[ -z ${THREADS:-} ]] || threads=(-j "$THREADS")
parallel --quote --jobs "${JOBS:-1}" --sshlogin "${HOSTS:-:}" --workdir . --env PATH --env SIGHTLINE_MODEL \
         --retries 3 --joblog "${output%.npy}.joblog" --line-buffer \
         sh -c "$shard" sh sightline embed-image "$@" --shard "{}/$shards" -o "$output" \
         --report "${output%.npy}.report.jsonl" --resume "${threads[@]}" ::: $(seq "$shards") </dev/null || {
  echo "parallel.sh: shards have failed; run the same command again to continue" >&2
  exit 1
}
"$scripts/merge_shards.sh" "$shards" "$output"
