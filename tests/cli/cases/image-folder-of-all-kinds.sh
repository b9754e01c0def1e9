# SPDX-License-Identifier: Apache-2.0
# Broken, empty, truncated, unsupported and unreadable files among good ones: good rows equal those of a clean run bit
# for bit and the others are zeros, for every number of threads and batch size; index and report contain the exact
# status of each file.
copy_images
sightline embed-image photos -o clean.npy
python3 - <<'P'
photo, grey = open("photos/photo.jpg", "rb").read(), open("photos/grey.png", "rb").read()
middle = grey.index(b"IDAT") + 12
open("photos/broken.png", "wb").write(grey[:middle] + bytes([grey[middle] ^ 255]) + grey[middle + 1:])
open("photos/a-empty.jpg", "wb")
open("photos/truncated.jpg", "wb").write(photo[:len(photo) // 2])
open("photos/foreign.jpg", "wb").write(b"8BPS" + bytes(50))
open("photos/page.png", "wb").write(b"<!DOCTYPE html><html><body>404</body></html>")
P
ln -s loop.jpg photos/loop.jpg
# Even root cannot read a link to itself; image-unreadable.sh tests mode 000 as another user.
for threads in 1 2; do
  for batch in 1 7; do
    expect 3 sightline embed-image photos -o out-$threads-$batch.npy --report report-$threads-$batch -j $threads \
      -b $batch 2>messages-$threads-$batch
    cmp out-$threads-$batch.npy out-1-1.npy
    cmp out-$threads-$batch.index.jsonl out-1-1.index.jsonl
    cmp report-$threads-$batch report-1-1
    cmp messages-$threads-$batch messages-1-1
  done
done
npy show out-1-1.npy
npy rows out-1-1.npy 2,4,7,8,9,10 clean.npy 0,1,2,3,4,5
cat out-1-1.index.jsonl report-1-1
cat messages-1-1 >&2
