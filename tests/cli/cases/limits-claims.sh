# SPDX-License-Identifier: Apache-2.0
# Small files that claim to be huge cost neither time (including the start of the program) nor memory.
cp -r "$SIGHTLINE_MODEL" model
chmod -R u+w model
rm model/model.safetensors
python3 - "$IMAGES/photo.jpg" <<'P'
import struct, sys, zipfile, zlib
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
photo = open(sys.argv[1], "rb").read()
frame = photo.index(b"\xff\xc0") + 5  # height and width of a baseline frame
open("j15.jpg", "wb").write(photo[:frame] + struct.pack(">HH", 65500, 65500) + photo[frame + 4:])
header = struct.pack(">IIBBBBB", 46000, 46000, 1, 0, 0, 0, 0)
rows = zlib.compress(bytes(46000 * (1 + 46000 // 8)), 9)
open("p13.png", "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))
with zipfile.ZipFile("model/pytorch_model.bin", "w", zipfile.ZIP_STORED) as archive:
    archive.writestr("archive/data.pkl", b"\x80\2Nr\xff\xff\xff\xff")
    archive.writestr("archive/version", b"3\n")
open("n03.npy", "wb").write(b"\x93NUMPY\2\0\xff\xff\xff\xff")
P
try() {
  status=$1
  shift
  expect $status bounded 0.1 20 sightline "$@"
}
try 4 embed-image j15.jpg -o j15.npy
try 4 embed-image p13.png -o p13.npy
try 5 embed-text word -m model
try 4 score --image-embeddings n03.npy -c cat
ls
