# SPDX-License-Identifier: Apache-2.0
# score with a list that is a pipe: by image, in every format; rankings of images read the whole list first.
copy_images
lines() { printf 'photos/grey.png\n\nmissing.png\nphotos/tall.png\nphotos/rgba.png\n'; }
lines >list
for options in "-f text" "-f jsonl" "-f json" "-f csv" "-f tsv --top 1" "-f tsv --by caption" "-f npy" "--like photos/tall.png" \
  "-f tsv --fail-under 1"; do
  status=3
  [ "$options" = "-f tsv --fail-under 1" ] && status=9
  for threads in 1 3; do
    expect $status sightline score --files-from list -c 'a dog' -c 'a cat' $options -j $threads -q >known 2>errors
    lines | expect $status sightline score --files-from - -c 'a dog' -c 'a cat' $options -j $threads -q >arrived 2>messages
    cmp known arrived
    cmp <(sort errors) <(sort messages)
  done
done
cat messages
expect 3 sightline score --files-from list -c 'a dog' -o k.npy -q 2>errors
lines | expect 3 sightline score --files-from - -c 'a dog' -o s.npy -q 2>errors
cmp k.npy s.npy
cat s.index.json
