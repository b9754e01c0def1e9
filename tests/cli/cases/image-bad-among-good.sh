# SPDX-License-Identifier: Apache-2.0
# Exit status 3: bad rows are zeros, good rows are bit-identical, index and report are exact.
copy_images
sightline embed-image photos -o clean.npy
head -c 300 photos/photo.jpg >photos/b-cut.jpg
printf 'not an image' >photos/h-text.png
: >photos/z-empty.jpg
ln -s nowhere photos/zz-dangling.png
status=0
sightline embed-image photos -o out.npy --report report -j 2 -b 2 || status=$?
npy show out.npy
npy rows out.npy 1,2,4,5,6,7 clean.npy 0,1,2,3,4,5
cat out.index.jsonl
cat report
exit $status
