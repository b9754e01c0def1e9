# SPDX-License-Identifier: Apache-2.0
# An index with the right number of rows that is not the one of the array is noticed wherever it is read as a whole; an
# info file of an older version, without the hash of the index, is accepted.
copy_images
printf 'a.jpg\nb.jpg\n' >list
cp photos/photo.jpg a.jpg
cp photos/exif.jpg b.jpg
sightline embed-image --files-from list -o a.npy --index full
sightline embed-image --files-from list --shard 1/1 -o s.npy --index full
tac list | sightline embed-image --files-from - -o other.npy --index full
old_info() { sed -i 's/,"index_xxh3":"[0-9a-f]*"//' "$1"; }
cp a.index.jsonl saved
cp other.index.jsonl a.index.jsonl
cp other.index.jsonl s-1-of-1.index.jsonl
expect 4 sightline verify a.npy
expect 4 sightline score --image-embeddings a.npy -c 'a dog'
expect 4 sightline embed-image --files-from list -o new.npy --update a.npy
expect 4 sightline embed-image --files-from list -o a.npy --update
expect 4 sightline merge s-1-of-1.npy -o merged.npy
tac list | expect 8 sightline embed-image --files-from - -o a.npy --index full --resume
old_info a.info.json
sightline verify a.npy
sightline score --image-embeddings a.npy -c 'a dog' >scores
old_info s-1-of-1.info.json
expect 4 sightline merge s-1-of-1.npy -o merged.npy
sed -i 's/,"labels":"[0-9a-f]*"//' s-1-of-1.info.json
sightline merge s-1-of-1.npy -o merged.npy
sightline verify merged.npy
cp saved a.index.jsonl
sightline embed-image --files-from list -o a.npy --update
xxhsum -H128 a.index.jsonl >hash 2>/dev/null || exit 0
[ "$(cut -d ' ' -f 1 hash)" = "$(sed 's/.*"index_xxh3":"\([0-9a-f]*\)".*/\1/' a.info.json)" ]
