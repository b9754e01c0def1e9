# SPDX-License-Identifier: Apache-2.0
printf 'no image' >a.jpg
expect 4 sightline score a.jpg -c cat -f jsonl
mkdir empty
expect 4 sightline score empty -c cat
: >none
expect 4 sightline score a.jpg --captions none
