# SPDX-License-Identifier: Apache-2.0
# A folder in a list is walked like an argument; a list on stdin cannot contain stdin.
copy_images
mkdir photos/below
mv photos/tall.png photos/below
sightline embed-image photos photos/grey.png -f npy >arguments.npy
printf 'photos\nphotos/grey.png\n' | sightline embed-image --files-from - -o listed.npy
cmp arguments.npy listed.npy
printf 'photos\0' | sightline embed-image --files-from - -0 | wc -l
mkdir elsewhere
ln -s ../photos elsewhere/link
echo elsewhere >list
expect 4 sightline embed-image --files-from list
sightline embed-image --files-from list -L | wc -l
sightline embed-image --files-from <(echo -) -f npy <photos/grey.png | wc -c
echo - | expect 2 sightline embed-image --files-from -
expect 2 sightline embed-image photos -0
