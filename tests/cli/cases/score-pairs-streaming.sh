# SPDX-License-Identifier: Apache-2.0
# Results of a pipe appear while it is open, in order; an image of adjacent lines is read once, also across blocks;
# a signal ends the wait; memory does not grow with the number of pairs.
copy_images
cat >try.py <<'P'
import json, os, signal, subprocess, time
run = subprocess.Popen(["sightline", "score", "--pairs", "-", "-q"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE)
for n in range(5):
    run.stdin.write(f"photos/{'photo.jpg' if n % 2 else 'grey.png'}\tnumber {n}\n".encode())
    run.stdin.flush()
    assert json.loads(run.stdout.readline())["caption"] == f"number {n}"  # while stdin is open
run.send_signal(signal.SIGTERM)
assert run.wait(timeout=20) == -signal.SIGTERM
# 3000 pairs are several blocks; the image is removed once its first pairs have been read
pairs = "".join(f"photos/photo.jpg\t{n % 7}\n" for n in range(3000))
run = subprocess.Popen(["sightline", "score", "--pairs", "-", "-q"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
run.stdin.write(pairs[:18].encode() + b"\n")
run.stdin.flush()
rows = [json.loads(run.stdout.readline())]
os.rename("photos/photo.jpg", "moved.jpg")
run.stdin.write(pairs.encode())
run.stdin.close()
rows += map(json.loads, run.stdout)
assert run.wait() == 0 and len(rows) == 3001, len(rows)
assert len({row["cosine"] for row in rows if row["caption"] == "3"}) == 1
os.rename("moved.jpg", "photos/photo.jpg")
P
python3 try.py
for i in {1..200}; do printf 'photos/photo.jpg\ta %s\n' {a..z}{a..t}; done >few.tsv  # 104,000 pairs
sightline score --pairs - -q <few.tsv >few.jsonl
[ "$(wc -l <few.jsonl)" = 104000 ]
[ $SANITIZED = yes ] || bounded 60 120 sightline score --pairs few.tsv -q -o few.csv --progress never
