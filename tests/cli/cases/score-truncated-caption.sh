# SPDX-License-Identifier: Apache-2.0
copy_images
long=$(printf 'the and %.0s' {1..60})
sightline score photos/photo.jpg -c "$long" -c 'a dog' -f jsonl >out
python3 - <<'P'
import json
for score in sorted(json.load(open("out"))["scores"], key=lambda s: s["index"]):
    print(score["index"], score.get("truncated"))
P
