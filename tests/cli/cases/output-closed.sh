# SPDX-License-Identifier: Apache-2.0
# A closed stdout is exit 6, and no data file ever gets its number.
pictures
expect 6 sightline embed-image photos >&-
expect 6 sightline score photos -c word >&-
sightline embed-image photos -o a.npy
sightline embed-image photos -o b.npy >&-
cmp a.npy b.npy
sightline embed-image photos -o c.npy 2>&- >&- <&-
cmp a.npy c.npy
