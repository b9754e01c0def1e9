# SPDX-License-Identifier: Apache-2.0
: >none
expect 4 sightline embed-text --captions none -o out.npy
npy show out.npy
expect 4 sightline embed-text --captions absent -o b.npy
expect 4 sightline embed-text --captions . -o b.npy
expect 6 sightline embed-text --captions - -o b.npy <&-
ls
