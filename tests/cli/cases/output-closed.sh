# SPDX-License-Identifier: Apache-2.0
# A closed stdout gives exit status 6, and no data file gets its descriptor.
copy_images
expect 6 sightline embed-image photos >&-
expect 6 sightline score photos -c word >&-
sightline embed-image photos -o a.npy
sightline embed-image photos -o b.npy >&-
cmp a.npy b.npy
sightline embed-image photos -o c.npy 2>&- >&- <&-
cmp a.npy c.npy
