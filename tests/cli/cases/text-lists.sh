# SPDX-License-Identifier: Apache-2.0
# The same rules for all lists: labels are trimmed, captions are not, and a list that is not UTF-8 text ends the run.
printf 'cat\r\n\n \t \n  \tdog  \r\npizza\n\n' >labels
sightline score "$IMAGES/grey.png" --labels-from labels -f tsv >a.tsv
sightline score "$IMAGES/grey.png" --labels cat,dog,pizza -f tsv | cmp - a.tsv
sightline score "$IMAGES/grey.png" --labels "$(printf 'cat, \tdog\r,pizza ')" -f tsv | cmp - a.tsv
sightline score "$IMAGES/grey.png" --labels-from - -f tsv <labels | cmp - a.tsv
{ printf '\357\273\277'; cat labels; } | sightline score "$IMAGES/grey.png" --labels-from - -f tsv | cmp - a.tsv
printf 'cat\n\ncaf\351\n' | expect 4 sightline score "$IMAGES/grey.png" --labels-from -
printf '\n \n' >blank
expect 4 sightline embed-text --labels-from blank -o nothing.npy
expect 4 sightline score "$IMAGES/grey.png" --labels-from blank >/dev/null
printf ' a dog\n\n' | sightline embed-text --captions - | cut -d , -f 1

# A byte order mark at the start of a list of paths is ignored, too.
printf '\357\273\277%s\n' "$IMAGES/grey.png" | sightline embed-image --files-from - | cut -c 1-9

# NUL, and UTF-16 with and without a byte order mark: nothing is written.
printf 'a dog\nb\0c\n' >nul
printf '\377\376a\0\n\0' >little
printf '\376\377\0a\0\n' >big
printf 'a\0\n\0' >bare
for list in nul little big bare; do
  expect 4 sightline embed-text --captions $list -o out.npy --report report
  expect 4 sightline embed-text --labels-from $list -o out.npy --invalid-utf8 replace
  expect 4 sightline score "$IMAGES/grey.png" --captions $list -o out.csv
  expect 4 sightline embed-image --files-from $list -o out.npy
done 2>messages
sort messages | uniq -c
expect 4 sightline embed-text --captions - <little
expect 4 sightline embed-text --captions <(cat nul)  2>&1 | sed 's,/dev/fd/[0-9]*,PIPE,'
ls
