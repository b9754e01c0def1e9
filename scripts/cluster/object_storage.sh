#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Embeds the images of one tar archive in object storage, without a copy on disk, and uploads the results.
#
# usage: object_storage.sh SOURCE.tar DESTINATION [OPTION...]
#
# SOURCE.tar and DESTINATION (a folder) are s3://BUCKET/KEY, for which the AWS CLI is used, or REMOTE:PATH of rclone.
# OPTION is an option of `sightline embed-image`. For x.tar, the files x.npy, x.index.jsonl, x.report.jsonl and
# x.info.json are uploaded. x.info.json comes last: where it exists, the archive is done, and nothing is read.
# Status 0: done, also if images were skipped.
set -u

if (($# < 2)); then
  echo "usage: object_storage.sh SOURCE.tar DESTINATION [OPTION...]" >&2
  exit 2
fi
readonly source=$1 destination=${2%/}
shift 2
name=${source##*/}
name=${name##*:}
name=${name%.tar*}

fail() {
  echo "object_storage.sh: $source: $1" >&2
  exit 1
}

download() { if [[ $source == s3://* ]]; then aws s3 cp --only-show-errors "$source" -; else rclone cat "$source"; fi; }
# Both tools send a checksum that the storage compares.
upload() { if [[ $2 == s3://* ]]; then aws s3 cp --only-show-errors "$1" "$2"; else rclone copyto "$1" "$2"; fi; }
exists() {
  if [[ $1 == s3://* ]]; then
    aws s3 ls "$1" >/dev/null 2>&1
  else
    [[ -n $(rclone lsf "$1" 2>/dev/null) ]]
  fi
}

if exists "$destination/$name.info.json"; then
  echo "$name: already done"
  exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

download | sightline embed-image - "$@" -o "$work/$name.npy" --report "$work/$name.report.jsonl"
readonly statuses=("${PIPESTATUS[@]}")
# An interrupted download looks like a truncated archive to sightline, whose status is then 3.
[[ ${statuses[0]} == 0 ]] || fail "the download failed with status ${statuses[0]}"
[[ ${statuses[1]} == [03] ]] || fail "sightline failed with status ${statuses[1]}"
sightline verify "$work/$name.npy" --report "$work/$name.report.jsonl" || fail "the results are damaged"

for file in "$name.npy" "$name.index.jsonl" "$name.report.jsonl" "$name.info.json"; do
  upload "$work/$file" "$destination/$file" || fail "the upload of $file failed"
done
