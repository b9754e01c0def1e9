# SPDX-License-Identifier: Apache-2.0
# Folders are searched recursively; paths are sorted bytewise and reported as given.
copy_images
mkdir -p tree/b tree/B.d tree/.hidden tree/a.jpg
cp photos/grey.png tree/b/x.PNG
cp photos/grey.png tree/b.png
cp photos/photo.jpg tree/B.d/y.JpEg
cp photos/photo.jpg tree/a.jpg/z.jpg
cp photos/photo.jpg tree/no-extension
cp photos/grey.png tree/text.txt
paths() { python3 -c 'import json, sys; [print(json.loads(l)["path"]) for l in sys.stdin]'; }
sightline embed-image tree | paths
echo --
sightline embed-image tree/ tree/text.txt | paths
echo --
(cd tree && sightline embed-image . | paths)
