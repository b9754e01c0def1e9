# SPDX-License-Identifier: Apache-2.0
# verify compares an array with its index, info file and report, and reports each violation on a line.
copy_images
echo 'not an image' >photos/broken.jpg
expect 3 sightline embed-image photos -o a.npy --report r.jsonl 2>/dev/null
expect 3 sightline embed-image photos -o d.npy --report d.jsonl --drop-bad --output-dtype f16 2>/dev/null
sightline embed-text a b c --no-normalize -o t.npy
sightline embed-text a b c --shard 2/2 -o t.npy
sightline embed-text a b c --no-index -o n.npy
sightline verify a.npy
sightline verify a.npy --report r.jsonl
sightline verify d.npy --report d.jsonl
sightline verify t.npy
sightline verify t-2-of-2.npy
sightline verify n.npy
npy write foreign.npy '[[1,2],[3,4]]'
sightline verify foreign.npy

mkdir saved
cp a.npy a.index.jsonl a.info.json r.jsonl saved
broken() {
  "$@"
  expect 4 sightline verify a.npy --report r.jsonl
  cp saved/* .
  rm -f a.npy.journal a.npy.part a.info.json.part
}
# the array
flip() { printf '\1' | dd of=a.npy bs=1 seek="$1" conv=notrunc status=none; }
broken flip 1000
broken flip 131
broken truncate -s -4 a.npy
broken rm a.npy
zeros() { dd if=/dev/zero of=a.npy bs=1 seek="$1" count=128 conv=notrunc status=none; }
broken zeros $((128 + 2 * 128))
nan() { printf '\377\377\377\377' | dd of=a.npy bs=1 seek=256 conv=notrunc status=none; }
broken nan
# the index
broken sed -i '2d' a.index.jsonl
broken sed -i '$d' a.index.jsonl
broken sed -i '$p' a.index.jsonl
broken sed -i '3s/{/[/' a.index.jsonl
broken sed -i '1s/broken/other/' a.index.jsonl
broken sed -i '2s/"status":"ok"/"status":"skipped","class":"IO","message":"m"/' a.index.jsonl
broken truncate -s -20 a.index.jsonl
# the info file
broken sed -i 's/"rows":7/"rows":8/' a.info.json
broken sed -i 's/"version":1/"version":2/' a.info.json
broken sed -i 's/"xxh3":"[0-9a-f]*"/"xxh3":"99aa06d3014798d86001c324468d497f"/' a.info.json
# the report
broken sed -i '2d' r.jsonl
broken sed -i '$d' r.jsonl
broken sed -i '$s/"ok":6/"ok":7/' r.jsonl
broken sed -i '1s/MAGIC/IO/' r.jsonl
broken sed -i '1s/"message":"/&x/' r.jsonl
broken rm r.jsonl
# several
several() { sed -i 's/"rows":7/"rows":8/' a.info.json && sed -i '$s/"ok":6/"ok":7/' r.jsonl && flip 1000; }
broken several
# a run that was stopped
broken touch a.npy.journal
broken touch a.npy.part a.info.json.part

expect 2 sightline verify
expect 2 sightline verify -
expect 2 sightline verify a.npy d.npy
# a shard whose index has the lines of another one
sed -i '1p' t-2-of-2.index.jsonl
sed -i '2s/"row":0/"row":null/' t-2-of-2.index.jsonl
expect 4 sightline verify t-2-of-2.npy
