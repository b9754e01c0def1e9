# SPDX-License-Identifier: Apache-2.0
# A header of 100 MB with 1.69 million empty tensors is refused before it is read.
cp -r "$SIGHTLINE_MODEL" model
chmod -R u+w model
python3 - <<'P'
import json, struct
entries = ",".join('"%07d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}' % i for i in range(1_690_000))
header = ("{" + entries + "}").encode().ljust(100_000_000)
with open("model/model.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(header)) + header)
P
expect 5 bounded 2 50 sightline embed-text word -m model
