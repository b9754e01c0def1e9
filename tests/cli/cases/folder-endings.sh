# SPDX-License-Identifier: Apache-2.0
# Which files of a folder are images: by ending, in any case, as far as this build reads them. Images that it does not
# read are counted: a line on stderr for each folder, and in the summary of the report.
pictures
mkdir -p trip/below
for ending in jpg JPEG jpe JfIf WebP; do cp photos/photo.jpg trip/below/a.$ending; done
cp photos/grey.png trip/b.PNG
cp photos/grey.png trip/c.apng
touch trip/d.svg trip/below/e.SVG trip/below/f.svg trip/g.psd trip/h.Psd trip/i.cr2 trip/j.txt trip/k trip/.l.svg
sightline embed-image trip/ -o out.npy --report report.jsonl
cut -d, -f2 out.index.jsonl
tail -1 report.jsonl
# Quiet, in the report all the same; of a list's folders too, one line each.
sightline embed-image trip -o out.npy --force -q --report report.jsonl --force
tail -1 report.jsonl
mkdir other
touch other/a.svg
printf 'trip/below\nother\nphotos\n' >list
sightline score --files-from list -c word -o out.csv --report scores.jsonl
tail -1 scores.jsonl
# Only images that are not read: none found, and why.
expect 4 sightline embed-image other -o none.npy
expect 4 sightline score other -c word
expect 4 sightline score other -c word -q
# By name everything is an input.
expect 4 sightline embed-image other/a.svg
