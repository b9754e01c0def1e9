# SPDX-License-Identifier: Apache-2.0
# -q shows errors only. --progress always takes precedence.
copy_images
printf x >photos/bad.jpg
expect 3 sightline embed-image photos -q -o a.npy 2>quiet
cat quiet
expect 3 sightline embed-image photos --progress never -o b.npy 2>normal
cat normal
