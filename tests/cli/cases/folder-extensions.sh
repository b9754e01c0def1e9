# SPDX-License-Identifier: Apache-2.0
# The extension, in upper or lower case, decides which files in a folder are images. Those that this build cannot read
# are counted: in one line per folder on stderr, and in the summary of the report.
copy_images
mkdir -p trip/below
for ending in jpg JPEG jpe JfIf WebP; do cp photos/photo.jpg trip/below/a.$ending; done
cp photos/grey.png trip/b.PNG
cp photos/grey.png trip/c.apng
touch trip/d.svg trip/below/e.SVG trip/below/f.svg trip/g.psd trip/h.Psd trip/i.cr2 trip/j.txt trip/k trip/.l.svg
sightline embed-image trip/ -o out.npy --report report.jsonl
cut -d, -f2 out.index.jsonl
tail -1 report.jsonl
# With -q only in the report; also for folders in a list, one line each.
sightline embed-image trip -o out.npy --force -q --report report.jsonl --force
tail -1 report.jsonl
mkdir other
touch other/a.svg
printf 'trip/below\nother\nphotos\n' >list
sightline score --files-from list -c word -o out.csv --report scores.jsonl
tail -1 scores.jsonl
# A folder with unsupported images only: no images are found, and the reason is given.
expect 4 sightline embed-image other -o none.npy
expect 4 sightline score other -c word
expect 4 sightline score other -c word -q
# A file given by name is always an input.
expect 4 sightline embed-image other/a.svg
