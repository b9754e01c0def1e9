#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# One task of a Slurm job array: embeds shard K of N, where K is the number of the task.
#
# usage: sbatch --array=1-N slurm_array.sh N OUT.npy INPUT... [OPTION...]
#
# INPUT and OPTION are arguments of `sightline embed-image`. Task K writes OUT-K-of-N.npy and OUT.report-K-of-N.jsonl.
# A task that is interrupted, by the time limit, a preemption, `scontrol requeue`, a crash or a lost node, continues
# where it stopped. Skipped images (status 3) do not fail a task.
#SBATCH --job-name=sightline
#SBATCH --cpus-per-task=8
#SBATCH --mem-per-cpu=512M
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%A_%a.log
#SBATCH --signal=B:USR1@60
set -u

readonly shards=$1 output=$2 max_restarts=10
shift 2

requeue() {
  echo "slurm_array.sh: $1; requeued" >&2
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
  exit 75  # without effect, unless the task could not be requeued
}

# Slurm sends SIGUSR1 to this script alone, 60 s before the time limit, and SIGTERM to all processes of the task.
program='' reason='' interrupted=''
trap 'interrupted=yes reason="the time limit is near"; kill -TERM $program' USR1
trap 'interrupted=yes reason=terminated' TERM

sightline embed-image "$@" --shard "$SLURM_ARRAY_TASK_ID/$shards" -o "$output" --report "${output%.npy}.report.jsonl" \
          --resume -j "${SLURM_CPUS_PER_TASK:-1}" &
program=$!
interrupted=yes status=0
while [[ $interrupted ]]; do  # a signal ends the wait
  interrupted=''
  wait "$program"
  status=$?
done

case $status in
  0 | 3) exit 0 ;;
  143) [[ $reason == terminated ]] || requeue "${reason:-terminated}" ;;  # Slurm itself requeues what it terminates
  137)                                                                    # out of memory, for example
    ((${SLURM_RESTART_COUNT:-0} >= max_restarts)) || requeue killed
    echo "slurm_array.sh: restarted $max_restarts times already; submit the task again to continue" >&2 ;;
esac
exit "$status"
