# SPDX-License-Identifier: Apache-2.0
# Failed rows are left out of the array; index and report contain the mapping of rows.
copy_images
sightline embed-image photos -o clean.npy
printf 'not an image' >photos/h.png
status=0
sightline embed-image photos -o out.npy --drop-bad --report report -q || status=$?
cmp out.npy clean.npy
cat out.index.jsonl
tail -1 report
exit $status
