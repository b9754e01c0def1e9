# SPDX-License-Identifier: Apache-2.0
# A NUL-separated list without -0 gives one message with the remedy.
copy_images
printf 'a.png\nphotos/grey.png\0photos/tall.png\0' >list
expect 4 sightline embed-image --files-from list -o out.npy
expect 4 sightline embed-image --files-from - -o out.npy <list
ls
