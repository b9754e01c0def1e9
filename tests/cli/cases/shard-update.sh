# SPDX-License-Identifier: Apache-2.0
# Shards of which some are updated and others are computed afresh are merged, and the report has the counts of all.
copy_images
echo 'not an image' >photos/broken.jpg
shard() { expect "$1" sightline embed-image photos --shard "$2/3" -o s.npy --report s.jsonl "${@:3}" 2>/dev/null; }
merge() {
  sightline merge s-*-of-3.npy -o s.npy --report s.jsonl --force
  sightline verify s.npy --report s.jsonl >verified
  tail -n 1 s.jsonl
}
shard 3 1 --index full
shard 0 2 --index full
shard 0 3 --index full
merge
cp s.jsonl fresh.jsonl
for ending in npy index.jsonl info.json; do cp s.$ending whole.$ending; done
shard 0 2 --update --force
merge
rm photos/tall.png
# the images are in other shards now
shard 3 1 --index full --force
shard 0 2 --update whole.npy --force
shard 0 3 --update --force
for k in 1 2 3; do tail -n 1 s-$k-of-3.jsonl; done
merge
expect 3 sightline embed-image photos -o fresh.npy --index full 2>/dev/null
for ending in npy index.jsonl info.json; do cmp s.$ending fresh.$ending; done
# an update makes a full index
shard 3 1 --force
expect 4 sightline merge s-*-of-3.npy -o s.npy --report s.jsonl --force
