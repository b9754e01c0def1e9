#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Submits a Slurm job array of N shards, and a job that merges and verifies them when all have succeeded.
#
# usage: slurm_submit.sh N OUT.npy INPUT... [OPTION...]
#
# INPUT and OPTION are arguments of `sightline embed-image`. The environment variables of sbatch apply to both jobs:
# SBATCH_PARTITION, SBATCH_ACCOUNT, ... Run the same command again to continue after tasks have failed.
set -eu

if (($# < 3)); then
  echo "usage: slurm_submit.sh N OUT.npy INPUT... [OPTION...]" >&2
  exit 2
fi
readonly shards=$1 output=$2
scripts=$(cd "$(dirname "$0")" && pwd)

array=$(sbatch --parsable --array="1-$shards" "$scripts/slurm_array.sh" "$@")
merge=$(sbatch --parsable --dependency="afterok:${array%%;*}" --kill-on-invalid-dep=yes \
               "$scripts/merge_shards.sh" "$shards" "$output")
echo "array ${array%%;*}, merge ${merge%%;*}"
