# Wrong checksums of a PNG: CORRUPT; with --lenient the picture as it is, and a warning in the report.
pictures
python3 - <<'P'
import struct, zlib
png = open("photos/palette.png", "rb").read()
def damaged(kind, what):
    at = png.index(kind)
    size = struct.unpack(">I", png[at - 4:at])[0]
    end = at + 4 + size
    out = bytearray(png)
    if what == "crc":
        out[end] ^= 1
    else:
        out[end - 1] ^= 1
        out[end:end + 4] = struct.pack(">I", zlib.crc32(out[at:end]))
    open(f"{kind.decode()}-{what}.png", "wb").write(out)
for kind in (b"IHDR", b"PLTE", b"IDAT"):
    damaged(kind, "crc")
damaged(b"IDAT", "adler")
P
expect 4 sightline embed-image *.png -f npy >/dev/null
sightline embed-image photos/palette.png -o good.npy
sightline embed-image *.png -o lenient.npy --lenient --report report
npy rows lenient.npy 0,1,2,3 good.npy 0,0,0,0
grep -o '"warnings.*' report
sightline score IDAT-crc.png -c word --lenient -f tsv | wc -l
head -c 300 photos/photo.jpg >cut.jpg
expect 4 sightline embed-image cut.jpg --lenient
