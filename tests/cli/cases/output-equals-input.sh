# SPDX-License-Identifier: Apache-2.0
# Refused also through links and with --force; all files are unchanged.
copy_images
cp -r "$SIGHTLINE_MODEL" model
chmod -R u+w model
ln -s photos/grey.png link.npy
ln model/model.safetensors hard.npy
find photos model -type f -exec cksum {} + | sort >before
expect 8 sightline embed-image photos -o photos/grey.png -f npy --force
expect 8 sightline embed-image photos -o link.npy --force
expect 8 sightline embed-image -m model photos -o hard.npy --force
expect 8 sightline embed-image -m model photos -o model/config.json --force
expect 8 sightline score photos -c word -o photos/tall.png -f csv --force
printf 'word\n' >captions.txt
expect 8 sightline embed-text --captions captions.txt -o captions.txt -f jsonl --force
expect 8 sightline score photos --captions captions.txt -o captions.txt -f csv --force
expect 8 sightline embed-image photos -o out.npy --report photos/grey.png --force
printf 'photos/grey.png\n' >list.csv
expect 8 sightline embed-image --files-from list.csv -o list.csv --force
sightline embed-text word -o texts.npy
expect 8 sightline score photos --text-embeddings texts.npy -o texts.npy --force
cksum texts.* >texts
expect 8 sightline score photos --text-embeddings texts.npy -o texts.index.jsonl --force
expect 8 sightline score photos --text-embeddings texts.npy --report texts.index.jsonl --force >/dev/null
cksum texts.* | cmp - texts
find photos model -type f -exec cksum {} + | sort | cmp - before
ls
