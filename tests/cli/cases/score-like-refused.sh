# SPDX-License-Identifier: Apache-2.0
# An unreadable query ends the run with exit status 4 and no output; options without effect are refused.
copy_images
mkdir empty
printf 'not an image' >bad.jpg
head -c 400 photos/photo.jpg >cut.jpg
expect 4 sightline score photos --like absent.jpg -o out.csv
expect 4 sightline score photos --like bad.jpg -o out.csv
expect 4 sightline score photos -c word --like photos/grey.png --like cut.jpg --like bad.jpg -j 2 -o out.csv
expect 4 sightline score photos --like empty -o out.csv
expect 4 sightline score photos --like - -o out.csv </dev/null
python3 - <<'P'
png = open("photos/grey.png", "rb").read()
open("no-end.png", "wb").write(png[:png.rindex(b"IEND") - 4])
P
sightline score photos --like no-end.png -v --top 1 -o out.csv 2>&1 | grep warning
rm out.csv
expect 4 sightline score photos --like no-end.png --strict -o out.csv
# hints
expect 4 sightline score photos --like 'https://example.org/dog.jpg'
expect 4 sightline score photos --like 'photos/*.jpeg'
expect 4 sightline score photos --like 'a red car'
ls photos/* | expect 4 sightline score photos --like -
echo --- usage >&2
expect 2 sightline score photos --like photos/grey.png --by image
expect 2 sightline score --like photos/grey.png
expect 2 sightline score photos --like ''
expect 2 sightline score - --like - <photos/grey.png
expect 2 sightline score photos --like - --like - <photos/grey.png
expect 2 sightline score photos --captions - --like - <photos/grey.png
echo - >list
expect 2 sightline score --files-from list --like - <photos/grey.png
echo word | expect 2 sightline score --files-from list --captions -
expect 2 sightline score photos --like photos/grey.png --text-cleaning openai
expect 2 sightline score photos --like photos/grey.png --invalid-utf8 replace
expect 2 sightline embed-image photos --like photos/grey.png -o out.npy
cp photos/grey.png query.png
expect 8 sightline score photos --like query.png -o query.png -f csv --force
expect 8 sightline score photos --like query.png -c word -o out.csv --report query.png --force
cmp query.png photos/grey.png
ls
