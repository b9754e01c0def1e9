# SPDX-License-Identifier: Apache-2.0
# The formats of --pairs: a failed pair keeps its line unless --drop-bad is given; the report has all of them.
copy_images
printf 'not an image' >broken.jpg
printf 'photos/photo.jpg\ta, dog\nbroken.jpg\tx\\ty\n\nphotos/photo.jpg\tcaf\351\r\nphotos\tfolder\nphotos/grey.png\t\n' >pairs.tsv
shorten() { sed -E 's/-?[0-9]+\.[0-9]+(e-?[0-9]+)?/N/g'; }
for form in jsonl json csv tsv text; do
  echo "$form:"
  expect 3 sightline score --pairs pairs.tsv -f $form -q 2>errors >out
  shorten <out | tr '\r' '$'
done
cat errors >&2
expect 3 sightline score --pairs pairs.tsv -o pairs.csv --drop-bad --report report.jsonl 2>errors
tail -2 errors | shorten >&2
wc -l <pairs.csv
shorten <report.jsonl
expect 3 sightline score --pairs pairs.tsv --invalid-utf8 replace -f tsv -q 2>/dev/null >out
sed -n 4p out | shorten
expect 4 sightline score --pairs pairs.tsv --on-error stop -o stopped.csv -q
[ ! -e stopped.csv ]
