# SPDX-License-Identifier: Apache-2.0
# Malformed pairs end the run, in a file before the model is loaded; options without effect are usage errors.
copy_images
good=$(printf 'photos/photo.jpg\ta dog')
refuse() { printf "$1" >pairs.tsv; expect 4 sightline score -m absent --pairs pairs.tsv -o out.csv; }
refuse 'photos/photo.jpg\ta dog\nphotos/photo.jpg a dog\n'
refuse 'photos/photo.jpg\ta\tdog\n'
refuse '\n\nphotos/photo.jpg\ta\0dog\n'
refuse '\377\376a\0'
expect 4 sightline score --pairs absent.tsv
expect 4 sightline score --pairs photos
expect 6 sightline score --pairs - <photos
: >pairs.tsv
expect 4 sightline score --pairs pairs.tsv
# a pipe: the lines before the bad one are scored
(echo "$good"; sleep 0.5; echo 'no tab') | expect 4 sightline score --pairs - -q >out
wc -l <out
echo "$good" >pairs.tsv
for option in photos '-c a' '--captions list' '--labels a' '--labels-from list' '--files-from list' '--like a.jpg' \
  '--image-embeddings a.npy' '--top 1' '--by image' '--threshold 0.1' '--fail-under 0.1' '--no-index' '-f npy'; do
  expect 2 sightline score --pairs pairs.tsv $option 2>error
  head -1 error >&2
done
printf -- '-\ta\nphotos/grey.png\tb\n-\tc\n' >twice.tsv
expect 2 sightline score --pairs twice.tsv
expect 2 sightline score --pairs - <twice.tsv
printf -- '-\ta\n-\tb\n' >once.tsv
sightline score --pairs once.tsv -q <photos/photo.jpg | wc -l
# an output that is an input
printf 'photos/photo.jpg\ta\n' >scores.csv
expect 8 sightline score --pairs scores.csv -o scores.csv --force
cp photos/photo.jpg photo.csv
printf 'photo.csv\ta\n' >pairs.tsv
expect 8 sightline score --pairs pairs.tsv -o photo.csv --force
cmp photo.csv photos/photo.jpg
ls *.part 2>/dev/null || true
