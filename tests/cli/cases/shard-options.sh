# SPDX-License-Identifier: Apache-2.0
# --shard K/N: which inputs, names of the outputs, exit status.
for value in '' 1 0/2 3/2 1/2/3 x/2 1/0 -1/2 1/2000000 ' 1/2'; do
  expect 2 sightline embed-text a b --shard "$value"
done
# rows of the shard, also on stdout; the names of files get the shard, those of devices do not
sightline embed-text a b c d e --shard 2/3 -f csv | cut -d, -f1
sightline embed-text a b c d e --shard 2/3 -o t.csv --report r.jsonl
cut -d, -f1 t-2-of-3.csv
cat r-2-of-3.jsonl
sightline embed-text a b c d e --shard 1/3 -o /dev/null -f npy
sightline embed-text a b c --shard 1/2 -o plain 2>/dev/null
# an empty shard is not an error
sightline embed-text a b --shard 3/3 -o e.npy --report e.jsonl
npy show e-3-of-3.npy
cat e-3-of-3.jsonl
grep -o '"shard":{"index":3,"count":3' e-3-of-3.info.json
grep -o '"inputs":2}' e-3-of-3.info.json
wc -c <e-3-of-3.index.jsonl
# a shard whose inputs all fail: as a run that skipped some
cp "$IMAGES"/photo.jpg good.jpg
echo x >bad.jpg
expect 3 sightline embed-image good.jpg bad.jpg --shard 2/2 -o f.npy
npy show f-2-of-2.npy
expect 4 sightline embed-image good.jpg bad.jpg --shard 2/2 -o g.npy --on-error stop
# an empty list is an error in every shard, as without shards
mkdir empty
expect 4 sightline embed-image empty --shard 1/2 -o n.npy
# existing outputs are those of the shard
expect 8 sightline embed-text a b --shard 3/3 -o e.npy
sightline embed-text a b --shard 2/3 -o e.npy
# score has no shards
expect 2 sightline score good.jpg -c x --shard 1/2
ls
