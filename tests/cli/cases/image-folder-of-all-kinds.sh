# SPDX-License-Identifier: Apache-2.0
# Broken, empty, truncated, foreign and unreadable files among good ones: the good rows equal a clean run bit for bit
# and the others are zeros, whatever the threads and batches; index and report say exactly what each file was.
pictures
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
# Nobody can read a link to itself, not even root; image-unreadable.sh tries mode 000 as another user.
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
