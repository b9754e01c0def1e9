# SPDX-License-Identifier: Apache-2.0
# The outputs of one run are published together: if one fails, the others are not written, and existing files are
# unchanged.
image=$IMAGES/grey.png
expect 6 sightline embed-text word -o texts.npy --report /dev/full
expect 6 sightline embed-image "$image" -o images.npy --report /dev/full
expect 6 sightline score "$image" -c word -o scores.csv --report /dev/full
ls
seq 1 100 >numbers
seq 101 200 >others
sightline embed-text --captions numbers -o texts.npy
cksum texts.npy texts.index.jsonl >before
(ulimit -f 10 && expect 6 sightline embed-text --captions others -o texts.npy --force)
cksum texts.npy texts.index.jsonl | cmp - before
(ulimit -f 10 && expect 6 sightline embed-text --captions others -o new.npy)
ls
