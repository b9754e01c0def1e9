# SPDX-License-Identifier: Apache-2.0
# A shard of tar archives that a failed write ended is continued with the bytes of an undisturbed run, by archive and by
# member.
copy_images
echo 'not an image' >photos/broken.jpg
touch photos/drawing.svg
tar --sort=name -cf all.tar photos
gzip -k all.tar
for i in {1..150}; do echo all.tar; echo all.tar.gz; echo all.tar; done >archives
(cat archives; echo photos/photo.jpg) >mixed
run() {
  sightline embed-image --shard 2/3 --checkpoint 50 -q --report out.jsonl "$@" 2>/dev/null
}
for list in archives mixed; do
  mkdir $list.whole
  expect 3 run --files-from $list -o out.npy -j 1
  mv out-2-of-3.* $list.whole
  (ulimit -f 20; expect 6 sightline embed-image --shard 2/3 --files-from $list --checkpoint 50 -q -o out.npy --report out.jsonl 2>message)
  grep -q 'rows; continue with --resume$' message
  ls out-2-of-3.npy.part out-2-of-3.npy.journal >/dev/null
  # Another list is refused.
  cp -p all.tar.gz saved.gz
  echo >>all.tar.gz
  expect 8 sightline embed-image --shard 2/3 --files-from $list --resume -q -o out.npy --report out.jsonl 2>message
  sed -E 's/[0-9a-f]{32}/HASH/g' message
  mv saved.gz all.tar.gz
  expect 3 run --files-from $list -o out.npy --resume
  for file in $list.whole/*; do cmp $file ${file#*/}; done
  # Killed as soon as rows are secured.
  rm out*
  sightline embed-image --shard 2/3 --files-from $list --checkpoint 50 -q -o out.npy --report out.jsonl -j 1 2>/dev/null &
  for i in {1..1000}; do
    [ "$(stat -c %s out-2-of-3.npy.journal 2>/dev/null || echo 0)" -lt 1 ] || break
    sleep 0.01
  done
  kill -9 $! 2>message || true  # perhaps it is complete already
  wait $! 2>message || true
  expect 3 run --files-from $list -o out.npy --resume
  for file in $list.whole/*; do cmp $file ${file#*/}; done
  # Complete already.
  touch -d 2001-01-01 out-2-of-3.npy
  expect 3 run --files-from $list -o out.npy --resume
  [ "$(date -r out-2-of-3.npy +%Y)" = 2001 ]
  rm out*
done
grep -o '"archives":450,"inputs_of_archives":\[7,7,7,7' archives.whole/*.info.json
grep -o '"inputs":.*' mixed.whole/*.info.json
