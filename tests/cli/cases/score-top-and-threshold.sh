# SPDX-License-Identifier: Apache-2.0
# Probabilities are computed over all captions; the threshold applies to the cosine.
copy_images
sightline score photos/photo.jpg --captions "$MODELS/captions.txt" -f jsonl >all
sightline score photos/photo.jpg --captions "$MODELS/captions.txt" -f jsonl --top 2 >two
python3 - <<'P'
import json
full, two = json.load(open("all"))["scores"], json.load(open("two"))["scores"]
assert len(full) == 11 and two == full[:2]
print(repr((full[3]["cosine"] + full[4]["cosine"]) / 2), file=open("threshold", "w"))
P
sightline score photos/photo.jpg --captions "$MODELS/captions.txt" -f jsonl --threshold=$(cat threshold) >four
sightline score photos/photo.jpg --captions "$MODELS/captions.txt" -f jsonl --threshold=1 >none
python3 - <<'P'
import json
full, four = json.load(open("all"))["scores"], json.load(open("four"))["scores"]
assert four == full[:4]
P
cat none
