# SPDX-License-Identifier: Apache-2.0
# The info file describes how the array was computed and has the same number of rows.
copy_images
echo 'not an image' >photos/broken.jpg
check() {
  python3 - "$@" <<'P'
import json, re, sys
info = json.load(open(sys.argv[1]))
print(*info)
print(info["format"], info["version"], re.sub(r"\d+\.\d+\.\d+", "X.Y.Z", info["program"]))
model = info["model"]
print(model["name"], model["family"], bool(re.fullmatch("[0-9a-f]{32}", model["fingerprint"])))
print(info["modality"], info["normalized"], info["dtype"], info["rows"], info["width"], *info["preprocess"])
print(bool(re.fullmatch("[0-9a-f]{32}", info["xxh3"])), "shard" in info)
P
}
expect 3 sightline embed-image photos -o i.npy 2>/dev/null
check i.info.json
expect 3 sightline embed-image photos -o d.npy --drop-bad --no-normalize --output-dtype f16 --exif --alpha drop 2>/dev/null
check d.info.json
sightline embed-text --labels cat,dog --template 'a {}' -o t.npy
check t.info.json
# it does not contain paths, the number of threads or the time
sightline embed-text --labels cat,dog --template 'a {}' -o u.npy -j 1 -b 1
cmp t.info.json u.info.json
sightline embed-text --labels cat,dog --template 'the {}' -o v.npy
! cmp -s t.info.json v.info.json
# the model's name: as given, or the last component of its path
(cd "$SIGHTLINE_MODEL" && sightline embed-text cat -m . -o "$OLDPWD/n.npy")
grep -o '"name":"[^"]*"' n.info.json
# it is handled like the other outputs
rm t.npy t.index.jsonl
expect 8 sightline embed-text cat -o t.npy
expect 8 sightline embed-text cat -o x.npy --report t.info.json
expect 2 sightline embed-text cat -o x.npy --report x.info.json
expect 8 sightline embed-text --captions u.info.json -o u.npy --force
sightline embed-text cat -o t.npy --force
# a stale info file does not remain beside a new array
expect 8 sightline embed-text cat -o gone.npy --no-index --report t.info.json
rm t.npy
expect 8 sightline embed-text cat -o t.npy --no-index
rm t.index.jsonl
expect 8 sightline embed-text cat -o t.npy --no-index
sightline embed-text cat -o t.npy --no-index --force
# no info file without an .npy file
sightline embed-text cat -f npy >/dev/null
sightline embed-text cat -o c.csv
# nor if the run fails
expect 6 sightline embed-text cat -o f.npy --report /dev/full
ls
