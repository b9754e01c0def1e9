# SPDX-License-Identifier: Apache-2.0
# --update encodes only what is new or changed, and writes the bytes of a fresh run, for every kind of change.
copy_images
printf 'not an image' >photos/broken.png
printf 'not an image either' >photos/worse.png
expect 3 sightline embed-image photos -o old.npy --index full 2>/dev/null

# compare WHAT OPTIONS...: an update of old.npy against a fresh run; prints the line and the counts
compare() {
  echo "$1:"
  shift
  rm -f new.* fresh.*
  expect 3 sightline embed-image photos -o fresh.npy --index full --report fresh.jsonl "$@" 2>/dev/null
  expect 3 sightline embed-image photos -o new.npy --update old.npy --report new.jsonl "$@" 2>message
  cmp new.npy fresh.npy
  cmp new.index.jsonl fresh.index.jsonl
  cmp new.info.json fresh.info.json
  cmp <(sed 's/"reused":.*,"passed_over"/"passed_over"/' new.jsonl) fresh.jsonl
  grep reused message
  tail -n 1 new.jsonl
  sightline verify new.npy --report new.jsonl >verified
}
compare unchanged
touch -d 2001-01-01 photos/*.jpg
compare touched
cp photos/rgba.png photos/copy.png
cp photos/rgba.png photos/.hidden.png
mv photos/exif.jpg photos/renamed.jpg
ln -s tall.png photos/link.png
compare 'copied, renamed and linked'
rm photos/grey.png
compare removed
cp "$DATA/images/cat.png" photos/new.png
compare new
cp "$DATA/images/car.jpg" photos/broken.png
compare 'failed before, good now'
printf 'not an image' >photos/photo.jpg
compare 'good before, failed now'
cat photos/rgba.png >photos/palette.png
compare 'changed into the content of another one'
compare 'dropped rows' --drop-bad
compare 'single images' -b 1 -j 1
compare float16 --output-dtype f16

# a chain of updates, in place
rm photos/worse.png photos/photo.jpg
cp old.npy chain.npy
cp old.index.jsonl chain.index.jsonl
cp old.info.json chain.info.json
for i in 1 2; do
  sightline embed-image photos -o chain.npy --update
  cp "$DATA/images/penguin.jpg" photos/later.jpg
done
rm -f fresh.*
sightline embed-image photos -o fresh.npy --index full
sightline embed-image photos -o chain.npy --update -q
cmp chain.npy fresh.npy
cmp chain.index.jsonl fresh.index.jsonl
# without an output, a fresh run; the report says the same
sightline embed-image photos -o first.npy --update --report first.jsonl
tail -n 1 first.jsonl
cmp first.npy fresh.npy
cmp first.index.jsonl fresh.index.jsonl
# in float16: from float32 and from float16
sightline embed-image photos -o half.npy --output-dtype f16
sightline embed-image photos -o a.npy --output-dtype f16 --update fresh.npy -q
sightline embed-image photos -o b.npy --output-dtype f16 --update a.npy -q
cmp half.npy a.npy
cmp half.npy b.npy
