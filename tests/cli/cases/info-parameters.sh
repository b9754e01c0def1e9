# SPDX-License-Identifier: Apache-2.0
# The totals of the summary equal those of the reference, for every layout of a model folder.
for model in "$MODELS"/nano_*; do
  sightline info "$model" >out
  python3 - "$(basename "$model")" <<'P'
import json, os, re, sys
expected = json.load(open(os.environ["MODELS"] + "/index.json"))["models"][sys.argv[1]]["parameters"]
seen = re.search(r"^Total params: ([\d,]+)", open("out").read(), re.M)[1]
assert int(seen.replace(",", "")) == expected, (seen, expected)
P
done
