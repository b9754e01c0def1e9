# SPDX-License-Identifier: Apache-2.0
# The run ends with the first bad picture, and nothing lies under the final names.
pictures
printf 'not a picture' >photos/h.png
status=0
sightline embed-image photos -o out.npy --on-error stop -j 2 -b 1 || status=$?
ls
exit $status
