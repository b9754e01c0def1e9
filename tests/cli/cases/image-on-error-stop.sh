# SPDX-License-Identifier: Apache-2.0
# The run ends at the first bad image, and no output files are left.
copy_images
printf 'not an image' >photos/h.png
status=0
sightline embed-image photos -o out.npy --on-error stop -j 2 -b 1 || status=$?
ls
exit $status
