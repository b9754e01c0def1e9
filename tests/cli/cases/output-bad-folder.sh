# SPDX-License-Identifier: Apache-2.0
# Exit status 6 before the model is loaded: the model named here does not exist, which is not reported.
copy_images
mkdir folder.npy
long=$(printf 'x%.0s' {1..252}).npy
expect 6 sightline embed-image photos -o absent/out.npy
expect 6 sightline embed-image photos -o folder.npy
expect 6 sightline embed-image photos -o photos/grey.png/out.npy
expect 6 sightline embed-image photos -o $long 2>message
sed 's/x\{100,\}/x.../' message
