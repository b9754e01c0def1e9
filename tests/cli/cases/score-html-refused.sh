# SPDX-License-Identifier: Apache-2.0
# Options that need a report, and limits.
cp "$IMAGES"/rgba.png a.png
refused() { sightline score "$@" && echo accepted || echo "exit $?"; }
refused a.png -c dog --matrix
refused a.png -c dog --thumbnails 64 -o x.jsonl
refused a.png -c dog --thumbnails 1025 -o x.html
refused --pairs pairs.tsv -f html
for i in $(seq 201); do echo "caption $i"; done >captions.txt
refused a.png --captions captions.txt --matrix -o x.html
for i in $(seq 201); do echo a.png; done | refused --files-from - -c dog --matrix -o x.html
sightline embed-image a.png -f html || echo "exit $?"
sightline embed-image a.png -o x.html || echo "exit $?"
touch x.html
refused a.png -c dog -o x.html
test ! -s x.html
