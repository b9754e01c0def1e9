# SPDX-License-Identifier: Apache-2.0
# An update that ends between two renames leaves an array and an index that do not belong together: no update uses them,
# and --resume completes the renames. Needs strace.
strace -f -o /dev/null -e trace=none true 2>/dev/null || skip 'strace is missing or cannot trace here'
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0  # LeakSanitizer cannot trace a traced program
copy_images
sightline embed-image photos -o out.npy --index full
mkdir kept
cp out.* kept
mv photos/exif.jpg photos/z.jpg  # the same rows in another order
sightline embed-image photos -o fresh.npy --index full
for number in 1 2 3; do
  cp kept/* .
  expect 6 strace -f -o /dev/null -e trace=/rename -e inject=/rename:error=EIO:when=$number \
    sightline embed-image photos -o out.npy --update
  expect 8 sightline embed-image photos -o out.npy --update
  expect 8 sightline embed-image photos -o other.npy --update out.npy
  sightline embed-image photos -o out.npy --update --resume
  for ending in npy index.jsonl info.json; do cmp out.$ending fresh.$ending; done
  [ ! -e out.npy.journal ]
done
