# SPDX-License-Identifier: Apache-2.0
# In folders, hidden files and folders are skipped unless --hidden is given. Given by name, they are always included.
copy_images
mkdir -p tree/.git tree/below/.thumbs
cp photos/grey.png tree/a.png
for hidden in .git/b.png .c.png below/.thumbs/d.png below/._e.png .f.svg; do cp photos/grey.png tree/$hidden; done
paths() { python3 -c 'import json, sys; print([json.loads(l)["path"] for l in sys.stdin])'; }
sightline embed-image tree | paths
sightline embed-image tree --hidden | paths
sightline embed-image tree/.git tree/.c.png | paths
printf 'tree/.git\ntree/below/.thumbs/d.png\n' | sightline embed-image --files-from - | paths
(cd tree/.git && sightline embed-image . | paths)
(cd tree/.git && sightline embed-image .. | paths)
