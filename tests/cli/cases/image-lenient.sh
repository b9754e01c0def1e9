# SPDX-License-Identifier: Apache-2.0
# A PNG with wrong checksums is CORRUPT; with --lenient it is decoded, and the report contains a warning.
copy_images
python3 - <<'P'
import struct
png = open("photos/palette.png", "rb").read()
def damaged(kind):
    at = png.index(kind)
    size = struct.unpack(">I", png[at - 4:at])[0]
    out = bytearray(png)
    out[at + 4 + size] ^= 1
    open(f"{kind.decode()}-crc.png", "wb").write(out)
for kind in (b"IHDR", b"PLTE", b"IDAT"):
    damaged(kind)
P
expect 4 sightline embed-image *.png -f npy >/dev/null
sightline embed-image photos/palette.png -o good.npy
sightline embed-image *.png -o lenient.npy --lenient --report report
npy rows lenient.npy 0,1,2 good.npy 0,0,0
grep -o '"warnings.*' report
sightline score IDAT-crc.png -c word --lenient -f tsv | wc -l
head -c 300 photos/photo.jpg >cut.jpg
expect 4 sightline embed-image cut.jpg --lenient
