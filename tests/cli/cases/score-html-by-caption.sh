# SPDX-License-Identifier: Apache-2.0
# Contact sheets: for captions and for images, from files, archives and stored embeddings, with the numbers of jsonl.
mkdir photos
cp "$IMAGES"/rgba.png "$IMAGES"/exif.jpg "$DATA"/images/pizza.jpg photos
echo broken >photos/broken.png
tar -cf shard.tar -C photos pizza.jpg exif.jpg
compare() {
  sightline score "$@" -f jsonl >scores.jsonl 2>/dev/null || echo "exit $?"
  sightline score "$@" $more -o report.html --force 2>errors || echo "exit $?"
  sed -i '/^exit/d' scores.jsonl
  python3 "$CLI/report.py" report.html scores.jsonl
}
compare photos -c dog -c '<c>' --by caption --top 2
more=--matrix compare photos -c dog --by caption
more=--matrix compare photos/rgba.png shard.tar --like photos/pizza.jpg -c dog
sightline embed-image photos -o photos.npy 2>/dev/null || true
rm photos/pizza.jpg
more=--matrix compare --image-embeddings photos.npy -c dog --by caption
cat errors
compare --image-embeddings photos.npy --like photos/rgba.png --top 1
compare --image-embeddings photos.npy -c dog
cat errors
sightline embed-image photos/exif.jpg -o one.npy
mv photos/exif.jpg elsewhere.jpg
sightline score --image-embeddings one.npy -c dog -o report.html --force || echo "exit $?"
mv elsewhere.jpg photos/exif.jpg
# Nothing is read again for links alone.
sightline score --image-embeddings photos.npy -c dog --by caption --thumbnails 0 -o report.html --force || echo "exit $?"
python3 "$CLI/report.py" report.html
# 100 images at most, unless --top says otherwise.
for i in $(seq 120); do echo photos/rgba.png; done >list
sightline score --files-from list -c dog -c cat --by caption -o report.html --force
python3 "$CLI/report.py" report.html | grep -c card
sightline score --files-from list -c dog --by caption --top 110 -o report.html --force
python3 "$CLI/report.py" report.html | grep -c card
# Rows without names, texts, and members of archives have no image, and that is not an error.
sightline embed-text 'a dog' -o texts.npy
sightline score --image-embeddings texts.npy -c dog --by caption -o report.html --force
python3 "$CLI/report.py" report.html
sightline embed-image shard.tar -o shard.npy
sightline score --image-embeddings shard.npy -c dog --by caption -o report.html --force
python3 "$CLI/report.py" report.html
rm shard.index.jsonl shard.info.json
sightline score --image-embeddings shard.npy -c dog --by caption -o report.html --force
python3 "$CLI/report.py" report.html
