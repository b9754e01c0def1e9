# SPDX-License-Identifier: Apache-2.0
# csv and tsv of embeddings begin with the column names, even if there are no rows.
copy_images
sightline embed-image photos -f csv | head -1 | od -c | tail -3
sightline embed-text 'a dog' cat -o t.tsv
head -1 t.tsv
python3 - <<'P'
import csv
with open("t.tsv", newline="") as file:
    rows = list(csv.DictReader(file, delimiter="\t"))
print([row["text"] for row in rows], len(rows[0]), all(-1 <= float(row["e31"]) <= 1 for row in rows))
P
mkdir empty
expect 4 sightline embed-image empty -f tsv -q
