# SPDX-License-Identifier: Apache-2.0
# 1 MiB is accepted and truncated to the context; one byte more is LIMIT, and only its beginning is repeated. A NUL ends
# the run, because the file is not a list of texts.
python3 -c 'open("most", "w").write("a" * (1 << 20)); open("more", "w").write("a" * ((1 << 20) + 1) + "\nword\n")'
bounded 1 60 sightline embed-text --captions most -o a.npy --report report
cut -c 1048580- a.index.jsonl | grep -o '"tokens".*'
grep -o '"warnings.*' report
expect 3 sightline embed-text --captions more -o b.npy
npy show b.npy
wc -c <b.index.jsonl
printf 'a\0b\nword\n' >nul
expect 4 sightline embed-text --captions nul -o c.npy
[ ! -e c.npy ]
