# SPDX-License-Identifier: Apache-2.0
# Symbolic links to folders are followed only with -L, each folder once; links to images are images.
copy_images
mkdir tree
cp photos/grey.png tree/a.png
ln -s ../photos tree/linked
ln -s . tree/loop
ln -s a.png tree/b.png
ln -s self.png tree/self.png
paths() { python3 -c 'import json, sys; [print(json.loads(l)["path"], json.loads(l).get("class")) for l in sys.stdin]'; }
sightline embed-image tree | paths
echo --
sightline embed-image -L tree | paths
