# SPDX-License-Identifier: Apache-2.0
# A list that is a pipe gives the same rows as a list in a file: in order, failures included, none for blank lines,
# several for a folder; for every format, and with -0.
copy_images
mkdir folder
cp photos/tall.png photos/grey.png folder
touch folder/a.svg
lines() { printf 'photos/grey.png\n\nmissing.png\r\n\n'; printf 'folder\nphotos/tall.png\nbroken.jpg\nphotos/grey.png'; }
head -c 100 photos/photo.jpg >broken.jpg
lines >list
for form in jsonl json csv tsv; do
  for threads in 1 3; do
    expect 3 sightline embed-image photos/rgba.png --files-from list -f $form -j 1 -b 2 -q >known 2>messages
    lines | expect 3 sightline embed-image photos/rgba.png --files-from - -f $form -j $threads -b 2 -q >arrived 2>errors
    cmp known arrived
    cmp messages errors
    expect 3 sightline embed-image photos/rgba.png --files-from <(lines) -f $form -j $threads -q >arrived 2>errors
    cmp known arrived
  done
done
wc -l <arrived
expect 3 sightline embed-image photos/rgba.png --files-from list -f npy -q >known.npy 2>errors
expect 3 sightline embed-image photos/rgba.png --files-from list -o k.npy --report k.report.jsonl
lines | expect 3 sightline embed-image photos/rgba.png --files-from - -o s.npy --report s.report.jsonl
lines | expect 3 sightline embed-image photos/rgba.png --files-from - -f npy -q >pipe.npy 2>errors
cmp known.npy pipe.npy
cmp k.npy s.npy
cmp k.npy pipe.npy
cmp k.index.jsonl s.index.jsonl
cmp k.info.json s.info.json
cmp k.report.jsonl s.report.jsonl
tail -1 s.report.jsonl
lines | expect 3 sightline embed-image --files-from - -o dropped.npy --drop-bad -q 2>errors
npy show dropped.npy | cut -c 1-30
lines | sed '/^\r*$/d' | tr -d '\r' | tr '\n' '\0' | expect 3 sightline embed-image photos/rgba.png --files-from - -0 -o null.npy -q 2>errors
cmp k.npy null.npy
: | expect 4 sightline embed-image --files-from - -q
