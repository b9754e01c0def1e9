# SPDX-License-Identifier: Apache-2.0
# Archives of any size in bounded memory: what is passed over is not held, also in compressed archives and from a pipe.
copy_images
python3 - <<'P'
import gzip, io, tarfile
image = open("photos/photo.jpg", "rb").read()
def header(name, size):
    info = tarfile.TarInfo(name)
    info.size = size
    return info.tobuf(tarfile.GNU_FORMAT)
last = header("a.jpg", len(image)) + image + bytes(-len(image) % 512 + 1024)
with open("holes.tar", "wb") as out:  # 20 GB of holes; the sizes need base-256
    for name in ("video.mp4", "huge.jpg"):
        out.write(header(name, 10 << 30))
        out.seek(10 << 30, 1)
    out.write(last)
with gzip.open("zeros.tar.gz", "wb", compresslevel=1) as out:
    out.write(header("huge.jpg", 300 << 20))
    for _ in range(300):
        out.write(bytes(1 << 20))
    out.write(last)
P
expect 3 bounded 30 100 sightline embed-image holes.tar zeros.tar.gz -o out.npy
cat out.index.jsonl
expect 3 bounded 30 100 sightline embed-image - -o out.npy -q --force <zeros.tar.gz
npy show out.npy
expect 3 bounded 30 100 sightline score holes.tar -c cat -f tsv | cut -f 1-3
