# SPDX-License-Identifier: Apache-2.0
# A list of paths that end with NUL, without -0, says so once.
pictures
printf 'a.png\nphotos/grey.png\0photos/tall.png\0' >list
expect 4 sightline embed-image --files-from list -o out.npy
expect 4 sightline embed-image --files-from - -o out.npy <list
ls
