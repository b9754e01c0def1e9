# SPDX-License-Identifier: Apache-2.0
# An empty list or folder gives exit status 4 and a valid, empty output.
mkdir empty
: >list
expect 4 sightline embed-image empty -o a.npy
expect 4 sightline embed-image --files-from list -o b.npy
npy show a.npy
cmp a.npy b.npy
cat a.index.jsonl
expect 4 sightline embed-image --files-from absent -o c.npy
expect 4 sightline embed-image empty -f csv
expect 4 sightline embed-image empty -f json
ls
expect 4 sightline embed-image '' -f csv
expect 4 sightline embed-image empty -q -f csv
