# SPDX-License-Identifier: Apache-2.0
copy_images
printf 'a "big", dog\na\\b\ttab\n' >captions
sightline score photos/photo.jpg --captions captions -f csv >csv
sightline score photos/photo.jpg --captions captions -f tsv >tsv
head -1 csv | tr -d '\r'
head -1 tsv
python3 - <<'P'
import csv
rows = list(csv.reader(open("csv", newline="")))
assert {r[1] for r in rows[1:]} == {'a "big", dog', "a\\b\ttab"}, rows
assert [r[2] for r in rows[1:]] == ["1", "2"]
lines = open("tsv").read().split("\n")
assert all(len(line.split("\t")) == 6 for line in lines[:3]) and lines[3] == ""
assert "a\\\\b\\ttab" in {line.split("\t")[1] for line in lines[1:3]}, lines
for a, b in zip(rows[1:], lines[1:3]):
    assert a[3:] == b.split("\t")[3:]
P
