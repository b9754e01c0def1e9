# SPDX-License-Identifier: Apache-2.0
# The index of an array of scores contains the names of its rows and columns.
copy_images
sightline embed-image photos -o i.npy
sightline score photos -c 'a cat' -c 'a "dog"' -o a.npy
cat a.index.json
sightline score --image-embeddings i.npy --labels cat,dog -o b.npy --values probability --by caption
cat b.index.json
# rows that are left out of the array are left out of the index
echo 'not an image' >photos/broken.jpg
expect 3 sightline score photos -c x -o c.npy -q --progress never 2>/dev/null
expect 3 sightline score photos -c x -o d.npy -q --drop-bad 2>/dev/null
expect 3 sightline score photos -c x -o e.npy -q --drop-bad --by caption --values probability 2>/dev/null
python3 - <<'P'
import json
for name in "cde":
    index = json.load(open(name + ".index.json"))
    rows = int(open(name + ".npy", "rb").read(128).decode("latin1").split("(")[1].split(",")[0])
    print(rows, len(index["rows"]), "photos/broken.jpg" in index["rows"], index["values"])
P
# bytes that are not UTF-8
cp "$IMAGES/grey.png" "$(printf 'gr\351y.png')"
sightline score gr*y.png photos/grey.png -c x -o f.npy
cat f.index.json
# it is handled like the other outputs
rm a.npy
expect 8 sightline score photos/grey.png -c x -o a.npy
expect 8 sightline score photos/grey.png -c x -o a.npy --no-index
expect 2 sightline score photos/grey.png -c x -o g.npy --report g.index.json
expect 2 sightline score photos/grey.png -c x --no-index
expect 2 sightline score photos/grey.png -c x -o g.csv --no-index
expect 6 sightline score photos/grey.png -c x -o g.npy --report /dev/full
sightline score photos/grey.png -c x -f npy | wc -c
sightline score photos/grey.png -c x -o a.npy --no-index --force
sightline score photos/grey.png -c x -o g.npy --no-index
ls
