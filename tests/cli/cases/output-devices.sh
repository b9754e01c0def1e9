# SPDX-License-Identifier: Apache-2.0
# /dev/null, FIFOs and /dev/stdout are written directly, without a temporary file and without --force.
copy_images
sightline embed-image photos -o a.npy
sightline embed-image photos -o /dev/null -f npy
sightline embed-image photos -o /dev/stdout -f npy | cmp - a.npy
mkfifo pipe.npy
cat pipe.npy >copy.npy &
sightline embed-image photos -o pipe.npy --no-index
wait
cmp a.npy copy.npy
ls
