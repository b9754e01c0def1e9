#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Merges the shards OUT-1-of-N.npy ... OUT-N-of-N.npy and their reports into OUT.npy and OUT.report.jsonl, replacing
# what exists there, and verifies the result. Runs as a Slurm job or by itself.
#
# usage: merge_shards.sh N OUT.npy
#SBATCH --job-name=sightline-merge
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%j.log
set -eu

readonly shards=$1 output=$2
arrays=()
for ((k = 1; k <= shards; ++k)); do
  arrays+=("${output%.npy}-$k-of-$shards.npy")
done
sightline merge "${arrays[@]}" -o "$output" --report "${output%.npy}.report.jsonl" --force
sightline verify "$output" --report "${output%.npy}.report.jsonl"
