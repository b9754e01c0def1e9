# SPDX-License-Identifier: Apache-2.0
# A file size limit is a failed write, not a signal; the old file is unchanged.
copy_images
echo old >out.npy
for i in {1..60}; do cat "$MODELS/captions.txt"; done >captions
(ulimit -f 8; expect 6 sightline embed-text --captions captions -o out.npy --force --no-index)
cat out.npy
ls
