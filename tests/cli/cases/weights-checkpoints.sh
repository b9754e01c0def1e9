# SPDX-License-Identifier: Apache-2.0
# Checkpoints of training programs: a note reports which of two models was read; unrelated plain data is ignored.
odd=$DATA/golden/weights/odd
bare() { sed "s|$odd/||g" >&2; }
sightline embed-image "$IMAGES/grey.png" -m "$MODELS/nano_layers1" -o plain.npy --no-index
sightline embed-image "$IMAGES/grey.png" -m "$odd/trained" -o trained.npy --no-index
python3 - <<'PYTHON'
import struct
read = lambda name: struct.unpack("<24f", open(name, "rb").read()[128:])
print(max(abs(a - b) for a, b in zip(read("plain.npy"), read("trained.npy"))) < 5e-3)  # its weights are halves
PYTHON
for name in unknown both_prefixes; do
  expect 5 sightline info -m "$odd/wrapped/$name.pt" 2>&1 | bare
done
for name in namespace numpy_scalar function; do
  expect 5 sightline info -m "$odd/values/$name.pt" 2>&1 | bare
done
