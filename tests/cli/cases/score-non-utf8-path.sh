# SPDX-License-Identifier: Apache-2.0
copy_images
cp photos/grey.png "$(printf 'n\377.png')"
sightline score "$(printf 'n\377.png')" -c word -f jsonl >out
python3 - <<'P'
import base64, json
line = json.loads(open("out", encoding="utf-8").read())
assert base64.b64decode(line["image_b64"]) == b"n\xff.png", line
P
