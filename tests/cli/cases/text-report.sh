# SPDX-License-Identifier: Apache-2.0
# Report and index of texts, to a file and to stdout; both to stdout is refused.
printf 'a dog\nab\377c\n\n' | expect 3 sightline embed-text --captions - -o out.npy --report - 2>/dev/null
expect 2 sightline embed-text word --report -
expect 2 sightline embed-text word --report /dev/stdout -f csv
expect 8 sightline embed-text word -o new.npy --report out.npy
expect 4 sightline embed-text "$(printf '\377')" -o new.npy
npy show new.npy
ls
