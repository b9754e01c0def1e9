# SPDX-License-Identifier: Apache-2.0
# Truncated and damaged archives: the rows before are kept, one row reports the problem, and other inputs follow.
copy_images
cp "$IMAGES"/photo.jpg one.jpg
python3 - <<'P'
import gzip, io, tarfile
def member(tar, name, data, **fields):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in fields.items():
        setattr(info, key, value)
    tar.addfile(info, io.BytesIO(data))
def archive(*names):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in names:
            member(tar, name, open("one.jpg", "rb").read() if name.endswith(".jpg") else b"text")
    return out.getvalue()
good = archive("a.jpg", "b.jpg", "c.txt")
second = good.index(b"b.jpg\0")
text = good.index(b"c.txt\0")
write = lambda name, data: open(name, "wb").write(data)
write("in-image.tar", good[:second + 1000])
write("in-text.tar", good[:text + 512])
write("in-header.tar", good[:second + 100])
write("header.tar", good[:second] + b"B" + good[second + 1:])
write("image.tar", good[:second + 600] + b"\0" * 5000 + good[second + 5600:])
write("text.tar", b"not a tar archive" * 100)
write("empty.tar", b"\0" * 10240)
write("cut.tar.gz", gzip.compress(good)[:-6])
packed = bytearray(gzip.compress(good))
packed[-5] ^= 1
write("checksum.tar.gz", packed)
write("text.tar.gz", gzip.compress(b"not a tar archive" * 100))
write("shard.tar.xz", b"\xfd7zXZ\0" + bytes(100))
P
for file in in-image.tar in-text.tar in-header.tar header.tar image.tar cut.tar.gz checksum.tar.gz; do
  expect 3 sightline embed-image $file one.jpg -o out.npy --force
  sed 's/"ok"/ok/' out.index.jsonl
done
expect 4 sightline embed-image text.tar text.tar.gz shard.tar.xz -o out.npy --force
expect 4 sightline embed-image empty.tar -o out.npy --force
npy show out.npy
expect 4 sightline embed-image in-image.tar --on-error stop -o stopped.npy
test ! -e stopped.npy
# An empty stdin is not an archive.
expect 4 sightline embed-image - -o out.npy --force </dev/null
