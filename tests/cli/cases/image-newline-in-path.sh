# SPDX-License-Identifier: Apache-2.0
# A name with a newline is two entries in a list of lines, but one with -0.
copy_images
cp photos/grey.png "$(printf 'x\ny.png')"
status=0
printf 'x\ny.png\nphotos/grey.png\n' | sightline embed-image --files-from - -o out.npy -q || status=$?
npy show out.npy
printf 'x\ny.png\0' | sightline embed-image --files-from - -0 -f npy >/dev/null
exit $status
