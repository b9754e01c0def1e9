# SPDX-License-Identifier: Apache-2.0
# --exclude skips files and folders in folders by name or by path below the folder, a folder with its contents.
copy_images
mkdir -p tree/thumbs tree/a/thumbs
for name in x.png thumbs/y.png a/thumbs/z.png a/w.png .hidden.png; do cp photos/grey.png tree/$name; done
touch tree/thumbs/a.svg tree/b.svg
paths() { python3 -c 'import json, sys; print([json.loads(l)["path"] for l in sys.stdin])'; }
sightline embed-image tree --exclude thumbs -q | paths
sightline embed-image tree --exclude 'a/*' --exclude='x.*' -q | paths
sightline embed-image tree --exclude 'thumbs/*' --exclude '*.svg' | paths
sightline embed-image tree --hidden --exclude '*hidden*' --exclude thumbs --exclude '[b].svg' | paths
# It does not apply to paths given by name.
sightline embed-image tree/x.png tree/thumbs --exclude x.png --exclude thumbs -q | paths
printf 'tree/x.png\ntree/a\n' | sightline embed-image --files-from - --exclude x.png --exclude thumbs -q | paths
sightline score tree --exclude thumbs -c word -f csv | cut -d, -f1
sightline embed-image tree --exclude thumbs -o out.npy --report report.jsonl
tail -1 report.jsonl
for pattern in '' /tree ./x.png; do expect 2 sightline embed-image tree --exclude "$pattern"; done
expect 2 sightline embed-image tree --exclude
npy write rows.npy '[[1,0],[0,1]]'
expect 2 sightline score --image-embeddings rows.npy -c word --exclude x
expect 2 sightline score --image-embeddings rows.npy -c word --hidden
