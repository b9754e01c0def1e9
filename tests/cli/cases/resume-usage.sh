# SPDX-License-Identifier: Apache-2.0
copy_images
expect 2 sightline embed-image photos --resume
expect 2 sightline embed-image photos -o out.jsonl --checkpoint 10
expect 2 sightline embed-image photos -o /dev/null -f npy --resume
expect 2 sightline embed-image photos -o out.npy --report /dev/null --resume
for value in 0 -1 s 0s 5m 1.5s 4096rows 99999999999; do
  expect 2 sightline embed-image photos -o out.npy --checkpoint $value
done
sightline embed-image photos -o out.npy --checkpoint 1s
sightline embed-image photos -o out.npy --checkpoint 1 --resume
ls
