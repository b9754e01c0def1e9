# SPDX-License-Identifier: Apache-2.0
# With stored embeddings, image options apply to image queries in the same way as in embed-image; without a query they
# are refused.
copy_images
sightline embed-image photos -o stored.npy
for options in '--alpha drop' '--preprocess openai' '--no-exif' '--preprocess hf --alpha white'; do
  sightline embed-image photos/rgba.png photos/exif.jpg $options -o query.npy --force
  sightline score --image-embeddings stored.npy --text-embeddings query.npy -q --values cosine -o expected.npy --force
  sightline score --image-embeddings stored.npy --like photos/rgba.png --like photos/exif.jpg $options \
    --values cosine -o seen.npy --force
  npy same expected.npy seen.npy
done
sightline score --image-embeddings stored.npy --like photos/rgba.png --strict --top 1 | tail -1 | sed 's/.*  //'
sightline score --image-embeddings stored.npy --like photos/rgba.png --lenient --top 1 | tail -1 | sed 's/.*  //'
expect 2 sightline score --image-embeddings stored.npy --like photos/rgba.png -L
expect 2 sightline score --image-embeddings stored.npy -c word --alpha drop
