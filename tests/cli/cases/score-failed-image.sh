# SPDX-License-Identifier: Apache-2.0
# A failed image is a separate object in jsonl and does not affect the others.
copy_images
head -c 400 photos/photo.jpg >photos/h-cut.jpg
sightline score photos -c 'a dog' -c word -f jsonl >out || status=$?
grep '"skipped"' out
[ "$(wc -l <out)" = 7 ]
rm photos/h-cut.jpg
sightline score photos -c 'a dog' -c word -f jsonl >clean
grep -v '"skipped"' out | cmp - clean
exit $status
