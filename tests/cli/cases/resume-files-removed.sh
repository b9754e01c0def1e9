# SPDX-License-Identifier: Apache-2.0
# --resume when files of the interrupted run were removed: without its rows, it begins again and says so; without another
# file, it names what is missing. A file that is removed during a run ends that run at its next checkpoint.
copy_images
for i in {1..60}; do ls photos/*; done >list
sightline embed-image --files-from list -o whole.npy --report whole.jsonl -q
stop() {
  (ulimit -f 20; expect 6 sightline embed-image --files-from list -o out.npy --report out.jsonl --checkpoint 50 -q 2>/dev/null)
}
for removed in out.npy.part 'out.npy.part out.index.jsonl.part out.info.json.part out.jsonl.part'; do
  stop
  rm $removed
  sightline embed-image --files-from list -o out.npy --report out.jsonl --resume
  for ending in npy index.jsonl info.json jsonl; do cmp whole.$ending out.$ending; done
  rm out.*
done
for removed in out.index.jsonl.part out.jsonl.part; do
  stop
  rm $removed
  expect 8 sightline embed-image --files-from list -o out.npy --report out.jsonl --resume
  rm out.*
done
stop
rm out.npy.journal
sightline embed-image --files-from list -o out.npy --report out.jsonl --resume
cmp whole.npy out.npy
rm out.*

mkfifo pipe
for removed in out.npy.part out.index.jsonl.part; do
  sightline embed-image --files-from - -o out.npy --checkpoint 10 -q <pipe &
  exec 3>pipe
  head -n 30 list >&3
  for i in {1..500}; do
    [ "$(stat -c %s out.npy.journal 2>/dev/null || echo 0)" -lt 1000 ] || break
    sleep 0.02
  done
  rm $removed
  head -n 60 list >&3
  expect 6 wait $!
  exec 3>&-
  rm -f out.*
done
ls
