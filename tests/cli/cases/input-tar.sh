# SPDX-License-Identifier: Apache-2.0
# The content decides, never the name: a tar archive of any name and size is one skipped row, an image named like a tar
# archive is read, and a nonexistent one is MISSING.
copy_images
tar -cf shard.tar photos
cp shard.tar renamed.jpg
tar --format=v7 -cf old.tar photos
cp photos/photo.jpg BM.jpg
tar -cf bitmap.tar BM.jpg
mv BM.jpg GIF89a.jpg
tar -cf gif.tar GIF89a.jpg
cp photos/photo.jpg photo.tar
cp shard.tar large.tar
truncate -s 300M large.tar
expect 3 sightline embed-image photo.tar shard.tar renamed.jpg old.tar bitmap.tar gif.tar large.tar absent.tar -o out.npy
npy show out.npy
cat out.index.jsonl
expect 4 sightline score shard.tar -c cat
expect 4 sightline embed-image - <shard.tar
printf 'photo.tar\nshard.tar\n' >list
expect 3 sightline embed-image --files-from list -q -o listed.npy
npy show listed.npy
# Tar archives in folders are ignored.
mkdir folder
cp shard.tar folder
cp photos/photo.jpg folder/a.jpg
sightline embed-image folder -o folder.npy
npy show folder.npy
