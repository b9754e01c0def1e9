# SPDX-License-Identifier: Apache-2.0
# An array that is written through a symbolic link lies with all files that describe it beside the target, so that both
# names give the same labels.
copy_images
mkdir disk
ln -s disk/real.npy link.npy
sightline embed-image photos -o link.npy --index full
ls disk *.npy
mv photos/exif.jpg photos/z.jpg  # the same rows in another order
sightline embed-image photos -o link.npy --update
sightline embed-image photos -o fresh.npy --index full
for ending in npy index.jsonl info.json; do cmp fresh.$ending disk/real.$ending; done
sightline verify link.npy
sightline verify disk/real.npy
sightline embed-image photos -o disk/real.npy --update
sightline embed-image photos -o link.npy --index full --resume
rm photos/z.jpg
expect 8 sightline embed-image photos -o link.npy --index full --resume
expect 8 sightline embed-image photos -o link.npy
sightline embed-image photos -o link.npy --force
sightline verify link.npy
# interrupted through the link, continued through either name
for name in link.npy disk/real.npy; do
  (ulimit -f 1; expect 6 sightline embed-image photos -o link.npy --force -b 1 --checkpoint 1 -q 2>/dev/null)
  [ -e disk/real.npy.journal ]
  expect 4 sightline verify link.npy 2>/dev/null
  sightline embed-image photos -o $name --force --resume -q
  sightline verify link.npy
done
# merge: to and from links
for k in 1 2; do
  sightline embed-text a b c --shard $k/2 -o disk/s.npy
  ln -s disk/s-$k-of-2.npy linked-$k.npy
done
sightline merge linked-1.npy linked-2.npy -o link.npy --force
sightline verify disk/real.npy
expect 8 sightline merge linked-1.npy linked-2.npy -o linked-1.npy --force
sightline embed-text a b c -o link.npy --resume
# an array of scores: no index of embeddings remains
sightline score photos/photo.jpg -c 'a dog' -o link.npy --force
ls disk

# a file beside the link would describe another array
rm disk/*
cp fresh.index.jsonl link.index.jsonl
for command in 'embed-image photos' 'embed-text a' "score photos/photo.jpg -c a"; do
  expect 8 sightline $command -o link.npy --force
done
expect 8 sightline merge linked-1.npy -o link.npy --force 2>&1 | tail -n 1
# unless it is a link to the file beside the target
rm link.index.jsonl
for ending in index.jsonl info.json; do ln -s disk/real.$ending link.$ending; done
sightline embed-image photos -o link.npy
sightline embed-image photos -o link.npy --force
cmp link.index.jsonl disk/real.index.jsonl
sightline verify link.npy
# links to devices, and loops
ln -s /dev/null null.npy
sightline embed-text a -o null.npy -f npy
ln -s loop.npy loop.npy
expect 6 sightline embed-text a -o loop.npy
