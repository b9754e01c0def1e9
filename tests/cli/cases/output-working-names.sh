# SPDX-License-Identifier: Apache-2.0
# Names of unfinished outputs, and of files that describe another array, are refused, also with --force and through links.
# Inputs are never taken for leftovers of an earlier run.
copy_images
sightline embed-text a b -o a.npy
sightline embed-image photos -o b.npy --no-index
: >c.npy.part
ln -s a.npy.part link.npy
for name in a.npy.part a.npy.journal a.index.jsonl.part link.npy; do
  expect 2 sightline embed-image photos -o $name -f npy --force
  expect 2 sightline score photos -c a -o $name -f csv --force
  expect 2 sightline embed-text a -o new.npy --report $name --force
done
expect 2 sightline merge a.npy -o d.npy.part
expect 2 sightline merge a.npy -o d.npy --report d.npy.journal
expect 2 sightline convert-weights "$SIGHTLINE_MODEL" -o d.sightline.part
printf 'photos/grey.png\ta\n' >pairs.tsv
expect 2 sightline score --pairs pairs.tsv -o a.npy.part -f csv --force
expect 2 sightline score --pairs pairs.tsv -o p.csv --report p.csv.part
for name in a.index.jsonl b.index.jsonl c.index.jsonl; do
  expect 8 sightline embed-text a -o $name --force
  expect 8 sightline score photos -c a -o new.npy --report $name --force
done
expect 8 sightline embed-image photos -f jsonl -o b.info.json --force
expect 8 sightline embed-image photos -f jsonl -o b.index.json --force
sightline embed-text a -o d.index.jsonl  # there is no such array

# inputs
ls photos/* >list.npy.part
cp list.npy.part list.npy.journal
for list in list.npy.part list.npy.journal; do
  expect 8 sightline embed-image --files-from $list -o list.npy
  expect 8 sightline embed-image --files-from $list -o list.npy --resume
done
echo a >list.jsonl.part
expect 8 sightline embed-text --captions list.jsonl.part -o list.jsonl
mv pairs.tsv pairs.csv.part
expect 8 sightline score --pairs pairs.csv.part -o pairs.csv
cp a.npy e.npy.part
expect 8 sightline score photos --text-embeddings e.npy.part -o e.npy
sightline embed-text a --shard 1/1 -o s.npy
mv s-1-of-1.npy s.npy.part
mv s-1-of-1.index.jsonl s.npy.part.index.jsonl
mv s-1-of-1.info.json s.npy.part.info.json
expect 8 sightline merge s.npy.part -o s.npy
ls
