# SPDX-License-Identifier: Apache-2.0
# CRLF, a BOM, empty captions, no last newline; U+2028, U+0085 and VT do not end a line.
printf '\357\273\277a dog\r\n\r\nword\nx\342\200\250y\302\205z\013w\nlast' >captions
sightline embed-text --captions captions -o a.npy
python3 - <<'P'
import json
for line in open("a.index.jsonl", encoding="utf-8"):
    print(ascii(json.loads(line)["text"]))
P
sightline embed-text 'a dog' '' word -o b.npy
npy rows a.npy 0,1,2 b.npy 0,1,2
sightline embed-text --captions - -f npy <captions | cmp - a.npy
# Only LF ends a line; VT, FF, NEL, U+2028 and a CR inside a line do not.
printf 'a\013b\014c\302\205d\342\200\250e\342\200\251f\rg\nlast' | sightline embed-text --captions - | cut -d , -f 1
# A pipe given as a list is read to its end.
sightline embed-text --captions <(sleep 0.1; printf 'late\r\n') | cut -d , -f 1
