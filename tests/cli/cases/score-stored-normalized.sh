# SPDX-License-Identifier: Apache-2.0
# Rows that are normalised according to the info file are used unchanged; those of float16 are normalised again.
copy_images
python3 - <<'P'
import math, os, sys
sys.path.insert(0, os.environ["CLI"])
import npy
npy.write("a.npy", str([[1.00005] + [0.0] * 31, [0.0] * 31 + [1.0]]))  # within what an info file may call 1
P
cosines() { sightline score --image-embeddings a.npy --text-embeddings a.npy -q --top 1 -f tsv | cut -f 4 | tail -2; }
cosines  # without an info file
print=$(sightline embed-text cat -o t.npy && grep -o '"fingerprint":"[^"]*"' t.info.json)
write_info() {
  echo '{"format":"sightline-embeddings","version":1,"program":"x","model":{"name":"m",'"$print"',"family":"clip"},' \
    '"modality":"image","preprocess":{},"normalized":'"$1"',"dtype":"float32","rows":2,"width":32}' >a.info.json
}
write_info false
cosines
write_info true
cosines
# in half precision the norms are inexact, but the cosine of equal rows is still 1
sightline embed-image photos -o a.npy --force --output-dtype f16
python3 - <<'P'
import struct
data = open("a.npy", "rb").read()[128:]
rows = [struct.unpack("<32e", data[i:i + 64]) for i in range(0, len(data), 64)]
print(any(abs(sum(v * v for v in row) - 1) > 1e-5 for row in rows))
P
cosines | python3 -c 'import sys; print(all(abs(float(line) - 1) < 2e-7 for line in sys.stdin))'
