# SPDX-License-Identifier: Apache-2.0
# Outputs of one run are published together: one that fails keeps the others, and what stood there, from changing.
picture=$PICTURES/grey.png
expect 6 sightline embed-text word -o texts.npy --report /dev/full
expect 6 sightline embed-image "$picture" -o images.npy --report /dev/full
expect 6 sightline score "$picture" -c word -o scores.csv --report /dev/full
ls
seq 1 100 >numbers
seq 101 200 >others
sightline embed-text --captions numbers -o texts.npy
cksum texts.npy texts.index.jsonl >before
(ulimit -f 10 && expect 6 sightline embed-text --captions others -o texts.npy --force)
cksum texts.npy texts.index.jsonl | cmp - before
(ulimit -f 10 && expect 6 sightline embed-text --captions others -o new.npy)
ls
