# SPDX-License-Identifier: Apache-2.0
copy_images
npy write narrow.npy '[[1, 2], [3, 4]]'
expect 4 sightline score --image-embeddings narrow.npy -c cat
expect 4 sightline score --image-embeddings absent.npy -c cat
expect 4 sightline score --image-embeddings photos/grey.png -c cat
npy write nan.npy "[[$(python3 -c 'print(", ".join(["float(\"nan\")"]*32))')]]" 2>/dev/null || python3 - <<'P'
import struct, os, sys
sys.path.insert(0, os.environ["CLI"])
import npy
npy.write("nan.npy", "[" + str([1.0] * 32) + "]")
data = bytearray(open("nan.npy", "rb").read())
data[-4:] = struct.pack("<f", float("nan"))
open("nan.npy", "wb").write(data)
P
expect 4 sightline score --image-embeddings nan.npy -c cat
head -c 130 nan.npy >cut.npy
expect 4 sightline score photos --text-embeddings cut.npy
expect 2 sightline score photos --image-embeddings nan.npy -c cat
expect 2 sightline score --image-embeddings - -c cat <nan.npy
printf 'word\n\377\n' | expect 3 sightline embed-text --captions - -o part.npy -q 2>/dev/null
expect 4 sightline score photos --text-embeddings part.npy
