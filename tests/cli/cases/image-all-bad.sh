# SPDX-License-Identifier: Apache-2.0
printf x >a.jpg
printf y >b.jpg
status=0
sightline embed-image a.jpg b.jpg -o out.npy || status=$?
ls
exit $status
