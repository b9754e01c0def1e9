# SPDX-License-Identifier: Apache-2.0
copy_images
expect 6 sightline embed-image photos -o /dev/full -f npy
expect 6 sightline embed-image photos >/dev/full
expect 6 sightline score photos -c word >/dev/full
expect 6 sightline --help >/dev/full
expect 6 sightline info >/dev/full
