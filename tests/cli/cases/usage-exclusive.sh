# SPDX-License-Identifier: Apache-2.0
# Options without effect are refused, not ignored.
npy write rows.npy '[[1,0],[0,1]]'
for option in --strict --lenient --follow '--alpha white' '--preprocess hf' --no-exif; do
  expect 2 sightline score --image-embeddings rows.npy -c word $option
done
for option in '--invalid-utf8 replace' '--text-cleaning hf'; do
  expect 2 sightline score "$IMAGES/grey.png" --text-embeddings rows.npy $option
done
expect 2 sightline embed-image a.png --strict --lenient
expect 2 sightline embed-text word --invalid-utf8 ignore
expect 2 sightline embed-text word --strict
