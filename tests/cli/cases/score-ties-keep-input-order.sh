# SPDX-License-Identifier: Apache-2.0
copy_images
sightline score photos/photo.jpg -c word -c 'a dog' -c word -c 'a dog' -c word -f jsonl >out
python3 - <<'P'
import json
seen = {}
for score in json.load(open("out"))["scores"]:
    seen.setdefault(score["caption"], []).append(score["index"])
assert seen == {"word": [0, 2, 4], "a dog": [1, 3]}, seen
P
sightline score photos/grey.png photos/photo.jpg photos/grey.png -c word --by caption -f jsonl >out
python3 - <<'P'
import json
order = [s["index"] for s in json.load(open("out"))["scores"]]
assert [i for i in order if i != 1] == [0, 2], order
P
