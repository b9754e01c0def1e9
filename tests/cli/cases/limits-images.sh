# SPDX-License-Identifier: Apache-2.0
# Images that are designed to be expensive: time and memory are bounded (a run with one small image needs about 10 MiB).
cat >make.py <<'P'
import struct, sys, zlib
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
def png(name, width, height, depth, color, stream, before=b""):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))
    with open(name, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + header + before + chunk(b"IDAT", stream) + chunk(b"IEND", b""))
small = zlib.compress(bytes(4 * 5))
text = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(7_900_000), 9))
png("texts.png", 4, 4, 8, 0, small, chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(50_000_000), 9)) + 100 * text)
png("many-texts.png", 4, 4, 8, 0, small, 100_000 * chunk(b"tEXt", b"a\0b"))
photo = open(sys.argv[1], "rb").read()
open("segments.jpg", "wb").write(photo[:2] + 100_000 * b"\xff\xe5\0\6abcd" + photo[2:])
# 13000 equal rows of zeros, each deflated without a look back
row, packer = bytes(1 + 13000 * 8), zlib.compressobj(9, zlib.DEFLATED, -15)
packed, sum = packer.compress(row) + packer.flush(zlib.Z_FULL_FLUSH), 1
for _ in range(13000):
    sum = zlib.adler32(row, sum)
last = zlib.compressobj(9, zlib.DEFLATED, -15).flush()
png("huge.png", 13000, 13000, 16, 6, b"\x78\x9c" + 13000 * packed + last + struct.pack(">I", sum))
P
python3 make.py "$IMAGES/photo.jpg"
try() {
  bounded $1 $2 sightline embed-image $3 -o $3.npy
  npy show $3.npy
}
try 1 30 texts.png
try 1 30 many-texts.png
try 1 30 segments.jpg
[ $SANITIZED = yes ] || bounded 10 100 sightline embed-image huge.png -o huge.npy --progress never
npy show segments.jpg.npy
