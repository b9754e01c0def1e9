# SPDX-License-Identifier: Apache-2.0
# --invalid-utf8 replace gives the same text as Python's decode, and exactly the embeddings of that text.
python3 - <<'P'
import itertools, random
random.seed(7)
edges = [0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff]
lines = [bytes(t) for n in (1, 2, 3) for t in itertools.product(edges, repeat=n)]
lines += [bytes(random.choices(edges, k=random.randint(4, 12))) for _ in range(2000)]
open("wrong", "wb").write(b"".join(b"x" + line + b"\n" for line in lines))
open("right", "w", encoding="utf-8").write("".join("x" + line.decode("utf-8", "replace") + "\n" for line in lines))
P
sightline embed-text --captions right -o right.npy
sightline embed-text --captions wrong -o wrong.npy --invalid-utf8 replace --report report
cmp right.npy wrong.npy
cmp right.index.jsonl wrong.index.jsonl
head -2 report
tail -1 report
sightline embed-text "$(printf 'a\377b')" --invalid-utf8 replace -v -o one.npy 2>&1 | grep warning
sightline score "$IMAGES/grey.png" -c "$(printf 'a\377')" --invalid-utf8 replace -f tsv | tail -1 | cut -f 2
sightline embed-text --labels "$(printf 'caf\351')" --template "$(printf '\351 {}')" --invalid-utf8=replace | cut -c 1-24
expect 4 sightline embed-text --labels cat --template "$(printf '\351 {}')"
expect 3 sightline embed-text --labels "cat,$(printf 'caf\351')" -o labels.npy
