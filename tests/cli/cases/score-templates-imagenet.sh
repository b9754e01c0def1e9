# SPDX-License-Identifier: Apache-2.0
# --templates openai-imagenet: the 80 published prompts of each label.
installed
[ "$(wc -l <"$DATA/templates/openai-imagenet.txt")" = 80 ]
sightline embed-text --labels cat,dog --templates openai-imagenet -o ensemble.npy
sed 's/{}/cat/g' "$DATA/templates/openai-imagenet.txt" >captions
sightline embed-text --captions captions -o prompts.npy
python3 - <<'P'
import math, os, sys
sys.path.insert(0, os.environ["CLI"])
import npy
rows = [npy.floats("<f4", row) for row in npy.read("prompts.npy")[2]]
mean = [sum(column) / len(rows) for column in zip(*rows)]
norm = math.sqrt(sum(x * x for x in mean))
seen = npy.floats("<f4", npy.read("ensemble.npy")[2][0])
assert max(abs(a / norm - b) for a, b in zip(mean, seen)) < 1e-6
P
