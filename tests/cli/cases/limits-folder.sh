# SPDX-License-Identifier: Apache-2.0
# A folder with 20,000 files needs little memory, and the first image is tried immediately (it is broken and ends the
# run).
files=20000
[ $SANITIZED = no ] || files=1000  # slow there, and its memory says nothing
export files
mkdir many
cp "$IMAGES/grey.png" image.png
printf 'broken' >many/00000.png
python3 -c 'import os; [os.link("image.png", f"many/{i:05}.png") for i in range(1, int(os.environ["files"]) + 1)]'
expect 4 bounded 2 100 sightline embed-image many -o out.npy --on-error stop
expect 3 bounded 90 100 sightline embed-image many -o out.npy -q
python3 - <<'P'
import json, os
files = int(os.environ["files"])
rows = [json.loads(line) for line in open("out.index.jsonl")]
assert [row["path"] for row in rows] == [f"many/{i:05}.png" for i in range(files + 1)]
assert [row["status"] for row in rows] == ["skipped"] + files * ["ok"]
P
