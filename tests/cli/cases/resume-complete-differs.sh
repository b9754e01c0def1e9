# SPDX-License-Identifier: Apache-2.0
# --resume of complete outputs refuses another --drop-bad, and images that have changed since.
copy_images
echo broken >photos/a.jpg
expect 3 sightline embed-image photos -o dropped.npy -q --drop-bad --index full 2>/dev/null
expect 3 sightline embed-image photos -o zeros.npy -q --index full 2>/dev/null
expect 3 sightline embed-image photos -o dropped.npy --drop-bad --index full --resume
expect 8 sightline embed-image photos -o dropped.npy --index full --resume
expect 8 sightline embed-image photos -o zeros.npy --drop-bad --index full --resume
touch -d 2001-01-01 photos/photo.jpg
expect 8 sightline embed-image photos -o zeros.npy --index full --resume
# A repeated update in place may replace its report, and an array without a good row protects nothing.
expect 3 sightline embed-image photos -o zeros.npy --update --report r.jsonl --resume -q 2>/dev/null
expect 3 sightline embed-image photos -o zeros.npy --update --report r.jsonl --resume -q 2>/dev/null
mkdir bad
echo broken >bad/a.jpg
expect 3 sightline embed-image bad --shard 1/1 -o s.npy --update -q 2>/dev/null
expect 3 sightline embed-image bad --shard 1/1 -o s.npy --update -q 2>/dev/null
