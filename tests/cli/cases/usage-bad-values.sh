# SPDX-License-Identifier: Apache-2.0
expect 2 sightline embed-text a -b 0
expect 2 sightline embed-text a -j many
expect 2 sightline embed-text a -f xml
expect 2 sightline score a.png -c a --top 0
expect 2 sightline score a.png -c a --by photo
expect 2 sightline score a.png -c a --threshold high
SIGHTLINE_THREADS=none expect 2 sightline embed-text a
expect 2 sightline embed-text a -o out.xyz
expect 2 sightline embed-image a.png --no-exif=3
ls
expect 2 sightline score a.png -c a --threshold nan
expect 2 sightline embed-text a -f text
expect 2 sightline embed-text a -o
expect 2 sightline embed-text a -o out.npy --report ./out.npy
expect 2 sightline embed-image a.png -o out.npy --report out.index.jsonl
expect 2 sightline score a.png -c a --top 1 --top 2
expect 2 sightline score a.png -c a --captions x --captions x --captions x
# the list of extensions is that of the command
expect 2 sightline embed-text a -o out.txt
expect 2 sightline score a.png -c a -o out.xyz
