# SPDX-License-Identifier: Apache-2.0
# Archives of Python's tarfile in its three formats, and of GNU tar: long names, names that are not ASCII, paths that
# lead elsewhere, global headers.
copy_images
python3 - <<'P'
import io, json, subprocess, tarfile
image = open("photos/photo.jpg", "rb").read()
names = ["a.jpg", "d/" + "n" * 90 + ".jpg", "/etc/b.jpg", "../c.jpg", "caf\xe9/\u2603.jpg"]
long = ["deep/" * 60 + "l" * 120 + ".jpg"]
for name, form, members in (("ustar", tarfile.USTAR_FORMAT, names), ("gnu", tarfile.GNU_FORMAT, names + long),
                            ("pax", tarfile.PAX_FORMAT, names + long)):
    with tarfile.open(name + ".tar", "w", format=form, pax_headers={"comment": "made by a test"}) as tar:
        for member in members:
            info = tarfile.TarInfo(member)
            info.size = len(image)
            tar.addfile(info, io.BytesIO(image))
            text = tarfile.TarInfo(member[:-4] + ".txt")
            text.size = 5
            tar.addfile(text, io.BytesIO(b"hello"))
            link = tarfile.TarInfo(member[:-4] + ".png")
            link.type, link.linkname = tarfile.SYMTYPE, "/" + "t" * 200 if form != tarfile.USTAR_FORMAT else "/t"
            tar.addfile(link)
    subprocess.run(["sightline", "embed-image", name + ".tar", "-o", name + ".npy"], check=True)
    paths = [json.loads(line)["path"] for line in open(name + ".index.jsonl")]
    assert paths == [name + ".tar/" + member for member in members], paths
P
mkdir big
python3 - <<'P'
import os
os.makedirs("big/" + "x" * 200)
open("big/" + "x" * 200 + "/a.jpg", "wb").write(open("photos/photo.jpg", "rb").read())
P
for format in gnu pax; do
  tar --format=$format -cf big.tar big
  sightline embed-image big.tar | cut -c 1-40
done
# A sparse member is refused by name, and the next member is read.
truncate -s 1M sparse.jpg
cp photos/photo.jpg z.jpg
for options in --format=gnu '--format=pax --sparse-version=0.1' '--format=pax --sparse-version=1.0'; do
  tar -S $options -cf sparse.tar sparse.jpg z.jpg
  expect 3 sightline embed-image sparse.tar -o out.npy --force
  cut -c 1-70 out.index.jsonl
done
# Appended archives: as GNU tar, only the first is read.
tar -cf first.tar z.jpg
cat first.tar first.tar >both.tar
sightline embed-image both.tar -o out.npy --force
npy show out.npy
