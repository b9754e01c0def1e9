# SPDX-License-Identifier: Apache-2.0
# - is one picture's bytes; the content decides, never the name.
pictures
sightline embed-image photos/grey.png -f npy >a.npy
sightline embed-image - -f npy <photos/grey.png | cmp - a.npy
cp photos/grey.png liar.jpg
sightline embed-image liar.jpg -f npy | cmp - a.npy
cat photos/grey.png | sightline embed-image - | python3 -c 'import json; print(json.loads(input())["path"])'
expect 6 sightline embed-image - <&-
expect 6 sightline embed-image - <photos
expect 2 sightline embed-image - - <photos/grey.png
