# SPDX-License-Identifier: Apache-2.0
# - is the bytes of one image; the format is detected from the content, never from the name.
copy_images
sightline embed-image photos/grey.png -f npy >a.npy
sightline embed-image - -f npy <photos/grey.png | cmp - a.npy
cp photos/grey.png liar.jpg
sightline embed-image liar.jpg -f npy | cmp - a.npy
cat photos/grey.png | sightline embed-image - | python3 -c 'import json; print(json.loads(input())["path"])'
expect 6 sightline embed-image - <&-
expect 6 sightline embed-image - <photos
expect 2 sightline embed-image - - <photos/grey.png
