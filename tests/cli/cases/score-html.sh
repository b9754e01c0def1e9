# SPDX-License-Identifier: Apache-2.0
# A report by image has the numbers of jsonl, thumbnails, links relative to its own folder, and cards for skipped images.
mkdir -p photos reports
cp "$IMAGES"/rgba.png "$IMAGES"/exif.jpg photos
cp "$DATA"/images/pizza.jpg 'photos/a b#1?.jpg'
echo broken >photos/broken.png
tar -cf shard.tar -C photos rgba.png
captions="--labels dog,cat,pizza,car"
inputs="photos shard.tar absent.jpg"
status() { "$@" || echo "exit $?"; }
status sightline score $inputs $captions -f jsonl >scores.jsonl 2>/dev/null
status sightline score $inputs $captions -o reports/report.html --report r.jsonl 2>/dev/null
sed -i '/^exit/d' scores.jsonl
python3 "$CLI/report.py" reports/report.html scores.jsonl
tail -n 1 r.jsonl
sightline score photos/rgba.png $captions -f html --thumbnails 16 -o 16.html
python3 "$CLI/report.py" 16.html
status sightline score photos $captions -f html --thumbnails 0 --drop-bad 2>/dev/null >0.html
python3 "$CLI/report.py" 0.html | sed "s|file://.*/photos/|file:.../photos/|"
sightline score - $captions -f html <photos/rgba.png >stdin.html
python3 "$CLI/report.py" stdin.html
echo photos/rgba.png | sightline score --files-from - $captions -o list.html
python3 "$CLI/report.py" list.html
# The same bytes for any number of threads and any batch size.
export SOURCE_DATE_EPOCH=1700000000
sightline score photos/*.jpg $captions -f html -o 1.html
sightline score photos/*.jpg $captions -f html -j 3 -b 1 -o 2.html
cmp <(sed 's/<dt>Options.*//' 1.html) <(sed 's/<dt>Options.*//' 2.html)
grep -o '<dt>[A-Z][a-z]*</dt><dd><bdi>[^<]*' 2.html | sed 's/<[^>]*>/ /g; s/Fingerprint.*/Fingerprint/; s/sightline [0-9.]*/sightline/'
