# SPDX-License-Identifier: Apache-2.0
# Stored embeddings of images or captions give the same scores, with labels from the index.
copy_images
sightline embed-image photos -o images.npy
sightline embed-text 'a dog' word 'a photo of a cat' -o texts.npy
sightline score photos -c 'a dog' -c word -c 'a photo of a cat' -f jsonl >direct
sightline score --image-embeddings images.npy -c 'a dog' -c word -c 'a photo of a cat' -f jsonl | cmp - direct
sightline score photos --text-embeddings texts.npy -f jsonl | cmp - direct
sightline score --image-embeddings images.npy --text-embeddings texts.npy -f jsonl | cmp - direct
sightline score --image-embeddings images.npy --text-embeddings texts.npy --by caption -f csv >a
sightline score photos -c 'a dog' -c word -c 'a photo of a cat' --by caption -f csv | cmp - a
