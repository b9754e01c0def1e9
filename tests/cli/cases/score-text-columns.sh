# SPDX-License-Identifier: Apache-2.0
# No probability column if it is meaningless: for one caption, and over images. Other formats keep it.
copy_images
show() { "$@" | sed 's/[-0-9.]*[0-9]%/PERCENT/;s/-\{0,1\}[01]\.[0-9]\{4\}/COSINE/;s/  */ /g'; }
show sightline score photos/grey.png -c word
show sightline score photos/grey.png --labels dog
sightline embed-text word -o one.npy
show sightline score photos/grey.png --text-embeddings one.npy
show sightline score photos/grey.png -c word -c 'a dog'
show sightline score photos/grey.png -c word -c 'a dog' --top 1
show sightline score photos/grey.png -c word -c 'a dog' --by caption
show sightline score photos/grey.png --like photos/tall.png
sightline score photos/grey.png -c word -f csv | head -1
sightline score photos/grey.png --like photos/tall.png -f jsonl | grep -o '"[a-z]*":' | tr -d '\n'
